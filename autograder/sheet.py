"""The sheet that people fill in: a row for every answer, as CSV or XLSX, written and read back.

Rows belong to a student by ``code``, which is made of the name and stays the same; it hides the
name from whoever does not have the list of the class. Reading says what the cells hold and in which
line they stand; ``merge`` says what of it is wrong.
"""

from __future__ import annotations

import csv
import hashlib
import importlib
import io
import unicodedata
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from autograder.visible import clean

COLUMNS = ("code", "student", "question", "answer", "items", "points", "comment")
FILLED_IN = ("items", "points", "comment")
MAX_MB = 20
_CODE_LETTERS = "bcdfghjkmnpqrstvwxz"
"""No vowels: no code is a word, and no spreadsheet takes one for a number or a month."""
_CODE_LENGTH = 7
_FORMULA = ("=", "+", "-", "@")


class SheetError(ValueError):
    """A sheet cannot be used; the text says which and why."""


@dataclass(frozen=True)
class Row:
    """One row as it was filled in."""

    line: int
    code: str
    student: str
    question: str
    items: str
    points: str
    comment: str

    @property
    def empty(self) -> bool:
        """Whether nobody has graded this answer."""
        return not (self.items or self.points or self.comment)


def code_of(assignment: str, name: str) -> str:
    """The short code of a student: seven letters, the same on every machine."""
    plain = unicodedata.normalize("NFC", name)
    number = int.from_bytes(hashlib.sha256(f"{assignment}/{plain}".encode()).digest(), "big")
    letters = []
    for _ in range(_CODE_LENGTH):
        number, rest = divmod(number, len(_CODE_LETTERS))
        letters.append(_CODE_LETTERS[rest])
    return "".join(letters)


def plain_cell(text: str) -> str:
    """``text`` in one line; an apostrophe stands before what a spreadsheet would calculate."""
    line = " ".join(clean(text).split())
    return "'" + line if line.startswith(_FORMULA) else line


def write(path: Path, rows: Iterable[Sequence[str]]) -> bytes:
    """The bytes of a sheet of that kind (``.csv`` or ``.xlsx``) with ``rows`` below the head.

    Raises SheetError when XLSX is asked for and openpyxl is not installed.
    """
    table = [COLUMNS, *rows]
    if path.suffix == ".xlsx":
        return _xlsx(table)
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerows(table)
    # Spreadsheets take a file for UTF-8 only when it begins like this.
    return b"\xef\xbb\xbf" + text.getvalue().encode("utf-8")


def read(path: Path) -> list[Row]:
    """The rows of a sheet. Raises SheetError when it is none, or lacks a column."""
    try:
        if path.stat().st_size > MAX_MB * 1_000_000:
            raise SheetError(f"{path}: larger than {MAX_MB} MB, so not a sheet of points")
        data = path.read_bytes()
    except OSError as error:
        raise SheetError(
            f"{path}: cannot be read ({error.strerror}); name the sheet that you filled in"
        ) from None
    lines = _read_xlsx(path, data) if path.suffix.lower() == ".xlsx" else _read_csv(path, data)
    lines = [(line, cells) for line, cells in lines if any(cells)]
    head = [cell.casefold() for cell in lines[0][1]] if lines else []
    lacking = [c for c in ("code", "question", *FILLED_IN) if head.count(c) != 1]
    if lacking:
        raise SheetError(
            f"{path} line {lines[0][0] if lines else 1}: no single column {', '.join(lacking)}; "
            f"the first line has the columns' names: {', '.join(COLUMNS)}"
        )
    rows = []
    for line, cells in lines[1:]:
        filled = dict(zip(head, [*cells, *[""] * len(head)], strict=False))
        rows.append(Row(line, *(filled.get(c, "") for c in COLUMNS if c != "answer")))
    return rows


def _read_csv(path: Path, data: bytes) -> list[tuple[int, list[str]]]:
    encoding = "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        text = data.decode("cp1252", errors="replace")  # what Excel writes where it is not told
    head = text.partition("\n")[0]
    delimiter = max(",;\t", key=head.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    lines, before = [], 0
    try:
        for cells in reader:
            lines.append((before + 1, [cell.strip() for cell in cells]))
            before = reader.line_num
    except csv.Error as error:
        raise SheetError(f"{path} line {reader.line_num}: not CSV ({error})") from None
    return lines


def _openpyxl(what: str) -> Any:
    try:
        return importlib.import_module("openpyxl")
    except ImportError:
        raise SheetError(
            f"{what}: XLSX needs openpyxl, which is not installed here; install it with "
            "`python -m pip install openpyxl`, or use CSV (--sheet csv)"
        ) from None


def _xlsx(table: Sequence[Sequence[str]]) -> bytes:
    book = _openpyxl("--sheet xlsx").Workbook()
    page = book.active
    page.title = "written"
    for line, cells in enumerate(table, start=1):
        for column, text in enumerate(cells, start=1):
            cell = page.cell(row=line, column=column)
            if text:
                cell.value = text
                cell.data_type = "s"  # text, and never a formula
    page.freeze_panes = "A2"
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


def _read_xlsx(path: Path, data: bytes) -> list[tuple[int, list[str]]]:
    openpyxl = _openpyxl(str(path))
    try:
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        rows = book.worksheets[0].iter_rows(values_only=True)
        return [
            (line, ["" if value is None else str(value).strip() for value in row])
            for line, row in enumerate(rows, start=1)
        ]
    except (zipfile.BadZipFile, KeyError, ValueError, IndexError, OSError) as error:
        raise SheetError(f"{path}: not an XLSX file ({error}); save the sheet again") from None
