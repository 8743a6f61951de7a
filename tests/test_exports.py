"""What Canvas, Moodle, Gradescope and Excel are given: their columns, to the letter."""

from __future__ import annotations

import csv
import importlib
import io
import json
import re
import zipfile
from dataclasses import replace

import openpyxl
import pytest

from autograder import exports, roll
from autograder.exports import ExportError
from autograder.roll import Row, Student
from tests import test_gradebook as books

GRADE = "Homework 2: clustering (48151)"


def told(columns: dict[str, str] | None = None, **changes: str) -> list[Row]:
    """The class, each student with these columns in the roster; ``{id}`` stands for the id."""
    made = []
    for row in books.classroom():
        s = row.student
        if row.on_roster and columns is not None:
            facts = {"id": s.id, "name": s.name, "email": s.email, "section": s.section}
            fields = tuple((k, v.format(**facts)) for k, v in columns.items())
            row = replace(row, student=replace(s, fields=fields, **changes))
        made.append(row)
    return made


def roster(rows: list[Row]) -> list[Student]:
    return [row.student for row in rows if row.on_roster]


CANVAS = {
    "Student": "{name}",
    "ID": "7{id}",
    "SIS User ID": "{id}",
    "SIS Login ID": "@{id}",
    "Section": "Lecture {section}",
    "Homework 1 (48150)": "3",
    GRADE: "EX",
    "Current Score": "88",
}
MOODLE = {
    "Identifier": "Participant 10{id}",
    "Full name": "{name}",
    "Email address": "{email}",
    "Status": "Submitted for grading - Graded",
    "Grade": "1.00",
    "Maximum Grade": "52.00",
    "Grade can be changed": "Yes",
    "Last modified (submission)": "Thursday, 1 October 2026, 11:58 PM",
    "Last modified (grade)": "-",
    "Feedback comments": "<p>Well done,\n{name}</p>",
}


def lines(kind: str, rows: list[Row]) -> list[list[str]]:
    made = exports.write(kind, rows, books.assignment(), roster(rows))
    return list(csv.reader(io.StringIO(made.decode(), newline="")))


# Golden files


@pytest.mark.parametrize(
    ("kind", "columns"),
    [("canvas", CANVAS), ("moodle", MOODLE), ("gradescope", None)],
    ids=["canvas", "moodle", "gradescope"],
)
def test_whole_file(golden, kind: str, columns: dict[str, str] | None) -> None:
    """A file is what its golden file holds, and twice the same bytes."""
    rows = told(columns)
    made = exports.write(kind, rows, books.assignment(), roster(rows))
    assert made == exports.write(kind, rows, books.assignment(), roster(rows))
    golden(exports.FILES[kind], made.decode())


def test_whole_workbook(golden) -> None:
    """The cells of each sheet, with what is frozen and how numbers are shown."""
    made = exports.write("excel", books.classroom(), books.assignment(), ())
    assert made == exports.write("excel", books.classroom(), books.assignment(), ())
    book = openpyxl.load_workbook(io.BytesIO(made))
    text = []
    for page in book.worksheets:
        text.append(f"== {page.title}, frozen at {page.freeze_panes}, {page.auto_filter.ref}")
        for line in page.iter_rows():
            text.append(json.dumps([cell.value for cell in line], ensure_ascii=False))
        text.append(str([cell.number_format for cell in page[2]]))
    golden("gradebook.xlsx.txt", "\n".join(text) + "\n")


# Canvas


def test_canvas_has_the_columns_that_its_importer_asks_for() -> None:
    """In this order: it knows students by the second to fourth, and the last is the grade."""
    head, possible, *rest = lines("canvas", told(CANVAS))
    assert head == ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", GRADE]
    assert possible == ["    Points Possible", "", "", "", "", "52"]
    ada = ["Lovelace, Ada", "720190001", "20190001", "@20190001", "Lecture A", "36.4"]
    assert rest[0] == ada
    assert len(rest) == len(books.ROSTER)


