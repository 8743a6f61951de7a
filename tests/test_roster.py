"""Who is in the class: every export that is read, every sentence that refuses one, every match."""

from __future__ import annotations

import contextlib
import re
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder import intake, roll, roster
from autograder.model import LatePolicy
from autograder.platforms import CANVAS_ID, MOODLE_ID
from autograder.roll import Handed, Student
from autograder.roster import RosterError, match, read

OURS = "id,name,email,section\na1,Ada Lovelace,ada@x.edu,A\nb2,王小明,wang@x.edu,B\n"
CANVAS = """\
Student,ID,SIS User ID,SIS Login ID,Section,Homework 1 (123)
,,,,,Manual Posting
    Points Possible,,,,,100.00
"Lovelace, Ada",11,9001,ada,CS 1 and CS 2,8.0
"García López, José",12,9002,jose@x.edu,CS 1,
"Student, Test",13,,1f2e,CS 1,
"""
GRADESCOPE = """\
First Name,Last Name,SID,Email,Sections,section_name,Total Score,Max Points
Ada,Lovelace,007,ada@x.edu,"A, B",,8.0,12.0
Анна,Иванова,,anna@x.edu,,,,12.0
"""
MOODLE = """\
"First name","Last name","ID number",Institution,Department,"Email address","Assignment: 1 (Real)"
Ada,Lovelace,9001,,,ada@x.edu,-
أحمد,علي,,,,ahmad@x.edu,-
"""
WORKSHEET = """\
Identifier,"Full name","Email address",Status,Group,Grade,"Maximum grade"
"Participant 41","Ada Lovelace",ada@x.edu,"Submitted for grading",,,"100.00"
"Participant 42","Anna Smith",anna@x.edu,"No submission",,,"100.00"
"""


def table(where: Path, content: str | bytes) -> Path:
    path = where / "roster.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def given_in(name: str, *students: Student) -> Handed:
    return Handed(name, (), students)


# --- read ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "wanted"),
    [
        (OURS, [("a1", "Ada Lovelace", "ada@x.edu", "A"), ("b2", "王小明", "wang@x.edu", "B")]),
        (
            CANVAS,
            [
                ("9001", "Lovelace, Ada", "", "CS 1 and CS 2"),
                ("9002", "García López, José", "", "CS 1"),
                ("1f2e", "Student, Test", "", "CS 1"),
            ],
        ),
        (
            GRADESCOPE,
            [
                ("007", "Ada Lovelace", "ada@x.edu", "A, B"),
                ("anna@x.edu", "Анна Иванова", "anna@x.edu", ""),
            ],
        ),
        (
            MOODLE,
            [
                ("9001", "Ada Lovelace", "ada@x.edu", ""),
                ("ahmad@x.edu", "أحمد علي", "ahmad@x.edu", ""),
            ],
        ),
        (
            WORKSHEET,
            [
                ("ada@x.edu", "Ada Lovelace", "ada@x.edu", ""),
                ("anna@x.edu", "Anna Smith", "anna@x.edu", ""),
            ],
        ),
        ("Identifier,Status\nParticipant 41,x\n", [("Participant 41", "", "", "")]),
        ("Student,ID,Section\n    Points Possible,,\nA B,11,S\n", [("11", "A B", "", "S")]),
        ("Student,ID,Email\nA B,11,a@x.edu\n", [("11", "A B", "a@x.edu", "")]),
        (
            "First name,Surname,Email address,Groups\nA,B,a@x.edu,G\n",
            [("a@x.edu", "A B", "a@x.edu", "G")],
        ),
        ("ID\n1\n", [("1", "", "", "")]),
        ("Student ID,ID,Full name,Name\n9,1,A B C,A\n", [("1", "A", "", "")]),
    ],
)
def test_every_export_is_read_by_its_header(
    content: str, wanted: list[tuple[str, ...]], tmp_path: Path
) -> None:
    """Ours, Canvas's, Gradescope's, Moodle's gradebook, worksheet and list of participants."""
    students = read(table(tmp_path, content))
    assert [(s.id, s.name, s.email, s.section) for s in students] == wanted


def test_columns_are_kept_as_they_were(tmp_path: Path) -> None:
    """A gradebook that goes back has to match them."""
    student = read(table(tmp_path, CANVAS))[0]
    assert student.fields == (
        ("Student", "Lovelace, Ada"),
        ("ID", "11"),
        ("SIS User ID", "9001"),
        ("SIS Login ID", "ada"),
        ("Section", "CS 1 and CS 2"),
        ("Homework 1 (123)", "8.0"),
    )


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252", "latin-1"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_what_spreadsheets_write_is_read(
    encoding: str, delimiter: str, end: str, tmp_path: Path
) -> None:
    """Encodings with marks and without, delimiters of every country, ends of lines of every one."""
    rows = [["id", "name", "e-mail"], ["1", "Zoë Núñez", "z@x.edu"], ["2", '"B, ""C"";\tD"', ""]]
    content = end.join(delimiter.join(row) for row in rows) + end + end
    one, two = read(table(tmp_path, content.encode(encoding)))
    assert (one.id, one.name, one.email) == ("1", "Zoë Núñez", "z@x.edu")
    assert (two.id, two.name) == ("2", 'B, "C";\tD')


