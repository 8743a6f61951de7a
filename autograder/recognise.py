"""Which known mistake a wrong answer is: what came back, compared with what the mistake gives.

A check is a function of the answers that it gets. When a submission has given
a case the very answers that a misconception gives it, up to rounding, it is
told that misconception's sentence. The misconceptions run where every
submission runs, in workers; their answers are kept for the next submission.
"""

from __future__ import annotations

import dataclasses
import os
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from autograder import overlay
from autograder.model import Assignment, CaseResult, SubmissionResult, Verdict

Answers = Sequence[tuple[str, Any]]
"""What was asked for in one case and what came back, in order."""
RTOL, ATOL = 1e-6, 1e-12
MOST_NAMED = 3
NAMED = (Verdict.WRONG_ANSWER, Verdict.PARTIALLY_ACCEPTED)


def alike(one: Any, other: Any) -> bool:
    """Whether two answers are the same data, numbers up to rounding."""
    if isinstance(one, np.ndarray | np.generic | float | int | bool):
        if not isinstance(other, np.ndarray | np.generic | float | int | bool):
            return False
        return _alike(np.asarray(one), np.asarray(other))
    if isinstance(one, list | tuple):
        return (
            type(one) is type(other)
            and len(one) == len(other)
            and all(alike(a, b) for a, b in zip(one, other, strict=True))
        )
    if isinstance(one, dict):
        return (
            isinstance(other, dict)
            and one.keys() == other.keys()
            and all(alike(value, other[key]) for key, value in one.items())
        )
    if one is None or isinstance(one, str | bytes):
        return bool(type(one) is type(other) and one == other)
    # A handle: what it stands for shows in what comes later.
    return type(one) is type(other)


def _alike(one: np.ndarray[Any, Any], other: np.ndarray[Any, Any]) -> bool:
    if one.shape != other.shape or (one.dtype.kind in "fc") != (other.dtype.kind in "fc"):
        return False
    with np.errstate(all="ignore"):
        size = np.abs(other[np.isfinite(other)]) if other.size else other
        scale = float(size.max()) if size.size else 0.0
        return bool(np.allclose(one, other, rtol=RTOL, atol=ATOL * max(scale, 1.0), equal_nan=True))


def same(one: Answers, other: Answers) -> bool:
    """Whether two runs of a case asked for the same and got the same."""
    return (
        bool(one)
        and len(one) == len(other)
        and all(
            a == b and alike(got, wanted) for (a, got), (b, wanted) in zip(one, other, strict=True)
        )
    )


Run = Callable[[Path, frozenset[str]], Mapping[str, Answers]]
"""Grades a folder on some cases; the answers of each that came out wrong."""


@dataclass
class Book:
    """The known mistakes of one assignment, and what each gives to each case, as far as asked."""

    assignment: Assignment
    home: Path
    """Folder of the assignment in ``solutions/``."""
    pages: dict[str, Mapping[str, Answers]] = field(default_factory=dict)
    overlays: dict[str, overlay.Overlay] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for path in sorted((self.home / "misconceptions").glob("*.py")):
            try:
                self.overlays[path.stem] = overlay.read(path)
            except overlay.OverlayError:
                continue  # `verify` tells its author

    def mistakes(self, case: str, answers: Answers, run: Run) -> list[str]:
        """Sentences of the mistakes that give ``case`` these very ``answers``."""
        found = []
        for name, known in self.overlays.items():
            if case in known.loses or case in known.may_lose:
                page = self._page(name, run)
                if case in page and same(answers, page[case]):
                    found.append(known.sentence)
        return list(dict.fromkeys(found))[:MOST_NAMED]

    def _page(self, name: str, run: Run) -> Mapping[str, Answers]:
        if name not in self.pages:
            known = self.overlays[name]
            with tempfile.TemporaryDirectory(prefix="autograder-") as temporary:
                folder = Path(temporary)
                for file in self.assignment.files:
                    text = (self.home / file).read_text(encoding="utf-8")
                    if file == f"{known.module or self.assignment.module}.py":
                        text = overlay.apply(text, known.text)
                    (folder / file).write_text(text, encoding="utf-8")
                self.pages[name] = run(folder, frozenset((*known.loses, *known.may_lose)))
        return self.pages[name]


_books: dict[tuple[Any, ...], Book] = {}


def book(assignment: Assignment, home: Path) -> Book:
    """The book of an assignment, the same one as long as nothing in its folder changes."""
    key = (assignment, home, tuple(_stamps(home)))
    if key not in _books:
        _books.clear()
        _books[key] = Book(assignment, home)
    return _books[key]


def _stamps(home: Path) -> Iterable[tuple[str, int, int]]:
    for folder, _, files in os.walk(home):
        for name in sorted(files):
            if name.endswith(".py"):
                state = os.stat(os.path.join(folder, name))
                yield os.path.join(folder, name), state.st_mtime_ns, state.st_size


def named(
    result: SubmissionResult, answers: Mapping[str, Answers], known: Book, run: Run
) -> SubmissionResult:
    """``result`` with the mistake told in every case whose answers are a known mistake's."""

    def told(case: CaseResult) -> CaseResult:
        if case.verdict not in NAMED or case.case not in answers:
            return case
        sentences = known.mistakes(case.case, answers[case.case], run)
        if not sentences:
            return case
        words = f"Most likely: {sentences[0]}"
        words += "".join(f"\nOr: {sentence}" for sentence in sentences[1:])
        return dataclasses.replace(case, message=f"{case.message}\n{words}".strip())

    return dataclasses.replace(result, cases=tuple(told(case) for case in result.cases))