def test_what_is_not_known_stays_as_it_was() -> None:
    """Nothing handed in, and a withheld case: the platform's own cell, not a blank or a zero."""
    rows = {line[2]: line[-1] for line in lines("canvas", told(CANVAS))}
    assert (rows["5"], rows["6"]) == ("EX", "EX")
    assert {line[0]: line[4] for line in lines("moodle", told(MOODLE))}["Participant 105"] == "1.00"


def test_canvas_without_the_assignments_column_gets_its_title() -> None:
    """Canvas then asks which assignment it is, or makes one."""
    some = {
        key: CANVAS[key] for key in ("Student", "SIS Login ID", "Root Account") if key in CANVAS
    }
    head, _, first, *_ = lines("canvas", told({**some, "Root Account": "uni.example"}))
    assert head[-3:] == ["Root Account", "Section", "Homework 2: clustering"]
    assert first[:6] == ["Lovelace, Ada", "", "", "@20190001", "uni.example", "A"]


def test_canvas_needs_something_to_find_students_by() -> None:
    """One sentence for a roster without it, and for a student without it."""
    with pytest.raises(ExportError, match=r"by the columns ID, SIS User ID or SIS Login ID, and"):
        lines("canvas", told({"id": "{id}"}))
    with pytest.raises(ExportError, match="or SIS Login ID for 'Lovelace, Ada', so Canvas"):
        lines("canvas", told({"ID": " "}))


def test_two_columns_that_may_be_the_assignments_are_told() -> None:
    """Nobody guesses where grades go."""
    with pytest.raises(ExportError, match=r"2 columns of the roster may be .* delete all but one"):
        lines("canvas", told({**CANVAS, "hw2_clustering (5)": ""}))


# Moodle


def test_moodles_worksheet_comes_back_with_grades_alone() -> None:
    """Every other cell is what Moodle wrote, feedback included."""
    head, first, *_ = lines("moodle", told(MOODLE))
    assert head == list(exports._WORKSHEET)
    assert dict(zip(head, first, strict=True)) == {
        **{k: v.format(id="20190001", name="Lovelace, Ada", email="ada@example.edu", section="A")
           for k, v in MOODLE.items()},
        "Grade": "36.4",
    }  # fmt: skip


def test_identifiers_are_enough_for_a_worksheet() -> None:
    """Without a column of feedback, so that none is deleted."""
    head, *rest = lines("moodle", told({"Identifier": "Participant {id}"}))
    assert head == [c for c in exports._WORKSHEET if c != "Feedback comments"]
    assert rest[0] == [
        "Participant 20190001", "Lovelace, Ada", "ada@example.edu", "Submitted for grading",
        "36.4", "52", "Yes", "-", "-",
    ]  # fmt: skip
    assert rest[4][3:5] == ["No submission", ""]


def test_without_identifiers_it_is_a_file_for_the_import_of_grades() -> None:
    """Mapped there by address or ID number."""
    head, first, *_ = lines("moodle", told({"ID number": "n{id}"}))
    assert head == ["Full name", "ID number", "Email address", "Homework 2: clustering"]
    assert first == ["Lovelace, Ada", "n20190001", "ada@example.edu", "36.4"]


def test_moodle_needs_something_to_find_students_by() -> None:
    """One sentence for a roster without it, and for a student without it."""
    with pytest.raises(ExportError, match=r"has neither for 'Lovelace, Ada'; download the grading"):
        lines("moodle", told({}, email=""))
    with pytest.raises(ExportError, match=r"has no Identifier for 'Lovelace, Ada', so Moodle"):
        lines("moodle", told({**MOODLE, "Identifier": ""}))


# Gradescope


