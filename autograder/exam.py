"""The records of the grader's exam: what became of each candidate, and what follows from all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from autograder import equivalence, recognise, whole
from autograder.candidates import Candidate
from autograder.feedback import Feedback
from autograder.model import Assignment, SubmissionResult
from autograder.prints import Prints

UNNOTICED = 0.005
"""A misconception that costs a smaller share of the points goes unnoticed."""


@dataclass
class Row:
    """What became of one candidate."""

    candidate: Candidate
    score: float | None = None
    lost: tuple[str, ...] = ()
    problems: list[str] = field(default_factory=list)
    result: SubmissionResult | None = None
    """How it was graded the first time."""
    unseen: frozenset[str] = frozenset()
    """Cases that were not run, because they cannot see its change."""
    answers: Mapping[str, Prints] = field(default_factory=dict)
    """Prints of what it answered in the cases that it lost."""
    feedback: Feedback | None = None
    """Of a mistake: whether the feedback names it."""
    unknown: Feedback | None = None
    """The same, if the mistake were not in the book."""
    finding: equivalence.Finding | None = None
    """Of a mutant that loses nothing: what it is."""


@dataclass
class Report:
    """The outcome of the exam on one assignment."""

    assignment: Assignment
    rows: list[Row]
    facts: list[str]
    """What is wrong with the files themselves."""
    book: recognise.Book | None = None
    """What the misconceptions answered; None unless all were tried."""
    seconds: float = 0.0

    @property
    def problems(self) -> list[str]:
        """Every sentence about something that had to hold and does not."""
        return self.facts + [p for row in self.rows for p in row.problems] + self._missed()

    def of(self, kind: str) -> list[Row]:
        """The candidates of one kind, by name."""
        found = [row for row in self.rows if row.candidate.kind == kind]
        return sorted(found, key=lambda row: row.candidate.name)

    @property
    def whole(self) -> bool:
        """Whether every misconception was tried."""
        return {row.candidate.kind for row in self.rows} >= {"reference", "handout"}

    def write_book(self, root: Path) -> Path | None:
        """Write the book of known mistakes if it says anything new; where."""
        path = root / "solutions" / self.assignment.name / recognise.NAME
        if self.book is None or not self.book.mistakes:
            return None
        if recognise.current(recognise.load(path, self.book.key), self.book):
            return None
        whole.write_text(path, recognise.text(self.book))
        return path

    @property
    def kills(self) -> Mapping[str, list[str]]:
        """For each case with points, the misconceptions that lose it, by name."""
        found: dict[str, list[str]] = {c.name: [] for c in self.assignment.cases if c.points}
        for row in self.of("misconception"):
            for case in row.lost:
                if case in found:
                    found[case].append(row.candidate.name)
        return found

    @property
    def unproven(self) -> list[str]:
        """Cases with points that no misconception has lost; empty unless all were tried."""
        return [case for case, by in self.kills.items() if not by] if self.whole else []

    @property
    def unnoticed(self) -> list[str]:
        """Misconceptions that cost too few points to notice."""
        least = UNNOTICED * self.assignment.max_score
        return [
            row.candidate.name
            for row in self.of("misconception")
            if row.lost and row.result is not None and _cost(row.result) < least
        ]

    def _missed(self) -> list[str]:
        """A sentence if more mutants than the config allows are missed by the checks."""
        tried = [row for row in self.of("mutant") if row.score is not None]
        missed = [row for row in tried if row.finding and row.finding.kind == "missed"]
        judged = len(tried) - sum(bool(row.finding) for row in tried) + len(missed)
        allowed = self.assignment.mutants_missed
        if len(missed) <= allowed * judged:
            return []
        return [
            f"grading_config.yaml: {len(missed)} of {judged} mutants that are no equivalents are "
            f"missed, more than mutants_missed: {allowed:g} allows; write checks for "
            f"{named([row.candidate.name for row in missed])}"
        ]


def _cost(result: SubmissionResult) -> float:
    """Points that were lost, those of a bonus included."""
    return sum(c.max_score - c.score for c in result.cases if c.score is not None)


def conserved(result: SubmissionResult, assignment: Assignment) -> bool:
    """Whether the points are those of the config's cases, each from none to all of its own."""
    return [c.case for c in result.cases] == [c.name for c in assignment.cases] and all(
        c.score is None or 0 <= c.score <= c.max_score for c in result.cases
    )


def named(cases: Sequence[str], most: int = 4) -> str:
    """Some names and how many more there are."""
    more = f" and {len(cases) - most} more" if len(cases) > most else ""
    return ", ".join(cases[:most]) + more
