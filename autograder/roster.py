"""Who is in the class, read from the table that an instructor or a platform made of it.

Reads our own columns and the exports of Canvas, Gradescope and Moodle, by their header; and finds
for each submission the student of the roster who handed it in. Guesses nobody: what fits two
students is told and left alone.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from autograder.entries import quote, show
from autograder.platforms import CANVAS_ID, MOODLE_ID
from autograder.roll import Handed, Student

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "id": ("id", "sid", "sis user id", "student id", "student number", "id number"),
    "name": ("name", "full name", "student", "student name"),
    "first": ("first name", "given name", "firstname"),
    "last": ("last name", "surname", "family name", "lastname"),
    "email": ("email", "email address", "e-mail", "e-mail address"),
    "login": ("sis login id", "login id", "login", "username"),
    "section": ("section", "sections", "section_name", "group", "groups"),
    "canvas": (),
    "participant": ("identifier",),
}
"""What a column may be called, in any letter case. In Canvas's own export ``id`` is ``canvas``."""
DELIMITERS = ",;\t"


class RosterError(ValueError):
    """A roster that cannot be used; the text is one sentence."""


@dataclass(frozen=True)
class Matched:
    """A class's submissions with the students of its roster."""

    handed: tuple[Handed, ...]
    told: tuple[str, ...]
    """For staff: who is not on the roster, who fits several, what was replaced; a sentence each."""


# --- read ---------------------------------------------------------------------------------


def read(path: Path) -> tuple[Student, ...]:
    """The students of the roster at ``path``, in its order.

    A table as text, separated by commas, semicolons or tabs, in UTF-8, UTF-16 or the code page of
    Western Windows. Raises RosterError, with the line, for a table that has no column of students,
    a student without an id, and an id that two have.
    """
    content = _text(path)
    delimiter = _delimiter(content)
    rows = _rows(content, delimiter, path)
    at, header = next(rows, (1, []))
    columns = _columns(header)
    if not {"id", "email", "login", "canvas", "participant"} & columns.keys():
        raise RosterError(
            f"{path}, line {at}: names no column that says who a student is; name one `id` (and "
            "`name`, `email`, `section`), or export the list from Canvas, Gradescope or Moodle"
        )
    is_ours = [_plain(name) for name in header].count("id") > 0 and "canvas" not in columns
    students: list[Student] = []
    lines: dict[str, int] = {}
    for line, cells in rows:
        if any(cell.strip() for cell in cells[len(header) :]):
            raise RosterError(
                f"{path}, line {line}: has {len(cells)} cells where the first line has "
                f"{len(header)}; put quotes around a cell that holds {delimiter!r}"
            )
        cells = [_clean(cell) for cell in cells[: len(header)]]
        cells += [""] * (len(header) - len(cells))
        if "canvas" in columns and _is_no_student(columns, cells):
            continue
        student = _student(header, columns, cells, strict=is_ours)
        if not student.id:
            who = student.name or student.email or "the student"
            raise RosterError(f"{path}, line {line}: {show(who)} has no id; fill it in")
        key = _fold(student.id)
        if key in lines:
            raise RosterError(
                f"{path}, line {line}: {quote(student.id)} is on line {lines[key]} already; "
                "remove one of them"
            )
        lines[key] = line
        students.append(student)
    if not students:
        raise RosterError(f"{path}: names no student; export it again")
    return tuple(students)


def _text(path: Path) -> str:
    try:
        raw = path.read_bytes()
    except OSError as exc:
        raise RosterError(f"{path}: could not be read ({exc.strerror}); name a roster") from None
    if raw.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise RosterError(f"{path}: is a workbook; save it as CSV (UTF-8) and name that")
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ["utf-16"]
    else:
        encodings = ["utf-8-sig", "cp1252", "latin-1"]
    for encoding in encodings:
        try:
            content = raw.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        content = "\0"
    if "\0" in content:
        raise RosterError(f"{path}: is no table of text; save it as CSV (UTF-8) and name that")
    return content


def _delimiter(content: str) -> str:
    """The one that makes the most known columns of a line near the top."""
    top = content.splitlines()[:5]

    def known(delimiter: str) -> int:
        rows = csv.reader(top, delimiter=delimiter)
        return max((len(_columns(row)) for row in rows), default=0)

    return max(DELIMITERS, key=known)


def _rows(content: str, delimiter: str, path: Path) -> Iterator[tuple[int, list[str]]]:
    """Every row that holds something, with the line that it begins on."""
    reader = csv.reader(io.StringIO(content, newline=""), delimiter=delimiter)
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as exc:
            raise RosterError(f"{path}, line {line}: {exc}; save it as CSV again") from None
        # Excel is told the delimiter by a first line of its own.
        if any(cell.strip() for cell in cells) and not (line == 1 and _is_excels(cells)):
            yield line, cells