def test_excels_first_line_is_no_header(tmp_path: Path) -> None:
    """It only names the delimiter; blank lines before the header are none either."""
    assert [s.id for s in read(table(tmp_path, "sep=;\r\nid;name\r\n1;A\r\n"))] == ["1"]
    assert [s.id for s in read(table(tmp_path, "\n\n id ,name\n1,A\n"))] == ["1"]


def test_names_are_composed_and_trimmed(tmp_path: Path) -> None:
    """What looks the same is the same."""
    nfd = unicodedata.normalize("NFD", "José")
    (student,) = read(table(tmp_path, f"id,name\n 1 ,\u200f {nfd} \n"))
    assert (student.id, student.name) == ("1", "José")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (
            "id,name\n1,A\n2,B\n1,C\n",
            ", line 4: '1' is on line 2 already; remove one of them",
        ),
        ("id,name\nx,A\nX,B\n", ", line 3: 'X' is on line 2 already; remove one of them"),
        ("id,name\n1,A\n,B C\n", ", line 3: B C has no id; fill it in"),
        ('id,name\n1,"A\nB"\n,\u200f\n,C\n', ", line 4: the student has no id; fill it in"),
        ("SID,Email,x\n,,y\n", ", line 2: the student has no id; fill it in"),
        (
            "id,name\n1,Smith, Ann\n",
            ", line 2: has 3 cells where the first line has 2; put quotes around a cell that "
            "holds ','",
        ),
        ("id,name\n", ": names no student; export it again"),
        (
            "name,points\nA,1\n",
            ", line 1: names no column that says who a student is; name one `id` (and `name`, "
            "`email`, `section`), or export the list from Canvas, Gradescope or Moodle",
        ),
        (
            "",
            ", line 1: names no column that says who a student is; name one `id` (and `name`, "
            "`email`, `section`), or export the list from Canvas, Gradescope or Moodle",
        ),
        (b"PK\x03\x04...", ": is a workbook; save it as CSV (UTF-8) and name that"),
        (b"\xd0\xcf\x11\xe0...", ": is a workbook; save it as CSV (UTF-8) and name that"),
        (b"i\0d\0\n\0", ": is no table of text; save it as CSV (UTF-8) and name that"),
        (b"\xff\xfe\x00\xd8", ": is no table of text; save it as CSV (UTF-8) and name that"),
    ],
)
def test_a_roster_that_cannot_be_used_is_one_sentence(
    content: str | bytes, said: str, tmp_path: Path
) -> None:
    """What, where, and what to do next."""
    path = table(tmp_path, content)
    with pytest.raises(RosterError) as caught:
        read(path)
    assert str(caught.value) == f"{path}{said}"


def test_a_roster_that_is_not_there_is_told(tmp_path: Path) -> None:
    """A mistyped path is named."""
    with pytest.raises(RosterError, match=r"typo\.csv: could not be read \(.*\); name a roster"):
        read(tmp_path / "typo.csv")


def test_a_cell_without_an_end_is_told(tmp_path: Path) -> None:
    """A quote that is never closed swallows the rest of the file, line by line."""
    path = table(tmp_path, 'id,name\n1,"' + "x\n" * 100_000)
    with pytest.raises(RosterError, match=r"line 2: .*; save it as CSV again"):
        read(path)


@given(st.binary(max_size=200))
def test_any_bytes_are_students_or_one_sentence(content: bytes) -> None:
    """Nothing but RosterError comes out."""

    class Bytes(type(Path())):  # type: ignore[misc]
        def read_bytes(self) -> bytes:
            return content

    with contextlib.suppress(RosterError):
        assert read(Bytes("roster.csv"))


# --- match --------------------------------------------------------------------------------


def matched(where: Path, content: str, *handed: Handed) -> tuple[list[list[str]], tuple[str, ...]]:
    """The roster's ids in each submission that is left, and what is told."""
    result = match(read(table(where, content)), handed)
    return [[student.id for student in one.students] for one in result.handed], result.told


