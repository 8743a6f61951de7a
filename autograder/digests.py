"""What a grade depends on, as digests: whatever is another, what was graded is graded again.

Reads the files of the course and of the engine, and the versions of packages. It keeps nothing:
``journal`` does, and ``classroom`` compares.
"""

from __future__ import annotations

import contextlib
import hashlib
import importlib.metadata
import json
import platform
from pathlib import Path

from autograder import __version__, handout, parcel
from autograder.grade import Room
from autograder.model import Assignment, to_plain
from autograder.recognise import NAME as BOOK

_ENGINE = Path(__file__).parent


def text_digest(text: str) -> str:
    """SHA-256 of a text."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def grader_digests(assignment: Assignment, room: Room, require: str) -> dict[str, str]:
    """What a grade depends on beside the submission, by kind.

    Dates and the late policy are not among it, for lateness is charged later.
    """
    config = to_plain(assignment)
    for key in ("due", "late", "mutants_missed"):
        del config[key]
    home = room.reference or room.given
    solution = [home / name for name in (*assignment.files, *assignment.given, BOOK)]
    return {
        "config": text_digest(json.dumps(config)),
        "checks": parcel.folder_digest(room.checks),
        "solution": parcel.folder_digest(solution),
        "data": parcel.folder_digest([room.data / name for name in assignment.data]),
        "engine": engine_digest(),
        "packages": text_digest(json.dumps(packages(assignment))),
        "isolation": require,
    }


def engine_digest() -> str:
    """What of the engine decides a grade: the modules that a handout carries, and ``pool``."""
    modules = sorted({*handout.ENGINE, "pool"})
    return text_digest(__version__ + parcel.folder_digest([_ENGINE / f"{m}.py" for m in modules]))


def look_digest() -> str:
    """What only decides how a result looks: the rest of the engine, and the templates."""
    rest = sorted(p for p in _ENGINE.glob("*.py") if p.stem not in {*handout.ENGINE, "pool"})
    return parcel.folder_digest([*rest, _ENGINE / "templates"])


def packages(assignment: Assignment) -> dict[str, str]:
    """The versions of Python and of the packages that a grade may depend on."""
    names = {"numpy", "scipy", "pytest", *assignment.allowed_imports, *assignment.preload}
    found = {"python": ".".join(platform.python_version_tuple()[:2])}
    for name in sorted({name.partition(".")[0] for name in names}):
        with contextlib.suppress(importlib.metadata.PackageNotFoundError):
            found[name] = importlib.metadata.version(name)
    return found
