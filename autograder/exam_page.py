"""The exam's report as a page: for those who write or trust a grader.

One page that needs nothing else, drawn from what ``verify`` found. It formats
and decides nothing. Its matrix of cases by misconceptions is a table with one
drawing a row: names stay in sight while thousands of cells scroll by, and a
row is one sentence to those who cannot see it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from autograder import overlay
from autograder.exam import Report, Row, conserved, named
from autograder.exam_table import KINDS, rated, tallied
from autograder.feedback import DESCRIBED, MISNAMED, NAMED_RIGHTLY, UNTOLD
from autograder.model import CaseResult
from autograder.report import render
from autograder.visible import plural

PITCH = 9
"""Pixels from one column of the matrix to the next."""
GROUP = 14
"""Pixels that the name of a function takes before its misconceptions."""
LETTER = 5.0
"""Pixels of a letter of a column's name, at most."""
STATUSES = (NAMED_RIGHTLY, DESCRIBED, UNTOLD, MISNAMED)
_NOUNS = {"handout": "handout", "odd": "odd answer"}
_WORDS = {
    "first": "Lost first by",
    "killed": "Also lost by",
    "gap": "Must be lost by, but is not",
    "held": "Withheld for",
}
"""How the words of a row tell of cells by name; ..."""
_COUNTED = {
    "survived": "Survived by",
    "unseen": "Not run, because it cannot see the change",
    "untried": "Not graded",
}
"""... and by number."""


@dataclass(frozen=True)
class Column:
    """One misconception's place in the matrix."""

    row: Row
    short: str
    """Its name without that of its function."""
    x: int


@dataclass(frozen=True)
class Group:
    """The misconceptions of one function, side by side."""

    function: str
    x: int
    width: int
    columns: tuple[Column, ...]


@dataclass(frozen=True)
class Cell:
    """What became of one case of one misconception."""

    x: int
    state: str
    """``first``, ``killed``, ``survived``, ``gap`` (must be lost and is not) or ``held``; not
    drawn: ``unseen`` (not run, as it cannot see the change) and ``untried`` (could not be graded).
    """
    name: str


@dataclass(frozen=True)
class Line:
    """One case's row of the matrix."""

    case: str
    kills: int
    sentence: str
    cells: tuple[Cell, ...]
    """Those that are drawn."""


def html(report: Report) -> str:
    """The whole page: no script, no font, no request; light, dark and on paper."""
    groups = _groups(report)
    columns = [column for group in groups for column in group.columns]
    last = groups[-1] if groups else None
    names = [column.short for column in columns] + [group.function for group in groups]
    return render(
        "exam.html",
        report=report,
        verdict=_verdict(report),
        figures=_figures(report),
        rates=_rates(report),
        statuses=STATUSES,
        groups=groups,
        columns=columns,
        sections=_sections(report, columns),
        width=last.x + last.width if last else 0,
        tall=round(LETTER * max(map(len, names), default=0)) + 22,
        tallied=tallied(report),
        named=named,
        mutants=_mutants(report),
        odd=_odd(report),
    )


def duration(seconds: float) -> str:
    """Wall time as people say it: ``48 s``, ``2 min 14 s``, ``1 h 5 min``."""
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    minutes, rest = divmod(whole, 60)
    if minutes < 60:
        return f"{minutes} min {rest} s"
    return f"{minutes // 60} h {minutes % 60} min"


def _verdict(report: Report) -> str:
    took = f"in {duration(report.seconds)} of wall time"
    tried = plural(len(report.rows), "candidate")
    if report.problems:
        number = len(report.problems)
        things = "1 thing that had" if number == 1 else f"{number} things that had"
        does = "does" if number == 1 else "do"
        return f"The grader is not right: {things} to hold {does} not ({tried}, {took})."
    if not report.whole:
        return f"Nothing is wrong in the part of the exam that was run ({tried}, {took})."
    return f"The grader is right: everything that had to hold does ({tried}, {took})."


def _figures(report: Report) -> list[tuple[str, str]]:
    """Numbers at the top, each with what it counts."""
    figures = []
    for kind in KINDS:
        number = len(report.of(kind))
        noun = _NOUNS.get(kind, kind)
        if number:
            figures.append((str(number), noun if number == 1 else f"{noun}s"))
    number = len(report.assignment.cases)
    figures.append((str(number), "case" if number == 1 else "cases"))
    results = [row.result for row in report.rows if row.result is not None]
    kept = sum(conserved(result, report.assignment) for result in results)
    figures.append((f"{kept} of {len(results)}", "gradings conserve points"))
    return figures


def _rates(report: Report) -> list[tuple[str, int, Counter[str]]]:
    """For each group of mistakes: what they are, how many, and how many of each status."""
    return [
        (what, len(found), Counter(f.status for f in found))
        for what, found in rated(report).items()
    ]


