"""A small class to grade, to interrupt, and to compare: for the tests of what can go wrong."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests import mini

TIMES = {"execution_time", "cpu_s", "wall_s", "peak_mb"}
KINDS = {
    "right": mini.REFERENCE,
    "wrong": mini.REFERENCE.replace("2 * np", "3 * np"),
    "leaves": "import os\nos._exit(0)\n",
    "stub": "def double(x):\n    raise NotImplementedError('double')\n",
    "broken": "def double(x:\n",
    "raises": mini.REFERENCE.replace("2 * np", "x[9, 9] * np"),
}


def course(root: Path) -> Path:
    """The small course, in ``root``."""
    return mini.write(root)


def hand_in(folder: Path, number: int) -> Path:
    """A class of ``number`` submissions: right, wrong and odd ones in turn, and a broken zip."""
    kinds = list(KINDS.items())
    for n in range(number - 1):
        kind, text = kinds[n % len(kinds)]
        home = folder / f"{n:02d} {kind} Zoë"
        home.mkdir(parents=True)
        (home / "mini.py").write_text(text)
    (folder / "no zip.zip").write_bytes(b"PK\x03\x04 and no more")
    return folder


def command(folder: Path, out: Path, *more: str) -> list[str]:
    """``grade-all`` for the class in ``folder``, as a person types it."""
    return [
        *(sys.executable, "-m", "autograder", "grade-all", "mini", str(folder)),
        *("--out", str(out), "--require", "open", "--jobs", "2", *more),
    ]


def run(
    folder: Path, out: Path, *more: str, cwd: Path, **kwargs: Any
) -> subprocess.CompletedProcess[str]:
    """Run it to its end."""
    done: subprocess.CompletedProcess[str] = subprocess.run(
        command(folder, out, *more), cwd=cwd, capture_output=True, text=True, check=False, **kwargs
    )
    return done


def begun(folder: Path, out: Path, *more: str, cwd: Path, **kwargs: Any) -> subprocess.Popen[str]:
    """Begin it, in a process group of its own."""
    return subprocess.Popen(
        command(folder, out, *more),
        cwd=cwd,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        **kwargs,
    )


def timeless(out: Path) -> dict[str, Any]:
    """The gradebook and every results.json in ``out``, without the times."""
    found: dict[str, Any] = {}
    for path in sorted(out.glob("*/results.json")):
        found[path.parent.name] = _without_times(json.loads(path.read_text()))
    book = io.StringIO((out / "gradebook.csv").read_text(encoding="utf-8-sig"))
    rows = list(csv.DictReader(book))
    found["gradebook.csv"] = [{k: v for k, v in row.items() if k != "seconds"} for row in rows]
    return found


def _without_times(value: Any) -> Any:
    if isinstance(value, dict):
        return {k: _without_times(v) for k, v in value.items() if k not in TIMES}
    return [_without_times(item) for item in value] if isinstance(value, list) else value


def whole(out: Path) -> int:
    """How many results there are; every one of them can be read, and nothing is half-written."""
    assert not list(out.rglob("*.tmp*"))
    for path in out.rglob("*.json"):
        json.loads(path.read_text())
    return len(list((out / ".journal").glob("*.json")))


def left(place: Path) -> list[str]:
    """Processes that were started in ``place`` or name it."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            where = os.readlink(process / "cwd")
            said = (
                (process / "cmdline").read_bytes().replace(b"\0", b" ").decode("utf-8", "replace")
            )
        except OSError:
            continue
        if process.name != str(os.getpid()) and (
            where.startswith(str(place)) or str(place) in said
        ):
            found.append(f"{process.name}: {said}")
    return found
