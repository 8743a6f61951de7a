"""Plays Gradescope: builds a bundle once, then grades submissions one after the other.

    python -m tests.gradescope_harness BUNDLE.zip [NAME=PATH ...] [--venv DIR] [--private]

Does what Gradescope's own harness is known to do (lay out /autograder, copy
run_autograder up, give every submission fresh folders, end a run that takes
too long with a score of zero) and refuses what it refuses. Prints one JSON
line for the build and one for each submission.

``--private`` (root on Linux) plays in a private root whose /autograder is new,
with the capabilities that Docker gives; otherwise /autograder is a temporary
folder. ``--venv`` takes an environment that is there instead of installing one.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NoReturn

ROOT = Path(__file__).parent.parent
DOCKER = (
    "-all,+chown,+dac_override,+fowner,+fsetid,+kill,+setgid,+setuid,+setpcap,"
    "+net_bind_service,+net_raw,+sys_chroot,+mknod,+audit_write,+setfcap"
)
"""The capabilities of a container that was given no others."""
MAX_OUTPUT = 100_000
METADATA = {
    "id": 123456,
    "created_at": "2018-07-01T14:22:32.365935-07:00",
    "assignment": {
        "due_date": "2018-07-31T23:00:00.000000-07:00",
        "group_size": 4,
        "group_submission": True,
        "id": 25828,
        "course_id": 1234,
        "late_due_date": None,
        "release_date": "2018-07-02T00:00:00.000000-07:00",
        "title": "Programming Assignment 1",
        "total_points": "20.0",
    },
    "submission_method": "upload",
    "users": [{"email": "student@example.com", "id": 1234, "name": "Student User"}],
    "previous_submissions": [],
}
"""The example of the platform's documentation."""


def build(bundle: Path, base: Path, venv: Path | None = None) -> subprocess.CompletedProcess[str]:
    """What happens once, after the upload: unpack, set up, put run_autograder in its place."""
    source = base / "source"
    with zipfile.ZipFile(bundle) as zipped:
        for info in zipped.infolist():
            made = Path(zipped.extract(info, source))
            made.chmod(info.external_attr >> 16 & 0o777)
    if venv is not None:
        (base / "venv").symlink_to(venv)
    done = subprocess.run(
        ["bash", str(source / "setup.sh")], cwd=base, capture_output=True, text=True
    )
    shutil.copy(source / "run_autograder", base / "run_autograder")
    return done


def hand_in(base: Path, submission: Path, metadata: object = METADATA) -> None:
    """Fresh folders, a submission, and what the platform says of it.

    ``base/tmp`` stands for the container's /tmp, so that what a kill leaves goes with ``base``.
    """
    for name in ("submission", "results", "tmp"):
        shutil.rmtree(base / name, ignore_errors=True)
    if submission.is_dir():
        shutil.copytree(submission, base / "submission", symlinks=True)
    else:
        (base / "submission").mkdir()
        shutil.copy(submission, base / "submission")
    (base / "results").mkdir()
    (base / "tmp").mkdir()
    (base / "tmp").chmod(0o1777)
    text = metadata if isinstance(metadata, str) else json.dumps(metadata)
    (base / "submission_metadata.json").write_text(text)


def start(base: Path) -> subprocess.Popen[bytes]:
    """Run run_autograder, its output kept as the platform keeps it."""
    with open(base / "results" / "stdout", "wb") as output:
        return subprocess.Popen(
            [str(base / "run_autograder")],
            cwd=base,
            env={**os.environ, "TMPDIR": str(base / "tmp")},
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )


def kill(process: subprocess.Popen[bytes]) -> None:
    """End a run at once, as a container ends."""
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} cannot be uploaded")


def read(base: Path) -> dict[str, Any]:
    """results.json as the platform takes it. Raises ValueError for what it would not take."""
    text = (base / "results" / "results.json").read_bytes().decode("utf-8")
    if "\\u0000" in text:
        raise ValueError("a NUL would be replaced")
    made: dict[str, Any] = json.loads(text, parse_constant=_refuse)
    for part in (made, *made.get("tests", [])):
        if len(part.get("output", "")) >= MAX_OUTPUT:
            raise ValueError("an output would be cut")
    if "score" not in made and not any("score" in test for test in made.get("tests", [])):
        raise ValueError("there is no score")
    return made


