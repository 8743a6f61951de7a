"""The gradebook in the forms that other places import: Canvas, Moodle, Gradescope, Excel.

Formats and decides no points. Columns are those of the platforms' own exports and importers; what
finds a student again there is copied from the roster as it was written, and where the roster does
not have it, one sentence says so. A score that is not known (nothing handed in, or a case is
withheld) leaves what stood in the roster's cell.
"""

from __future__ import annotations

import csv
import importlib
import io
import re
import zipfile
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any

from autograder import gradebook
from autograder.lateness import due_date, handed_in, seconds_late
from autograder.model import Assignment
from autograder.roll import Row, Student
from autograder.visible import shown_questions

FILES = {
    "canvas": "gradebook_canvas.csv",
    "moodle": "gradebook_moodle.csv",
    "gradescope": "gradebook_gradescope.csv",
    "excel": "gradebook.xlsx",
}
"""Every kind, and the name of its file."""

_EPOCH = (1980, 1, 1, 0, 0, 0)


class ExportError(ValueError):
    """The gradebook cannot be written in that form; the text says why and what to do."""


def write(
    kind: str, rows: Sequence[Row], assignment: Assignment, roster: Sequence[Student]
) -> bytes:
    """The content of the file ``FILES[kind]``, the same bytes for the same rows.

    Raises ExportError where the roster lacks what the platform needs, or openpyxl is missing.
    """
    made = _WRITERS[kind](rows, assignment, roster)
    return made if isinstance(made, bytes) else _csv(made)


def left_out(kind: str, rows: Iterable[Row]) -> list[Row]:
    """Rows that the file of that kind does not have: the platform knows them by the roster."""
    return [row for row in rows if not row.on_roster] if kind in ("canvas", "moodle") else []


# --- Canvas -------------------------------------------------------------------------------------

_CANVAS_KEYS = ("ID", "SIS User ID", "SIS Login ID")


def _canvas(
    rows: Sequence[Row], assignment: Assignment, roster: Sequence[Student]
) -> list[list[str]]:
    """As Canvas's own Gradebook export, whose importer asks for these columns in this order."""
    known = _columns(roster)
    if not any(key in known for key in _CANVAS_KEYS):
        raise ExportError(
            "Canvas finds students by the columns ID, SIS User ID or SIS Login ID, and the roster "
            "has none of them; export the gradebook in Canvas and give that file as the roster"
        )
    who = ["Student", *_CANVAS_KEYS]
    who += [name for name in ("Integration ID", "Root Account") if name in known]
    grade = _canvas_column(known, assignment)
    head = [*who, "Section", grade]
    possible = ["    Points Possible", *[""] * len(who), _number(assignment.max_score)]
    lines = [head, possible]
    for row in _kept("canvas", rows):
        own = dict(row.student.fields)
        if not any(own.get(key, "").strip() for key in _CANVAS_KEYS):
            raise ExportError(
                f"the roster has no ID, SIS User ID or SIS Login ID for {_shown(row.student)}, "
                "so Canvas would not find them; add one"
            )
        own.setdefault("Student", row.student.name)
        own.setdefault("Section", row.student.section)
        cells = [_guarded(own.get(column, "")) for column in head[:-1]]
        lines.append([*cells, _score(row, own.get(grade, ""))])
    return lines


def _canvas_column(known: Iterable[str], assignment: Assignment) -> str:
    """The assignment's column as Canvas writes it, with its number; else the title alone."""
    names = {assignment.title.casefold(), assignment.name.casefold()}
    found = [c for c in known if re.sub(r"\s*\(\d+\)\s*$", "", c).strip().casefold() in names]
    if len(found) > 1:
        raise ExportError(
            f"{len(found)} columns of the roster may be this assignment's: {', '.join(found)}; "
            "delete all but one"
        )
    return found[0] if found else assignment.title


# --- Moodle -------------------------------------------------------------------------------------

_WORKSHEET = (
    "Identifier", "Full name", "Email address", "Status", "Grade", "Maximum Grade",
    "Grade can be changed", "Last modified (submission)", "Last modified (grade)",
    "Feedback comments",
)  # fmt: skip
"""Moodle's offline grading worksheet. Its importer reads the first, the grade, when that was last
changed, and the feedback; it asks for the three former."""