@pytest.mark.parametrize(
    ("content", "student"),
    [
        (OURS, Student("A1")),
        (OURS, Student("ada@x.edu")),
        (OURS, Student("ada")),
        (OURS, Student("a1.zip")),
        (OURS, Student("Lovelace, Ada")),
        (OURS, Student("ada_lovelace")),
        (OURS, Student("lovelaceada")),
        (OURS, Student("ADALOVELACE")),
        (OURS, Student("x", "Ada Lovelace", fields=(("SID", "x"),))),
        (OURS, Student("x", "Somebody", "ADA@x.edu", fields=(("SID", "x"),))),
        (OURS, Student("x", "Somebody", "ada@other.edu", fields=(("SID", "x"),))),
        (OURS, Student("77", "lovelaceada", fields=((CANVAS_ID, "77"),))),
        (OURS, Student("77", "Lovelace Ada", fields=((MOODLE_ID, "77"),))),
        (CANVAS, Student("9001")),
        (CANVAS, Student("ada")),
        (CANVAS, Student("11", "lovelaceada", fields=((CANVAS_ID, "11"),))),
        (CANVAS, Student("99", "lovelaceada", fields=((CANVAS_ID, "99"),))),
        (GRADESCOPE, Student("7")),
        (GRADESCOPE, Student("007", "Countess", "", fields=(("SID", "007"),))),
        (WORKSHEET, Student("41", "Lovelace Ada", fields=((MOODLE_ID, "41"),))),
        (WORKSHEET, Student("41", "Ada King", fields=((MOODLE_ID, "41"),))),
        (WORKSHEET, Student("41", "Participant", fields=((MOODLE_ID, "41"),))),
        (WORKSHEET, Student("99", "Ada Lovelace", fields=((MOODLE_ID, "99"),))),
    ],
)
def test_a_student_is_found_by_whatever_names_one(
    content: str, student: Student, tmp_path: Path
) -> None:
    """Id, address, login, numbers with zeros and without, names in any order or squashed."""
    people = read(table(tmp_path, content))
    result = match(people, [given_in("s", student)])
    assert result.handed[0].students == (people[0],)
    assert result.told == ()


@pytest.mark.parametrize(
    ("squashed", "wanted"),
    [("garcíalópezjosé", "9002"), ("garcíajosélópez", None), ("josé garcía lópez", "9002")],
)
def test_canvas_writes_several_family_names_first(
    squashed: str, wanted: str | None, tmp_path: Path
) -> None:
    """The order of the words is kept, from whichever the family name begins."""
    student = Student("99", unicodedata.normalize("NFD", squashed), fields=((CANVAS_ID, "99"),))
    ids, told = matched(tmp_path, CANVAS, given_in("s", student))
    assert ids == [[wanted or "99"]]
    assert bool(told) == (wanted is None)


def test_who_is_not_on_the_roster_is_told_and_kept(tmp_path: Path) -> None:
    """A submission is graded, whoever handed it in."""
    ids, told = matched(tmp_path, OURS, given_in("eve_9", Student("9", "Eve")))
    assert ids == [["9"]]
    assert told == ("'Eve' ('eve_9') is not on the roster.",)


def test_who_fits_two_is_told_and_not_guessed(tmp_path: Path) -> None:
    """Two of one name, and two of one login."""
    content = "id,name,email\n1,Li Wei,w@x.edu\n2,Wei Li,w@y.edu\n"
    ids, told = matched(
        tmp_path, content, given_in("a", Student("Li Wei")), given_in("b", Student("w"))
    )
    assert ids == [["Li Wei"], ["w"]]
    assert told == (
        "'Li Wei' ('a') fits 'Li Wei' (1) and 'Wei Li' (2) of the roster, so nobody was taken.",
        "'w' ('b') fits 'Li Wei' (1) and 'Wei Li' (2) of the roster, so nobody was taken.",
    )


def test_a_name_without_a_word_is_nobodys(tmp_path: Path) -> None:
    """Two names that are punctuation have nothing in common."""
    ids, told = matched(tmp_path, "id,name\n1,--\n", given_in("x", Student("***")))
    assert (ids, told) == ([["***"]], ("'***' ('x') is not on the roster.",))


def test_the_surest_name_comes_first(tmp_path: Path) -> None:
    """An id is one, even where it is somebody else's name."""
    content = "id,name,email\nli,Bo,bo@x.edu\nbo,Li,li@x.edu\n"
    ids, told = matched(
        tmp_path, content, given_in("x", Student("li")), given_in("y", Student("bo"))
    )
    assert (ids, told) == ([["li"], ["bo"]], ())


def test_marks_belong_to_a_name(tmp_path: Path) -> None:
    """In Hindi they are the vowels: without them two students would be one."""
    ids, told = matched(
        tmp_path, "id,name\n1,नेहा शर्मा\n2,नहा शर्मा\n", given_in("x", Student("शर्मा नहा"))
    )
    assert (ids, told) == ([["2"]], ())