def grade(
    base: Path, submission: Path, metadata: object = METADATA, timeout: float = 600
) -> dict[str, Any]:
    """One submission: what was written and printed, and how it ended."""
    hand_in(base, submission, metadata)
    began = time.monotonic()
    process = start(base)
    try:
        process.wait(timeout)
        results = read(base)
    except subprocess.TimeoutExpired:
        kill(process)
        results = {"score": 0.0, "output": "Your submission timed out."}
    printed = (base / "results" / "stdout").read_text(encoding="utf-8", errors="replace")
    return {
        "status": process.returncode,
        "results": results,
        "stdout": printed,
        "seconds": round(time.monotonic() - began, 2),
    }


# A private root ---------------------------------------------------------------

PRIVATE = """\
set -eu
root=$1; shift
mount -t tmpfs -o mode=755 tmpfs "$root"
for path in /* /.[!.]*; do
    name=${path#/}
    if [ -L "$path" ]; then cp -P "$path" "$root/$name"
    elif [ "$name" = proc ]; then mkdir "$root/proc"; mount -t proc proc "$root/proc"
    elif [ -d "$path" ]; then mkdir "$root/$name"; mount --rbind "$path" "$root/$name"
    fi
done
mkdir -p "$root/autograder"
exec chroot "$root" setpriv --bounding-set "$CAPABILITIES" --inh-caps=-all "$@"
"""


def can_be_private() -> bool:
    """Whether this machine lets us have a root folder of our own."""
    tools = ("unshare", "setpriv", "chroot", "mount")
    if sys.platform != "linux" or os.geteuid() != 0 or not all(map(shutil.which, tools)):
        return False
    trial = ["unshare", "--mount", "--pid", "--fork", "true"]
    return subprocess.run(trial, capture_output=True).returncode == 0


def _in_private_root(arguments: Sequence[str]) -> int:
    with tempfile.TemporaryDirectory() as root:
        command = ["unshare", "--mount", "--pid", "--fork", "--kill-child"]
        command += ["sh", "-c", PRIVATE, "sh", root, "env", "-C", str(ROOT), sys.executable]
        command += ["-m", "tests.gradescope_harness", "--base", "/autograder", *arguments]
        return subprocess.run(command, env={**os.environ, "CAPABILITIES": DOCKER}).returncode


def play(
    bundle: Path, submissions: dict[str, Path], *, venv: Path | None, private: bool
) -> list[dict[str, Any]]:
    """Build and grade in another process; the lines that it printed: the build's, then the rest."""
    command = [sys.executable, "-m", "tests.gradescope_harness", str(bundle)]
    command += [f"{name}={path}" for name, path in submissions.items()]
    command += ["--venv", str(venv)] if venv else []
    command += ["--private"] if private else []
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"{done.stdout}\n{done.stderr}")
    return [json.loads(line) for line in done.stdout.splitlines()]


def main(argv: Sequence[str] | None = None) -> int:
    """Play; 1 when the build failed."""
    parser = argparse.ArgumentParser(description="Play Gradescope's part with a bundle.")
    parser.add_argument("bundle", type=Path)
    parser.add_argument("submissions", nargs="*", metavar="NAME=PATH")
    parser.add_argument("--venv", type=Path)
    parser.add_argument("--base", type=Path, help="the folder to play in, for good")
    parser.add_argument("--private", action="store_true")
    given = list(sys.argv[1:] if argv is None else argv)
    args = parser.parse_args(given)
    if args.private:
        return _in_private_root([word for word in given if word != "--private"])
    with tempfile.TemporaryDirectory() as temporary:
        base = args.base or Path(temporary) / "autograder"
        base.mkdir(mode=0o755, exist_ok=True)
        os.chmod(temporary, 0o755)
        began = time.monotonic()
        done = build(args.bundle, base, args.venv)
        seconds = round(time.monotonic() - began, 2)
        said = {"stdout": done.stdout, "stderr": done.stderr, "seconds": seconds}
        print(json.dumps({"name": "build", "status": done.returncode, **said}), flush=True)
        if done.returncode:
            return 1
        for text in args.submissions:
            name, _, path = text.partition("=")
            print(json.dumps({"name": name, **grade(base, Path(path))}), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
