"""A class that is interrupted: killed, stopped by Ctrl-C, out of disk. Nothing is lost or changed.

``benchmarks/faults.py`` does the same with more kills.
"""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tests import batches

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="kills process groups, as on Linux")

NUMBER = 8
KILLS = 4


class Class:
    """A course, a class, and what an undisturbed run makes of it."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.course = batches.course(root / "course")
        self.folder = batches.hand_in(root / "class", NUMBER)
        started = time.monotonic()
        done = batches.run(self.folder, root / "calm", cwd=self.course)
        self.seconds = time.monotonic() - started
        assert done.returncode == 0, done.stderr
        self.calm = batches.timeless(root / "calm")


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Class:
    return Class(tmp_path_factory.mktemp("faults"))


def ended(process: subprocess.Popen[str], place: Path) -> None:
    """Wait for the processes of a command that is gone to be gone, too."""
    process.communicate(timeout=60)
    for _ in range(200):
        if not batches.left(place):
            return
        time.sleep(0.05)
    raise AssertionError(batches.left(place))


def with_tmp(folder: Path) -> dict[str, Any]:
    folder.mkdir(exist_ok=True)
    return {"env": {**os.environ, "TMPDIR": str(folder)}}


def test_killed_at_any_moment_it_goes_on_where_it_stood(room: Class, tmp_path: Path) -> None:
    """kill -9 of all its processes; every submission is graded once, and nothing else changes."""
    moments = random.Random(7)
    out, tmp = tmp_path / "out", tmp_path / "tmp"
    told: Counter[str] = Counter()
    kept = 0
    for _ in range(KILLS):
        process = batches.begun(room.folder, out, "--verbose", cwd=room.course, **with_tmp(tmp))
        time.sleep(moments.uniform(0.2, 0.8) * room.seconds)
        os.killpg(process.pid, signal.SIGKILL)
        said = process.communicate(timeout=60)[1]
        ended(process, tmp_path)
        told.update(
            line.split("  ")[0] for line in said.splitlines() if " s" in line and "/" in line
        )
        if (out / ".journal").is_dir():
            entries = len(list((out / ".journal").glob("*.json")))
            assert entries >= kept, "a finished result is gone"
            kept = entries
    done = batches.run(room.folder, out, "--verbose", cwd=room.course, **with_tmp(tmp))
    assert (done.returncode, "Traceback" in done.stderr) == (0, False), done.stderr
    told.update(
        line.split("  ")[0] for line in done.stderr.splitlines() if " s" in line and "/" in line
    )
    assert max(told.values()) == 1, "a submission was graded twice"
    assert len(told) >= NUMBER - KILLS, told
    assert batches.whole(out) == NUMBER
    assert batches.timeless(out) == room.calm
    assert list(tmp.iterdir()) == [], "temporary files are left"
    assert batches.left(tmp_path) == []


def test_a_killed_command_leaves_no_process(room: Class, tmp_path: Path) -> None:
    """Killing the command alone, its graders and their workers end as well."""
    process = batches.begun(
        room.folder, tmp_path / "out", cwd=room.course, **with_tmp(tmp_path / "tmp")
    )
    while not (tmp_path / "out" / ".journal" / "lock").exists():
        time.sleep(0.01)
    time.sleep(0.2)
    process.kill()
    ended(process, tmp_path)


@pytest.mark.parametrize("share", [0.3, 0.7])
def test_ctrl_c_is_one_sentence_and_the_next_run_completes(
    room: Class, tmp_path: Path, share: float
) -> None:
    """Status 2, nothing half-written, no process and no temporary file left."""
    out, tmp = tmp_path / "out", tmp_path / "tmp"
    process = batches.begun(room.folder, out, cwd=room.course, **with_tmp(tmp))
    while not (out / ".journal" / "lock").exists():
        time.sleep(0.01)
    entries = 0
    while entries < share * NUMBER and process.poll() is None:
        entries = len(list((out / ".journal").glob("*.json")))
        time.sleep(0.01)
    os.killpg(process.pid, signal.SIGINT)
    said = process.communicate(timeout=60)[1]
    assert (process.returncode, said) == (
        2,
        "autograder: interrupted; what was finished is kept\n",
    )
    assert batches.whole(out) >= entries
    assert batches.left(tmp_path) == []
    assert list(tmp.iterdir()) == []
    done = batches.run(room.folder, out, cwd=room.course, **with_tmp(tmp))
    assert done.returncode == 0, done.stderr
    assert batches.timeless(out) == room.calm


def small_disks() -> list[str]:
    """The command that gives a process mounts of its own; skips where there is none."""
    unshare = shutil.which("unshare")
    if unshare is None:
        pytest.skip("no unshare(1) here to mount a small disk with")
    own = ["--mount"] if os.geteuid() == 0 else ["-U", "-m", "--map-current-user", "--keep-caps"]
    tried = subprocess.run(
        [unshare, *own, "mount", "-t", "tmpfs", "none", "/mnt"], capture_output=True, check=False
    )
    if tried.returncode:
        pytest.skip(f"no small disk can be mounted here: {tried.stderr.decode().strip()}")
    return [unshare, *own]


SCRIPT = """
mount -t tmpfs -o size={size}k none "$OUT" || exit 99
{more}
{run}; echo status $?
find "$OUT" -name '*.tmp*' -o -name '*.json' -size 0
mount -o remount,size=64m "$OUT"
{run} > /dev/null || exit 98
cp -a "$OUT/." "$COPY"
"""


OWN_TMP = 'mkdir "$OUT/tmp"; export TMPDIR="$OUT/tmp"'


@pytest.mark.parametrize(("size", "more"), [(12, ""), (60, ""), (180, ""), (150, OWN_TMP)])
def test_a_full_disk_is_one_sentence_and_the_next_run_completes(
    room: Class, tmp_path: Path, size: int, more: str
) -> None:
    """Status 2, whole files only, also where temporary files lie there; with room it goes on."""
    alone = small_disks()
    out, copy = tmp_path / "out", tmp_path / "copy"
    out.mkdir()
    copy.mkdir()
    run = " ".join(f"'{part}'" for part in batches.command(room.folder, out))
    done = subprocess.run(
        [*alone, "sh", "-c", SCRIPT.format(size=size, run=run, more=more)],
        cwd=room.course,
        env={**os.environ, "OUT": str(out), "COPY": str(copy)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == "status 2"
    first, *others = done.stderr.strip().splitlines()
    assert first.startswith("autograder: ")
    assert "No space left on device" in first or "less than 32 MB are free" in first
    assert all("results are kept" in line for line in others)
    assert batches.whole(copy) == NUMBER
    assert batches.timeless(copy) == room.calm


def test_a_file_that_may_not_grow_is_one_sentence(room: Class, tmp_path: Path) -> None:
    """A quota, in place of a full disk; where no small disk can be mounted this is tried still."""
    out = tmp_path / "out"
    limited = ["sh", "-c", 'ulimit -f 8; exec "$@"', "sh", *batches.command(room.folder, out)]
    done = subprocess.run(limited, cwd=room.course, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert done.stderr.startswith("autograder: ")
    assert "File too large" in done.stderr
    assert len(done.stderr.splitlines()) == 1
    batches.whole(out)
    assert batches.run(room.folder, out, cwd=room.course).returncode == 0
    assert batches.timeless(out) == room.calm


def test_two_at_once_on_one_folder_are_one(room: Class, tmp_path: Path) -> None:
    """The second refuses in one sentence; after a kill -9 the lock is free."""
    out = tmp_path / "out"
    first = batches.begun(room.folder, out, cwd=room.course)
    while not (out / ".journal" / "round").exists():
        time.sleep(0.01)
    os.killpg(first.pid, signal.SIGSTOP)
    second = batches.run(room.folder, out, cwd=room.course)
    assert second.returncode == 2
    assert second.stderr == (
        f"autograder: {out}: another grade-all (process {first.pid}) is writing there; wait until "
        "it is done, or name another folder with --out\n"
    )
    os.killpg(first.pid, signal.SIGKILL)
    ended(first, tmp_path)
    assert batches.run(room.folder, out, cwd=room.course).returncode == 0
    assert batches.timeless(out) == room.calm
