"""The student's own check, inside a handout: public cases, same worker, same words.

Needs numpy, pytest and the standard library, nothing else. It is also the
pytest plugin that a handout's ``conftest.py`` names, so that plain ``pytest``
runs the same cases.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from autograder import grade, isolation
from autograder.bench import Bench
from autograder.model import Assignment, SubmissionResult, from_plain
from autograder.plugin import Plugin
from autograder.sandbox import Sandbox
from autograder.session import SandboxError
from autograder.submission import SubmissionError

RECORD = "handout.json"


class HandoutMissing(ValueError):
    """The folder is not a handout."""


def load(root: Path) -> Assignment:
    """The public part of the assignment, as the handout carries it.

    Raises HandoutMissing when ``root`` holds none or a damaged one.
    """
    path = root / RECORD
    if not path.is_file():
        raise HandoutMissing(
            f"{root}: no {RECORD} here; run this command inside the folder of your handout"
        )
    try:
        return from_plain(Assignment, json.loads(path.read_text(encoding="utf-8")))
    except (ValueError, TypeError, KeyError) as error:
        raise HandoutMissing(f"{path}: damaged; take this file from a fresh handout") from error


@contextlib.contextmanager
def _opened(root: Path, mode: str | None) -> Iterator[tuple[Bench, list[str]]]:
    assignment = load(root)
    with contextlib.ExitStack() as stack:
        sandbox = stack.enter_context(Sandbox(assignment.preload, mode))
        isolation.examine(sandbox, assignment.limits)
        room = grade.handout_room(root)
        yield stack.enter_context(grade.prepared(assignment, room, root, sandbox))


def check(root: Path, mode: str | None = None) -> SubmissionResult:
    """Run the public checks on the handout in ``root``."""
    with _opened(root, mode) as (ready, notices):
        return grade.judge(ready, grade.handout_room(root).checks, "your handout", notices)


def pytest_configure(config: Any) -> None:
    """Pytest's hook: make the handout's public checks runnable by plain ``pytest``."""
    stack = contextlib.ExitStack()
    config.add_cleanup(stack.close)
    try:
        ready, notices = stack.enter_context(_opened(Path(config.rootpath), None))
    except (HandoutMissing, SubmissionError, SandboxError) as error:
        raise pytest.UsageError(str(error)) from None
    for notice in notices:
        print(notice)
    config.pluginmanager.register(Plugin(ready), "autograder-cases")
