"""What staff should look at in a class: known mistakes, slow submissions, our own faults.

Pure functions from the rows of a class to records; they read what ``visible`` shows to staff,
give no points and make no HTML.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from autograder.model import SubmissionResult, Verdict
from autograder.roll import Row
from autograder.visible import MOST_LIKELY, ShownCase, plural, shown_cases

SLOWEST = 10
"""How many of the slowest submissions are told."""

DIAGNOSES = {
    "by_line": "every row or column off by a factor or an amount of its own",
    "changed_input": "the input is changed in place",
    "constant": "all values are the same",
    "digits": "right where numbers are tame, and too few digits elsewhere",
    "dtype": "another kind of numbers",
    "factor": "all off by one factor or amount",
    "float32": "computed in float32",
    "floor": "cut off at some limit",
    "function": "a root, square, logarithm or exponential too many or too few",
    "labels": "labels out of range",
    "no_exception": "no exception where one is asked for",
    "not_finite": "NaN or infinite",
    "old_answer": "the answer of an earlier call",
    "order": "right values in other places",
    "place": "wrong in one part, right elsewhere",
    "probabilities": "probabilities outside 0 to 1, or that do not add up to 1",
    "property": "a property that has to hold does not",
    "shape": "another shape",
    "sign": "the wrong sign",
    "sums": "sums that are not one",
    "term": "off by a multiple of an argument",
    "transposed": "transposed",
    "type": "no array or number of the form asked for",
}
"""``CaseResult.diagnosis`` in words."""

_WRONG = (Verdict.WRONG_ANSWER, Verdict.PARTIALLY_ACCEPTED)


@dataclass(frozen=True)
class Graded:
    """One submission of the class, as staff see it, and the students that handed it in."""

    name: str
    result: SubmissionResult
    cases: tuple[ShownCase, ...]
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Mistake:
    """A mistake that several submissions may have made."""

    key: str
    """A known mistake's name, or that of a generic diagnosis."""
    words: str
    functions: tuple[str, ...]
    who: tuple[Graded, ...]
    """Each submission once, whatever number of its cases tell of it."""


@dataclass(frozen=True)
class Fault:
    """A case that the grader itself failed on."""

    case: str
    who: tuple[Graded, ...]


@dataclass(frozen=True)
class Slow:
    """A submission that took long."""

    one: Graded
    wall_s: float
    worst: ShownCase | None
    """The case that took longest."""


def graded(rows: Sequence[Row]) -> list[Graded]:
    """The submissions behind ``rows`` that have a result, each once, in the order of the rows."""
    whose: dict[str, list[Row]] = {}
    for row in rows:
        if row.result is not None:
            name = row.handed.name if row.handed is not None else row.result.submission
            whose.setdefault(name, []).append(row)
    found = []
    for name, of in whose.items():
        result = of[0].result
        if result is not None:
            found.append(Graded(name, result, shown_cases(result, "staff"), tuple(of)))
    return found


def known_mistakes(submissions: Iterable[Graded]) -> list[Mistake]:
    """The mistakes that were recognised by their answers, the commonest first."""
    groups: dict[str, _Group] = {}
    for one in submissions:
        for case in one.cases:
            if case.mistake:
                first = case.likely.partition("\n")[0].removeprefix(MOST_LIKELY)
                groups.setdefault(case.mistake, _Group(first)).add(one, case)
    return _sorted(groups)


def diagnoses(submissions: Iterable[Graded]) -> list[Mistake]:
    """What is wrong with answers that no known mistake gives, by function, the commonest first."""
    groups: dict[str, _Group] = {}
    for one in submissions:
        for case in one.cases:
            if case.diagnosis and not case.mistake and case.verdict in _WRONG:
                words = DIAGNOSES.get(case.diagnosis, case.diagnosis.replace("_", " "))
                key = f"{case.function or case.case}:{case.diagnosis}"
                groups.setdefault(key, _Group(words)).add(one, case)
    return _sorted(groups)


class _Group:
    def __init__(self, words: str) -> None:
        self.words = words
        self.who: dict[str, Graded] = {}
        self.functions: dict[str, None] = {}

    def add(self, one: Graded, case: ShownCase) -> None:
        self.who[one.name] = one
        self.functions[case.function or case.case] = None


def _sorted(groups: dict[str, _Group]) -> list[Mistake]:
    found = [Mistake(k, g.words, tuple(g.functions), tuple(g.who.values()))
             for k, g in groups.items()]  # fmt: skip
    return sorted(found, key=lambda m: (-len(m.who), m.key))


def judge_errors(submissions: Iterable[Graded]) -> list[Fault]:
    """Cases whose score is withheld, with the submissions; those with most first."""
    groups: dict[str, list[Graded]] = {}
    for one in submissions:
        for case in one.cases:
            if case.score is None:
                groups.setdefault(case.case, []).append(one)
    found = [Fault(case, tuple(who)) for case, who in groups.items()]
    return sorted(found, key=lambda f: (-len(f.who), f.case))


def slowest(submissions: Iterable[Graded], most: int = SLOWEST) -> list[Slow]:
    """The submissions that took longest, by our clock; those that took no time are left out."""
    found = [
        Slow(
            one,
            one.result.usage.wall_s,
            max(one.cases, key=lambda c: c.usage.wall_s, default=None),
        )
        for one in submissions
        if one.result.usage.wall_s > 0
    ]
    return sorted(found, key=lambda s: -s.wall_s)[:most]


def lateness(row: Row) -> str:
    """``1 day late, −10 %``; empty where it was in time or nobody knows."""
    if not row.late.days:
        return ""
    charged = f", \N{MINUS SIGN}{row.late.percent:g} %" if row.late.percent else ""
    return f"{plural(row.late.days, 'day')} late{charged}"
