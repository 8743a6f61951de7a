"""What staff read of a whole class, written from its rows: gradebook, page, exports, likenesses.

Each file is made by the module that knows it; this one knows which there are, what they are called
and that each is whole on disk or not there. Decides no points.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

from autograder import (
    class_report,
    exports,
    fingerprints,
    gradebook,
    similarity,
    similarity_page,
    whole,
)
from autograder.model import Assignment
from autograder.roll import Handed, Row, Student, rows
from autograder.visible import clean, plural

GRADEBOOK, PAGE, CHANGES = "gradebook.csv", "report.html", "changes.csv"
SIMILAR = similarity_page.PAGE
RESERVED = (GRADEBOOK, PAGE, CHANGES, SIMILAR, *exports.FILES.values(), ".journal")
"""Names that no submission's folder may have."""


@dataclass(frozen=True)
class Comparison:
    """How submissions are compared with one another, for the page of those that are alike."""

    root: Path
    """The course's folder: what was handed out counts for nothing."""
    jobs: int
    bar: Callable[[int], AbstractContextManager[Callable[[], None]]]
    """Given how many there are, it shows how far things are; what it yields is called for each."""


def check_exports(
    formats: Iterable[str],
    assignment: Assignment,
    roster: Sequence[Student],
    handed: Sequence[Handed] = (),
) -> None:
    """Raise ExportError where a platform needs what nobody has: before an evening's work."""
    ungraded = rows(handed, {}, roster, policy=assignment.late, due=assignment.due)
    for kind in formats:
        exports.write(kind, ungraded, assignment, roster)


def outdated(out: Path, formats: Iterable[str], *, similar: bool) -> str:
    """A sentence about files of an earlier run that this one has not written; empty without any."""
    now = {exports.FILES[kind] for kind in formats} | ({SIMILAR} if similar else set())
    old = [name for name in (*exports.FILES.values(), SIMILAR) if name not in now]
    there = [name for name in old if (out / name).exists()]
    return f"Of an earlier run, and not written now: {', '.join(there)}" if there else ""


def write_exports(
    out: Path,
    formats: Iterable[str],
    table: Sequence[Row],
    assignment: Assignment,
    roster: Sequence[Student],
) -> list[str]:
    """Write the gradebook as platforms import it; a sentence about each file."""
    told = []
    for kind in formats:
        whole.write(out / exports.FILES[kind], exports.write(kind, table, assignment, roster))
        without = exports.left_out(kind, table)
        told.append(f"{kind.capitalize():<10} {out / exports.FILES[kind]}")
        if without:
            told[-1] += f" ({plural(len(without), 'student')} not on the roster left out)"
    return told


def write(
    out: Path,
    table: Sequence[Row],
    handed: Sequence[Handed],
    assignment: Assignment,
    comparison: Comparison | None = None,
) -> str:
    """Write the gradebook and the page of the class, and that of likenesses where it is wanted.

    Returns what the page of likenesses lists, in words; empty where there is none: without a
    ``comparison``, or with fewer than two submissions.
    """
    whole.write_text(out / GRADEBOOK, gradebook.gradebook_csv(table, assignment))
    likenesses = ""
    if comparison is not None and len(handed) > 1:
        with comparison.bar(len(handed)) as count:
            likenesses = _write_likenesses(out, handed, assignment, comparison, count)
    links = {row.handed.name: f"{row.handed.name}/{PAGE}" for row in table if row.handed}
    link = SIMILAR if likenesses else None
    page = class_report.class_html(table, assignment, links, similarity_link=link)
    whole.write_text(out / PAGE, page)
    return likenesses


def _write_likenesses(
    out: Path,
    handed: Sequence[Handed],
    assignment: Assignment,
    comparison: Comparison,
    count: Callable[[], None],
) -> str:
    """Write the page of pairs that share more than chance; what it lists, in words."""
    given = fingerprints.handed_out(comparison.root, assignment)
    read = fingerprints.sources(
        {one.name: one for one in handed},
        assignment,
        given,
        jobs=comparison.jobs,
        on_read=lambda _: count(),
    )
    background = fingerprints.background(comparison.root, assignment)
    found = similarity.compare(read, given, background)
    names = {one.name: _called(one) for one in handed}
    title = clean(assignment.title or assignment.name)
    page = similarity_page.html(found, title=title, names=names)
    whole.write_text(out / SIMILAR, page)
    return f"{plural(len(found.pairs) + found.more, 'pair')} to look at"


def _called(handed: Handed) -> str:
    """Who handed in; ids tell apart who is called alike."""
    people = [f"{s.name} ({s.id})" if s.name else s.id for s in handed.students]
    return ", ".join(people) or handed.name