# The matrix ------------------------------------------------------------------


def function_of(row: Row, functions: Sequence[str]) -> str:
    """The function that a misconception is about: the graded one that it changes.

    Of several methods of one class, the class; empty where nothing is defined.
    """
    if row.candidate.says is None:
        return ""
    defined = overlay.defined(row.candidate.says.text)
    found = [name for name in defined if name in functions] or list(defined)
    owners = {name.rpartition(".")[0] for name in found}
    if len(found) > 1 and len(owners) == 1:
        return owners.pop() or found[0]
    return found[0] if found else ""


def _groups(report: Report) -> list[Group]:
    """Misconceptions by function, in the order in which functions are graded."""
    functions = report.assignment.functions
    order = {name: place for place, name in enumerate(functions)}

    def place(row: Row) -> tuple[int, str, str]:
        function = function_of(row, functions)
        inside = [at for name, at in order.items() if name.startswith(f"{function}.")]
        at = order.get(function, max(inside, default=len(order)))
        return at, function, row.candidate.name

    rows = sorted(report.of("misconception"), key=place)
    groups, x = [], 0
    for (_, function), members in groupby(rows, key=lambda row: place(row)[:2]):
        columns = tuple(
            Column(row, _short(row.candidate.name, function), x + GROUP + PITCH * number)
            for number, row in enumerate(members)
        )
        width = GROUP + PITCH * len(columns)
        groups.append(Group(function or "elsewhere", x, width, columns))
        x += width
    return groups


def _short(name: str, function: str) -> str:
    start = f"{function}__"
    short = name[len(start) :] if name.startswith(start) and len(name) > len(start) else name
    return short.replace("_", " ")


def _sections(report: Report, columns: Sequence[Column]) -> list[tuple[str, str, tuple[Line, ...]]]:
    """For each question: its key, its title, and the rows of its cases that have points."""
    lost = {
        column.row.candidate.name: {c.case: c for c in column.row.result.cases}
        for column in columns
        if column.row.result is not None
    }
    return [
        (q.key, q.title, tuple(_line(c.name, columns, lost) for c in q.cases if c.points))
        for q in report.assignment.questions
        if any(case.points for case in q.cases)
    ]


def _line(
    case: str, columns: Sequence[Column], results: Mapping[str, Mapping[str, CaseResult]]
) -> Line:
    found = [
        Cell(column.x, _state(case, column.row, results), column.row.candidate.name)
        for column in columns
    ]
    return Line(
        case,
        sum(cell.state in ("first", "killed") for cell in found),
        " ".join([f"{case}.", *_told(found)]),
        tuple(cell for cell in found if cell.state not in ("unseen", "untried")),
    )


def _state(case: str, row: Row, results: Mapping[str, Mapping[str, CaseResult]]) -> str:
    result = results.get(row.candidate.name, {}).get(case)
    if result is None:
        return "untried"
    if result.score is None:
        return "held"
    if case in row.lost:
        return "first" if case == row.lost[0] else "killed"
    if row.candidate.says is not None and case in row.candidate.says.loses:
        return "gap"
    return "unseen" if case in row.unseen else "survived"


def _told(cells: Sequence[Cell]) -> Iterator[str]:
    """A row of the matrix in sentences."""
    for state, words in _WORDS.items():
        names = [cell.name for cell in cells if cell.state == state]
        if names:
            yield f"{words}: {', '.join(names)}."
    count = Counter(cell.state for cell in cells)
    for state, words in _COUNTED.items():
        if count[state]:
            yield f"{words}: {count[state]}."


# The rest --------------------------------------------------------------------


def _mutants(report: Report) -> dict[str, list[Row]]:
    """Mutants by what became of them; kinds without any are left out."""
    kinds: dict[str, list[Row]] = {
        "missed": [], "slower": [], "undecided": [], "equivalent": [], "killed": []
    }  # fmt: skip
    for row in report.of("mutant"):
        kinds[_fate(row)].append(row)
    return {kind: rows for kind, rows in kinds.items() if rows}


def _fate(row: Row) -> str:
    if row.lost:
        return "killed"
    return row.finding.kind if row.finding is not None else "undecided"


def _odd(report: Report) -> str:
    """The odd answers in one sentence; what is wrong with one stands among the problems."""
    rows = report.of("odd")
    wrong = [row.candidate.name for row in rows if row.problems]
    if not rows:
        return ""
    names = ", ".join(row.candidate.name.replace("_", " ") for row in rows)
    start = f"{plural(len(rows), 'odd answer')} ({names}): "
    if wrong:
        return f"{start}something is wrong with {named(wrong, len(wrong))}."
    return f"{start}no check choked, and none kept a point."
