"""The nouns of a class: who is in it, what they handed in, and what became of that.

``intake`` finds what was handed in, ``roster`` who is in the class, ``classroom`` has it graded;
``rows`` puts the three together, once, for everything that staff read. Gives no points: lateness
is charged by ``lateness``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from autograder.entries import Part
from autograder.lateness import Charge, charge
from autograder.model import LatePolicy, SubmissionResult

__all__ = ["Handed", "Part", "Row", "Student", "rows"]


@dataclass(frozen=True)
class Student:
    """Who handed in, as far as the roster or the submission's own name says."""

    id: str
    """What the class is kept by: unique in it."""
    name: str = ""
    email: str = ""
    section: str = ""
    fields: tuple[tuple[str, str], ...] = ()
    """The roster's columns as they were written, for gradebooks that must match them."""

    def told(self, *columns: str) -> str:
        """What the roster says in the first of ``columns`` that it has; empty: nothing.

        Letter case, blanks and underscores in a column's name do not matter.
        """
        own = {_plain(name): value for name, value in reversed(self.fields)}
        return next((own[_plain(name)] for name in columns if _plain(name) in own), "")


def _plain(name: str) -> str:
    return "".join(name.split()).replace("_", "").casefold()


@dataclass(frozen=True)
class Handed:
    """One submission as it was handed in."""

    name: str
    """Unique in the class, letter case aside; its folder among the results."""
    parts: tuple[Part, ...]
    students: tuple[Student, ...] = ()
    """Several where a group handed in together."""
    described: Mapping[str, Any] = field(default_factory=dict)
    """When it was handed in and was due, in the keys of Gradescope's submission_metadata.json."""
    notices: tuple[str, ...] = ()
    """For staff: what is odd about the way it came."""


@dataclass(frozen=True)
class Row:
    """One student of the class."""

    student: Student
    handed: Handed | None = None
    """None: on the roster, and handed in nothing."""
    result: SubmissionResult | None = None
    late: Charge = field(default_factory=Charge)
    on_roster: bool = True

    @property
    def total(self) -> float | None:
        """Points after what lateness costs; None where there is nothing to count.

        So too where the score of a case is withheld: a sum without it is nobody's score.
        """
        if self.result is None or self.result.withheld:
            return None
        return round(self.result.score * (1 - self.late.percent / 100), 6)


def rows(
    handed: Sequence[Handed],
    results: Mapping[str, SubmissionResult],
    roster: Sequence[Student] = (),
    *,
    policy: LatePolicy,
    due: str | None,
) -> list[Row]:
    """A row for every student: those on the roster in its order, then the others by name.

    ``results`` are kept by the submissions' names. Without a roster every student of a
    submission is taken to be in the class. Where one student is in several submissions the last
    one counts; ``intake`` has put them in order.
    """
    of_student = {student.id: one for one in handed for student in one.students}
    told = {student.id: student for one in handed for student in one.students}

    def row(student: Student, on_roster: bool) -> Row:
        one = of_student.get(student.id)
        if one is None:
            return Row(student, on_roster=on_roster)
        result = results.get(one.name)
        late = charge(policy, one.described, due, student.told("late_days"))
        return Row(student, one, result, late, on_roster)

    known = {student.id for student in roster}
    others = sorted((told[i] for i in told.keys() - known), key=lambda s: (s.name.casefold(), s.id))
    return [
        *(row(student, True) for student in roster),
        *(row(student, not roster) for student in others),
    ]