def _moodle(
    rows: Sequence[Row], assignment: Assignment, roster: Sequence[Student]
) -> list[list[str]]:
    """The grading worksheet where the roster is one, or else a file for the import of grades."""
    known = _columns(roster)
    if "Identifier" not in known:
        return _moodle_import(rows, assignment)
    # Feedback that is not there is not touched; an empty cell would delete what teachers wrote.
    standard = [c for c in _WORKSHEET if c != "Feedback comments"]
    whole = {"Grade", "Last modified (grade)"} <= set(known)
    head = list(known) if whole else standard
    lines = [head]
    for row in _kept("moodle", rows):
        own = dict(row.student.fields)
        if not own.get("Identifier", "").strip():
            raise ExportError(
                f"the roster has no Identifier for {_shown(row.student)}, so Moodle would not "
                "find them; download the grading worksheet anew"
            )
        if not whole:
            there = "Submitted for grading" if row.handed else "No submission"
            own = {
                "Full name": row.student.name,
                "Email address": row.student.email,
                "Status": there,
                "Maximum Grade": _number(assignment.max_score),
                "Grade can be changed": "Yes",
                "Last modified (submission)": "-",
                "Last modified (grade)": "-",
                **own,
            }
        own["Grade"] = _score(row, own.get("Grade", ""))
        lines.append([_guarded(own.get(column, "")) for column in head])
    return lines


def _moodle_import(rows: Sequence[Row], assignment: Assignment) -> list[list[str]]:
    """For Grades > Import > CSV file, where columns are mapped by hand."""
    kept = _kept("moodle", rows)
    without = next((row.student for row in kept if not row.student.email), None)
    if without is not None:
        raise ExportError(
            "Moodle finds students by the Identifier of its grading worksheet or by their e-mail "
            f"address, and the roster has neither for {_shown(without)}; download the grading "
            "worksheet in Moodle and give that file as the roster"
        )
    lines = [["Full name", "ID number", "Email address", assignment.title]]
    for row in kept:
        student = row.student
        who = (student.name, student.told("ID number") or student.id, student.email)
        lines.append([*map(_guarded, who), _score(row, student.told(assignment.title))])
    return lines


# --- Gradescope ---------------------------------------------------------------------------------


def _gradescope(
    rows: Sequence[Row], assignment: Assignment, roster: Sequence[Student]
) -> list[list[str]]:
    """As Gradescope's own "Download Grades" of one assignment."""
    questions = [q for q in assignment.questions if q.cases]
    lines = [
        [
            *("First Name", "Last Name", "SID", "Email", "Sections", "Total Score", "Max Points"),
            *("Status", "Submission ID", "Submission Time", "Lateness (H:M:S)"),
            *("View Count", "Submission Count"),
            *(f"{q.key}: {' '.join(q.title.split())} ({q.points:.1f} pts)" for q in questions),
        ]
    ]
    for row in rows:
        student, described = row.student, row.handed.described if row.handed else {}
        when, due = handed_in(described), due_date(described, assignment.due)
        status = "Missing" if row.handed is None else "Ungraded" if row.total is None else "Graded"
        points: dict[str, float | None] = {}
        if row.result is not None:
            for shown in shown_questions(row.result, "staff"):
                points[shown.key] = None if shown.withheld else shown.score
        first, last = _names(student)
        lines.append(
            [
                *map(_guarded, (first, last, student.told("SID") or student.id)),
                *map(_guarded, (student.email, student.section)),
                *(_number(row.total), _number(assignment.max_score), status),
                _guarded(str(described.get("id") or "")),
                f"{when:%Y-%m-%d %H:%M:%S %z}" if when else "",
                _hours(when, due),
                *("", "0" if row.handed is None else ""),
                *(_number(points.get(q.key)) for q in questions),
            ]
        )
    return lines


def _names(student: Student) -> tuple[str, str]:
    """First and last name, by the roster's columns or else by the name as a whole."""
    first, last = student.told("First Name"), student.told("Last Name")
    if first or last:
        return first, last
    last, comma, first = student.name.partition(",")
    if comma:
        return first.strip(), last.strip()
    first, _, last = student.name.strip().rpartition(" ")
    return (first, last) if first else (last, "")


def _hours(when: datetime | None, due: datetime | None) -> str:
    if when is None or due is None:
        return ""
    seconds = max(0, seconds_late(when, due))
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"