def _is_excels(cells: Sequence[str]) -> bool:
    return cells[0].casefold().startswith("sep=") and not any(cells[1:])


def _columns(header: Sequence[str]) -> dict[str, list[int]]:
    """Where each thing stands, best first."""
    names = [_plain(name) for name in header]
    columns: dict[str, list[int]] = {}
    for thing, called in COLUMNS.items():
        found = [names.index(name) for name in called if name in names]
        if found:
            columns[thing] = found
    # Canvas's own number of a user is no id that anybody else knows.
    by_canvas = {"section", "sis user id", "sis login id"} & set(names) and "email" not in columns
    if "student" in names and "id" in names and by_canvas:
        columns["canvas"] = [names.index("id")]
        columns["id"] = [place for place in columns["id"] if place != names.index("id")]
    return {thing: places for thing, places in columns.items() if places}


def _student(
    header: Sequence[str],
    columns: Mapping[str, Sequence[int]],
    cells: Sequence[str],
    *,
    strict: bool,
) -> Student:
    def cell(thing: str) -> str:
        return next((cells[place] for place in columns.get(thing, ()) if cells[place]), "")

    name = cell("name") or " ".join(filter(None, (cell("first"), cell("last"))))
    others = () if strict else ("login", "email", "canvas", "participant")
    known = cells[columns["id"][0]] if strict else cell("id")
    known = known or next(filter(None, map(cell, others)), "")
    fields = tuple(zip((_clean(title) for title in header), cells, strict=True))
    return Student(known, name, cell("email"), cell("section"), fields)


def _is_no_student(columns: Mapping[str, Sequence[int]], cells: Sequence[str]) -> bool:
    """Canvas's lines of points possible and of how grades are posted, which have no user."""
    number = cells[columns["canvas"][0]]
    named = "".join(cells[place] for place in columns.get("name", ()))
    return not number and (not named or named.casefold().startswith("points possible"))


# --- match --------------------------------------------------------------------------------


def match(roster: Sequence[Student], handed: Sequence[Handed]) -> Matched:
    """The submissions with the students of ``roster`` in place of those that their names gave.

    A student is known by id, then e-mail, then login, then the platform's own number, then the
    name. Who fits several students of the roster, or none, stays as the submission's name says,
    and is told. Each student of the roster is in one submission of the result: the last one.
    """
    index = _Index(roster)
    on_roster = {student.id for student in roster}
    told: list[str] = []
    found = []
    for one in handed:
        students = []
        for student in one.students:
            known, why = index.find(student)
            if why:
                told.append(f"{quote(student.name or student.id)} ({quote(one.name)}) {why}.")
            if known is None and student.id in on_roster:  # which is somebody else
                known = replace(student, id=f"{student.id} ({one.name})")
            students.append(known or student)
        unique = tuple({student.id: student for student in students}.values())
        found.append(replace(one, students=unique))
    kept: list[Handed] = []
    replaced: list[str] = []
    last: dict[str, str] = {}
    for one in reversed(found):
        again = [s for s in one.students if s.id in on_roster and s.id in last]
        replaced += [
            f"{quote(s.name or s.id)} handed in {quote(one.name)} and {quote(last[s.id])}: "
            "the last one counts."
            for s in reversed(again)
        ]
        last |= {s.id: one.name for s in one.students if s.id not in last}
        left = tuple(s for s in one.students if s not in again)
        if left or not one.students:
            kept.append(replace(one, students=left))
    return Matched(tuple(reversed(kept)), (*told, *reversed(replaced)))


class _Index:
    """The students of a roster by everything that they may be called."""

    def __init__(self, roster: Iterable[Student]) -> None:
        self._by: dict[str, dict[str, list[Student]]] = {}
        for student in roster:
            for kind, value in _known_as(student):
                self._add(kind, value, student)

    def _add(self, kind: str, value: str, student: Student) -> None:
        alike = self._by.setdefault(kind, {}).setdefault(value, [])
        if value and student not in alike:
            alike.append(student)

    def find(self, student: Student) -> tuple[Student | None, str]:
        """The student of the roster, and what staff have to know of that or of its lack."""
        for kind, value in _asked_as(student, self._by.keys()):
            alike = self._by.get(kind, {}).get(value, [])
            if len(alike) > 1:
                names = " and ".join(f"{quote(one.name)} ({show(one.id)})" for one in alike[:3])
                return None, f"fits {names} of the roster, so nobody was taken"
            if not alike:
                continue
            if student.name and not _may_be_one(student.name, alike[0]):
                other = quote(alike[0].name)
                if kind == "canvas":
                    return alike[0], f"was taken for {other}; who else is in the group, see there"
                if kind == "participant":  # a team's number may well be somebody's too
                    return None, f"has the number of {other} of the roster, who has another name"
                if CANVAS_ID in dict(student.fields):  # a number that only Canvas knows
                    continue
            return alike[0], ""
        return None, "is not on the roster"


