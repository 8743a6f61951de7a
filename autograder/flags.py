"""What staff have to know of a student's row: which flags there are, in which words, and when.

The column ``flags`` of the gradebook and the class page both tell them from here. Pure functions of
the rows of a class; they give no points, and make no table and no HTML.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from autograder.isolation import PROMISES
from autograder.lateness import LATE_DAYS_LEFT, NOT_CHARGED
from autograder.model import SubmissionResult, Verdict
from autograder.roll import Row
from autograder.visible import UNOPENED, plural


@dataclass(frozen=True)
class Flag:
    """A kind of thing that staff should know of a student's row."""

    words: str
    """What the page calls it, and how its sentence in the gradebook begins."""
    why: str
    urgent: bool = False
    """Whether somebody has to do something."""
    in_gradebook: bool = True
    on_page: bool = True


WITHHELD = Flag("withheld", "The grader failed on a case: see judge errors.", True)
NOT_ON_ROSTER = Flag("not on the roster", "Handed in by somebody whom the roster lacks.", True)
UNGRADED = Flag("not graded", "Handed in, and there is no result.", True)
NOT_OPENED = Flag("could not be opened", "Its page says why; no case was run.", True)
UNKNOWN_LATE = Flag(NOT_CHARGED, "Nothing tells when it was handed in or due.", True)
ODD_LATE_DAYS = Flag(LATE_DAYS_LEFT, "No whole number: the config's counted.", on_page=False)
NO_SUBMISSION = Flag("handed in nothing", "On the roster, and there is no submission: no score.")
GROUP = Flag("with", "Handed in as a group: all have the same points.", on_page=False)
STUB = Flag(
    "nothing written",
    "Every case came upon a function that is not written yet.",
    in_gradebook=False,
)
LATE = Flag(
    "handed in late",
    "Handed in after the date it was due, grace included.",
    in_gradebook=False,  # which has columns of lateness
)
WEAKER = Flag("weaker isolation", "Ran with fewer means of confinement than others of the class.")
ODD = Flag("odd hand-in", "Something about the way it came: the flags in gradebook.csv tell it.")
NOTICE = Flag(
    "notice",
    "A file is missing, does not import, or was left out: see its page.",
    in_gradebook=False,
)

FLAGS = (WITHHELD, NOT_ON_ROSTER, UNGRADED, NOT_OPENED, UNKNOWN_LATE, ODD_LATE_DAYS, NO_SUBMISSION,
         GROUP, STUB, LATE, WEAKER, ODD, NOTICE)  # fmt: skip
"""In the order in which they are told."""


def told(rows: Sequence[Row]) -> list[dict[Flag, str]]:
    """For each row of a class its flags, in order, and what is to be said of this row.

    Each text begins with the flag's words. One that ran in weaker isolation than another of
    ``rows`` is flagged, so these have to be the whole class.
    """
    best = strongest(row.result for row in rows)
    made = []
    for row in rows:
        found = dict(_of(row, best))
        made.append({flag: flag.words + found[flag] for flag in FLAGS if flag in found})
    return made


def strongest(results: Iterable[SubmissionResult | None]) -> str:
    """The best promise of isolation in the class; empty where nothing says."""
    found = {result.promise for result in results if result is not None}
    return next((word for word in reversed(PROMISES) if word in found), "")


def unopened(result: SubmissionResult) -> bool:
    """Whether nothing was run, because the submission could not be opened."""
    if not result.cases:  # people grade all of it
        return bool(result.notices) and not result.promise
    return all(case.message == UNOPENED for case in result.cases)


def unwritten(result: SubmissionResult) -> bool:
    """Whether it is the handout as it was, as far as cases can tell."""
    stub = all(case.verdict is Verdict.NOT_IMPLEMENTED for case in result.cases)
    return bool(result.cases) and stub and not unopened(result)


def _of(row: Row, best: str) -> Iterator[tuple[Flag, str]]:
    """The flags of a row, and what each one's words are followed by."""
    handed, result = row.handed, row.result
    if not row.on_roster:
        yield NOT_ON_ROSTER, ""
    if handed is None and result is None:
        yield NO_SUBMISSION, ""
        return
    if handed is not None:
        others = [s.name or s.id for s in handed.students if s.id != row.student.id]
        if others:
            yield GROUP, f" {', '.join(others)}"
        if handed.notices:
            yield ODD, f": {' '.join(handed.notices)}"
    if row.late.days is None:
        yield UNKNOWN_LATE, row.late.note.removeprefix(NOT_CHARGED)
    elif row.late.note:
        yield ODD_LATE_DAYS, row.late.note.removeprefix(LATE_DAYS_LEFT)
    if row.late.days:
        yield LATE, ""
    if result is None:
        yield UNGRADED, ""
    else:
        yield from _of_result(result, best)


def _of_result(result: SubmissionResult, best: str) -> Iterator[tuple[Flag, str]]:
    if result.withheld:
        worth = plural(round(sum(case.max_score for case in result.withheld), 6), "point")
        yield WITHHELD, f" ({worth}): {', '.join(case.case for case in result.withheld)}"
    if unopened(result):
        yield NOT_OPENED, ""
    elif result.notices:
        yield NOTICE, ""
    if unwritten(result):
        yield STUB, ""
    own = result.promise
    if own in PROMISES and PROMISES.index(own) < PROMISES.index(best):
        yield WEAKER, f": {own}, and {best} for others"