# --- Excel --------------------------------------------------------------------------------------


def _excel(rows: Sequence[Row], assignment: Assignment, roster: Sequence[Student]) -> bytes:
    """Sheets Grades, Questions and Cases: a row a student in each, in one order."""
    try:
        openpyxl = importlib.import_module("openpyxl")
    except ImportError:
        raise ExportError(
            "excel needs openpyxl, which is not installed here; install it with "
            "`python -m pip install openpyxl`, or use gradebook.csv"
        ) from None
    table = gradebook.table(rows, assignment)
    columns = [str(column) for column in table.columns]
    cases = (gradebook.POINTS, gradebook.VERDICT)
    sheets = {
        "Grades": [c for c in columns if not c.startswith((gradebook.QUESTION, *cases))],
        "Questions": ["id", "name", *(c for c in columns if c.startswith(gradebook.QUESTION))],
        "Cases": ["id", "name", *(c for c in columns if c.startswith(cases))],
    }
    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, head in sheets.items():
        lines = [[None if c is None else c for c in line] for line in table[head].to_numpy()]
        _fill(book.create_sheet(title), head, lines, openpyxl.styles.Font(bold=True))
    made = io.BytesIO()
    book.save(made)
    return _timeless(made.getvalue())


def _fill(page: Any, head: Sequence[str], lines: Sequence[Sequence[object]], bold: Any) -> None:
    for number, cells in enumerate([head, *lines], start=1):
        for column, value in enumerate(cells, start=1):
            if value is None or value == "":
                continue
            cell = page.cell(row=number, column=column)
            cell.value = value
            if isinstance(value, str):
                cell.data_type = "s"  # text, and never a formula
            else:
                cell.number_format = "0" if isinstance(value, int) else "0.00"
            if number == 1:
                cell.font = bold
    page.freeze_panes = "C2"  # the names of columns, and who it is
    page.auto_filter.ref = page.dimensions
    for column in page.iter_cols(max_row=min(len(lines) + 1, 200)):
        longest = max(len(str(cell.value or "")) for cell in column)
        page.column_dimensions[column[0].column_letter].width = min(longest + 3, 40)


def _timeless(data: bytes) -> bytes:
    """A workbook without the moment at which it was made."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(made, "w") as new:
        for info in old.infolist():
            content = old.read(info)
            if info.filename == "docProps/core.xml":
                content = re.sub(
                    rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", b"1980-01-01T00:00:00Z", content
                )
            entry = zipfile.ZipInfo(info.filename, _EPOCH)
            entry.create_system = 3  # whatever it was made on
            new.writestr(entry, content, zipfile.ZIP_DEFLATED)
    return made.getvalue()


# --- cells --------------------------------------------------------------------------------------


def _columns(roster: Iterable[Student]) -> list[str]:
    """The roster's columns as they are called there, in its order."""
    return list(dict.fromkeys(name for student in roster for name, _ in student.fields))


def _kept(kind: str, rows: Sequence[Row]) -> list[Row]:
    out = {id(row) for row in left_out(kind, rows)}
    return [row for row in rows if id(row) not in out]


def _shown(student: Student) -> str:
    return repr((student.name or student.id)[:80])


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.6f}".rstrip("0").rstrip(".")


def _score(row: Row, before: str) -> str:
    return _guarded(before) if row.total is None else _number(row.total)


def _guarded(text: str) -> str:
    """``text`` as it is; an apostrophe stands before what a spreadsheet would calculate.

    What finds a student again must not be changed: numbers, a lone dash and ``@login`` stay.
    """
    harmless = text.strip() in ("-", "+") or re.fullmatch(r"[-+]?[\d.,]+|@?[\w.-]+", text, re.ASCII)
    begins = text.startswith(("=", "+", "-", "@", "\t", "\r", "\n"))
    return "'" + text if begins and not harmless else text


def _csv(lines: Iterable[Sequence[str]]) -> bytes:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(lines)
    return text.getvalue().encode("utf-8", "replace")


_WRITERS: dict[
    str, Callable[[Sequence[Row], Assignment, Sequence[Student]], bytes | list[list[str]]]
] = {"canvas": _canvas, "moodle": _moodle, "gradescope": _gradescope, "excel": _excel}