def _known_as(student: Student) -> Iterator[tuple[str, str]]:
    """Every kind of name that a student of the roster has, and the name."""
    header = [title for title, _ in student.fields]
    values = [value for _, value in student.fields]
    columns = _columns(header)

    def cells(thing: str) -> list[str]:
        return [values[place] for place in columns.get(thing, ()) if values[place]]

    ids = dict.fromkeys((student.id, *cells("id")))
    emails = dict.fromkeys(filter(None, (student.email, *cells("email"))))
    for value in ids:
        yield "id", _fold(value)
        yield "number", _number(value)
    for value in emails:
        yield "email", _fold(value)
    for value in (*cells("login"), *emails):
        yield "login", _fold(value).partition("@")[0]
    for value in cells("canvas"):
        yield "canvas", _fold(value)
    for value in cells("participant"):
        digits = re.search(r"[0-9]+\s*$", value)
        yield "participant", digits[0].strip() if digits else _fold(value)
    apart = [f"{last} {first}" for last, first in zip(cells("last"), cells("first"), strict=False)]
    for value in dict.fromkeys(filter(None, (student.name, *apart))):
        yield "name", _words(value)
        for squashed in _squashed(value):
            yield "squashed", squashed


def _asked_as(student: Student, known: Collection[str]) -> Iterator[tuple[str, str]]:
    """What to look for, surest first."""
    fields = dict(student.fields)
    if CANVAS_ID in fields and "canvas" in known:
        yield "canvas", _fold(fields[CANVAS_ID])
    elif MOODLE_ID in fields and "participant" in known:
        yield "participant", fields[MOODLE_ID]
    elif MOODLE_ID not in fields:
        ids = [student.id]
        if not student.name and student.id.lower().endswith((".zip", ".py", ".ipynb")):
            ids.append(student.id.rpartition(".")[0])
        for value in ids:
            yield "id", _fold(value)
        for value in filter(None, (student.email, *ids)):
            yield "email", _fold(value)
            yield "login", _fold(value).partition("@")[0]
        for value in ids:
            yield "canvas", _fold(value)
            yield "number", _number(value)
    called = student.name or student.id
    if CANVAS_ID in fields or not student.name:
        yield "squashed", _squash(called)
    yield "name", _words(called)


# --- names --------------------------------------------------------------------------------


def _clean(cell: str) -> str:
    """A cell without what cannot be seen around it: blanks, and marks of direction."""
    return re.sub(r"\A[\s\u200e\u200f\ufeff]+|[\s\u200e\u200f\ufeff]+\Z", "", _composed(cell))


def _composed(value: str) -> str:
    return unicodedata.normalize("NFC", value)


def _plain(title: str) -> str:
    return re.sub(r"\s+", " ", _clean(title)).casefold()


def _fold(value: str) -> str:
    return _composed(_composed(value).casefold()).strip()


def _number(value: str) -> str:
    """A number without the zeros that a spreadsheet takes away; anything else is no number."""
    folded = _fold(value)
    return folded.lstrip("0") if folded.isascii() and folded.isdigit() else f"not {folded}"


def _tokens(name: str) -> list[str]:
    """The words of a name. Marks belong to them, or no Hindi name would be a word."""
    kept = (char if unicodedata.category(char)[0] in "LMN" else " " for char in _fold(name))
    return "".join(kept).split()


def _words(name: str) -> str:
    """A name whatever the order of its words."""
    return " ".join(sorted(_tokens(name)))


def _squash(name: str) -> str:
    return "".join(_tokens(name))


def _squashed(name: str) -> list[str]:
    """How Canvas may write a name: the last name first, and nobody knows where that begins."""
    words = _tokens(name)
    turned = (words[place:] + words[:place] for place in range(max(1, len(words))))
    return list(dict.fromkeys("".join(part) for part in turned))


def _may_be_one(name: str, student: Student) -> bool:
    """Whether a submission's name may be that of ``student``, whom its number names."""
    ours, theirs = set(_tokens(name)), set(_tokens(student.name))
    # Where marking is anonymous, the name is the word before the number.
    called = [value for title, value in student.fields if _plain(title) == "identifier"]
    anonymous = any(ours and ours <= set(_tokens(value)) for value in called)
    alike = bool(ours & theirs) or _squash(name) in _squashed(student.name)
    return not ours or not theirs or anonymous or alike