def test_a_teams_number_is_no_participants(tmp_path: Path) -> None:
    """Moodle numbers teams and participants apart: the name has to fit."""
    team = Student("42", "Team Rocket", fields=((MOODLE_ID, "42"),))
    ids, told = matched(tmp_path, WORKSHEET, given_in("t", team))
    assert ids == [["42"]]
    assert told == (
        "'Team Rocket' ('t') has the number of 'Anna Smith' of the roster, who has another name.",
    )


def test_canvas_numbers_are_nobody_elses_ids(tmp_path: Path) -> None:
    """A user's number on Canvas may be another student's id; and an id of a row never joins it."""
    content = "id,name\n77,Ada Lovelace\n78,Bo Diddley\n"
    bo = Student("77", "diddleybo", fields=((CANVAS_ID, "77"),))
    eve = Student("78", "eve", fields=((CANVAS_ID, "78"),))
    ids, told = matched(tmp_path, content, given_in("b", bo), given_in("e", eve))
    assert ids == [["78"], ["78 (e)"]]
    assert told == ("'eve' ('e') is not on the roster.",)


def test_a_group_on_canvas_is_its_representatives(tmp_path: Path) -> None:
    """Canvas names the group and numbers the user; staff are told that there may be more."""
    team = Student("11", "teamrocket", fields=((CANVAS_ID, "11"),))
    ids, told = matched(tmp_path, CANVAS, given_in("t", team))
    assert ids == [["9001"]]
    assert told == (
        "'teamrocket' ('t') was taken for 'Lovelace, Ada'; who else is in the group, see there.",
    )


def test_of_two_submissions_the_last_one_counts(tmp_path: Path) -> None:
    """Each student of the roster is in one submission of the result."""
    first = given_in("ada", Student("a1"), Student("b2"))
    ids, told = matched(
        tmp_path, OURS, first, given_in("ada.zip", Student("ada.zip", "", "ada@x.edu"))
    )
    assert ids == [["b2"], ["a1"]]
    assert told == ("'Ada Lovelace' handed in 'ada' and 'ada.zip': the last one counts.",)
    ids, told = matched(tmp_path, OURS, given_in("x", Student("a1")), given_in("y", Student("ada")))
    assert ids == [["a1"]]
    assert told == ("'Ada Lovelace' handed in 'x' and 'y': the last one counts.",)


def test_nobody_is_in_a_submission_twice(tmp_path: Path) -> None:
    """A group whose members turn out to be one student is one student's."""
    ids, told = matched(tmp_path, OURS, given_in("x", Student("a1"), Student("ada")))
    assert (ids, told) == ([["a1"]], ())


def test_a_class_from_end_to_end(tmp_path: Path) -> None:
    """Folder and roster to rows: who handed in nothing is there with a blank."""
    folder = tmp_path / "class"
    folder.mkdir()
    for name in ("lovelaceada_11_1_hw.py", "garcíalópezjosé_LATE_12_2_hw-1.py", "evil_66_3_hw.py"):
        (folder / name).write_text("")
    people = read(table(tmp_path, CANVAS))
    taken = intake.find(folder, tmp_path / "out")
    result = match(people, taken.handed)
    rows = roll.rows(result.handed, {}, people, policy=LatePolicy(), due=None)
    assert [(row.student.id, row.handed and row.handed.name, row.on_roster) for row in rows] == [
        ("9001", "lovelaceada_11", True),
        ("9002", "garcíalópezjosé_12", True),
        ("1f2e", None, True),
        ("66", "evil_66", False),
    ]
    assert result.told == ("'evil' ('evil_66') is not on the roster.",)


@given(
    st.lists(st.text(min_size=1).map(str.strip).filter(bool), max_size=6),
    st.lists(st.text(), max_size=6),
)
def test_any_names_are_matched_or_told(ids: list[str], handed: list[str]) -> None:
    """Every submission whose student is found or not is there, or told as replaced."""
    people = [Student(one) for one in dict.fromkeys(ids)]
    names = [f"s{number}" for number in range(len(handed))]
    result = match(people, [given_in(n, Student(i)) for n, i in zip(names, handed, strict=True)])
    kept = [one.name for one in result.handed]
    replaced = [name for name in names if name not in kept]
    assert all(any(re.search(rf"'{name}'.* counts", t) for t in result.told) for name in replaced)
    students = [s.id for one in result.handed for s in one.students if s in people]
    assert len(students) == len(set(students))


def test_the_longest_class_is_matched_in_one_pass() -> None:
    """Work grows with the class and not with its square."""
    people = [Student(str(i), f"First{i} Last{i}", f"u{i}@x.edu") for i in range(3000)]
    handed = [given_in(f"s{i}", Student(f"Last{i} First{i}")) for i in range(3000)]
    result = roster.match(people, handed)
    assert [one.students[0].id for one in result.handed] == [str(i) for i in range(3000)]
