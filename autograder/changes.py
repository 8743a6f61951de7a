"""What a re-grading changed, student by student and case by case: as text, and as a table.

Compares what was kept of the results before with those of now. Verdicts and points count; times
and words do not. Decides nothing.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass

from autograder.journal import Before
from autograder.model import SubmissionResult
from autograder.sheet import plain_cell
from autograder.terminal import cells
from autograder.visible import clean, points

MOST_TOLD = 50
"""Submissions that the text names; the table has all."""
WITHHELD = "withheld"
COLUMNS = (
    "submission", "handed_in_again", "old_score", "new_score",
    "case", "old_verdict", "new_verdict", "old_points", "new_points",
)  # fmt: skip


@dataclass(frozen=True)
class CaseChange:
    """One case. A verdict of None: the case was not there; points of None: withheld, or none."""

    case: str
    old_verdict: str | None
    new_verdict: str | None
    old_points: float | None
    new_points: float | None


@dataclass(frozen=True)
class Change:
    """One submission with another verdict, or other points, than before."""

    submission: str
    anew: bool
    """Whether it was handed in again meanwhile."""
    old_score: float | None
    new_score: float | None
    """None: points are withheld."""
    cases: tuple[CaseChange, ...]


def compare(before: Before, now: SubmissionResult) -> Change | None:
    """What changed in a submission; None where nothing did."""
    new = {case.case: (case.verdict.value, case.score) for case in now.cases}
    nothing = (None, None)
    changed = tuple(
        CaseChange(name, *(old[0], made[0]), *(old[1], made[1]))
        for name in dict.fromkeys([*new, *before.cases])
        if (old := before.cases.get(name, nothing)) != (made := new.get(name, nothing))
    )
    if not changed:
        return None
    old_score = None if before.withheld else before.score
    return Change(
        now.submission, before.anew, old_score, None if now.withheld else now.score, changed
    )


def text(changes: Sequence[Change], graded: int) -> str:
    """The changes for a terminal, of ``graded`` submissions that were graded again."""
    if not changes:
        return f"Graded again: {graded}. No verdict and no points changed.\n"
    lines = [f"Graded again: {graded}. Other verdicts or points than before: {len(changes)}."]
    for change in changes[:MOST_TOLD]:
        again = " (handed in again)" if change.anew else ""
        name = " ".join(clean(change.submission).split())
        lines += ["", f"{name}{again}: {_points(change.old_score)} -> {_points(change.new_score)}"]
        table = [
            (
                case.case,
                f"{_verdict(case.old_verdict)} -> {_verdict(case.new_verdict)}",
                f"{_of_case(case.old_verdict, case.old_points)} -> "
                f"{_of_case(case.new_verdict, case.new_points)}",
            )
            for case in change.cases
        ]
        widths = [max(cells(row[column]) for row in table) for column in (0, 1)]
        for name, verdicts, given in table:
            first = name + " " * (widths[0] - cells(name))
            lines.append(f"  {first}  {verdicts.ljust(widths[1])}  {given}")
    if len(changes) > MOST_TOLD:
        lines += ["", f"... and {len(changes) - MOST_TOLD} more."]
    return "\n".join(lines) + "\n"


def table(changes: Sequence[Change]) -> str:
    """The changes as CSV: a row for each case; withheld points are blank."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(COLUMNS)
    for change in changes:
        for case in change.cases:
            writer.writerow([
                plain_cell(change.submission),
                "yes" if change.anew else "no",
                _cell(change.old_score),
                _cell(change.new_score),
                case.case,
                case.old_verdict or "",
                case.new_verdict or "",
                _cell(case.old_points),
                _cell(case.new_points),
            ])  # fmt: skip
    return stream.getvalue()


def _verdict(verdict: str | None) -> str:
    return "(no such case)" if verdict is None else verdict.replace("_", " ")


def _points(score: float | None) -> str:
    return WITHHELD if score is None else points(score)


def _of_case(verdict: str | None, score: float | None) -> str:
    return "none" if verdict is None else _points(score)


def _cell(value: float | None) -> str:
    return "" if value is None else points(value)