def test_gradescope_has_the_columns_of_its_own_download() -> None:
    """With a column a question, and lateness from the due date."""
    head, first, *rest = lines("gradescope", told())
    assert head[:13] == [
        "First Name", "Last Name", "SID", "Email", "Sections", "Total Score", "Max Points",
        "Status", "Submission ID", "Submission Time", "Lateness (H:M:S)", "View Count",
        "Submission Count",
    ]  # fmt: skip
    assert head[13] == "1.1: Pairwise distance (7.0 pts)"
    assert first[:8] == ["Ada", "Lovelace", "20190001", "ada@example.edu", "A", "36.4", "52",
                         "Graded"]  # fmt: skip
    assert first[9:11] == ["2026-10-04 00:09:01 +0200", "48:10:01"]
    assert {line[2]: line[7] for line in rest} == {
        "007": "Graded", "b-3": "Graded", "4": "Graded", "5": "Missing", "6": "Ungraded",
        "zip": "Graded", "9": "Ungraded",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("name", "fields", "both"),
    [
        ("Lovelace, Ada King", (), ("Ada King", "Lovelace")),
        ("Ada King Lovelace", (), ("Ada King", "Lovelace")),
        ("张伟", (), ("张伟", "")),
        ("", (), ("", "")),
        ("x", (("first name", "Ada"), ("LAST NAME", "King")), ("Ada", "King")),
    ],
)
def test_first_and_last_names(name: str, fields: tuple, both: tuple[str, str]) -> None:
    """By the roster's columns, the comma, or the last blank."""
    assert exports._names(Student("x", name, fields=fields)) == both


# All


def test_those_who_are_not_on_the_roster_are_told_and_left_out() -> None:
    """A platform would not know them; the other kinds have everybody."""
    rows = told(CANVAS)
    assert [row.student.id for row in exports.left_out("canvas", rows)] == ["zip", "9"]
    assert exports.left_out("moodle", rows) == exports.left_out("canvas", rows)
    assert exports.left_out("excel", rows) == exports.left_out("gradescope", rows) == []
    assert len(lines("gradescope", rows)) == 1 + len(rows)


@pytest.mark.parametrize("kind", ["canvas", "moodle", "gradescope"])
@pytest.mark.parametrize("evil", ["=1+1", "@SUM(A1)", "+1+cmd|' /C calc'!A0", "-1+2", "\t=1"])
def test_no_cell_is_a_formula(kind: str, evil: str) -> None:
    """Neither a name nor what the roster has."""
    student = Student(evil, evil, evil, evil, tuple((c, evil) for c in {**CANVAS, **MOODLE}))
    row = Row(student, roll.Handed(evil, (), (student,), {"id": evil}))
    made = [cell for line in lines(kind, [row])[1:] for cell in line]
    assert "'" + evil in made
    assert evil not in made


@pytest.mark.parametrize("text", ["-", "@login", "-12.5", "+49", "a=b", "", "-lee", "007"])
def test_what_finds_a_student_again_is_not_changed(text: str) -> None:
    """It calculates nothing."""
    assert exports._guarded(text) == text


def test_no_cell_of_a_workbook_is_a_formula() -> None:
    """Text is text."""
    student = Student("=1+1", "=1+1")
    made = exports.write("excel", [Row(student)], books.assignment(), ())
    page = openpyxl.load_workbook(io.BytesIO(made))["Grades"]
    assert (page["A2"].value, page["A2"].data_type) == ("'=1+1", "s")


def test_a_workbook_does_not_say_when_it_was_made() -> None:
    """The same grades are the same bytes, today and tomorrow."""
    made = exports.write("excel", books.classroom(), books.assignment(), ())
    with zipfile.ZipFile(io.BytesIO(made)) as archive:
        assert {info.date_time for info in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        core = archive.read("docProps/core.xml").decode()
    assert set(re.findall(r"\d{4}-\d\d-\d\dT", core)) == {"1980-01-01T"}


def test_excel_without_openpyxl_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    """It says how to get it, and what does without."""

    def missing(name: str) -> None:
        raise ImportError(name)

    monkeypatch.setattr(importlib, "import_module", missing)
    with pytest.raises(ExportError, match=r"pip install openpyxl`, or use gradebook\.csv"):
        exports.write("excel", [], books.assignment(), ())


@pytest.mark.parametrize("kind", exports.FILES)
def test_an_empty_class_has_a_file(kind: str) -> None:
    """With its head, unless the roster lacks what is needed."""
    roster = [Student("x", fields=(("ID", "1"),))]
    assert exports.write(kind, [], books.assignment(), roster)
