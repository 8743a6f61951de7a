"""A notebook's cells, read as JSON and parsed; nothing runs.

Takes the formats before and since version 4, whatever program wrote them. Lines that only a
notebook can run (``%magic``, ``!command``, ``name?``) become ``pass`` in their place, so that
line numbers stay the student's. Cells are counted as the student counts them: code cells only,
from 1. What becomes of them is for ``extraction`` and ``rehearsal`` to say.
"""

from __future__ import annotations

import ast
import json
import re
from dataclasses import dataclass
from typing import Any

from autograder.entries import SubmissionError, quote
from autograder.scopes import TOO_DEEP, UNREADABLE, parse

_MAGIC = re.compile(r"^(\s*)(?:[\w.,\s\[\]]+=\s*)?(?:%{1,2}[A-Za-z]|!|\?)|^(\s*)[\w.%]+\?{1,2}\s*$")
_CELL_OF_PYTHON = re.compile(r"%%(time|timeit|capture|prun)\b")
_WRITES = re.compile(r"%%(?:writefile|file)\s+(?P<append>-a\s+|--append\s+)?(?P<name>\S+)\s*$")
_PARTS = re.compile(
    r"""\\.|\"{3}|'{3}|"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|\#.*|[()\[\]{}]""", re.VERBOSE
)
_LINE_ENDS = re.compile(r"\r\n?")


@dataclass(frozen=True)
class CodeCell:
    """One code cell as plain Python."""

    number: int
    text: str
    tree: ast.Module | None
    """None: not Python, even without what only a notebook can run."""
    writes: str = ""
    """Name of the file that ``%%writefile`` makes of this cell; ``text`` is what it holds then."""
    appends: bool = False


@dataclass(frozen=True)
class Notebook:
    """What a notebook says: its code cells, and the text of all others."""

    name: str
    cells: tuple[CodeCell, ...]
    prose: str


def read(raw: bytes, name: str) -> Notebook:
    """The notebook whose file is ``raw``. Raises SubmissionError if it is not one."""
    try:
        found = [
            (cell["cell_type"], "".join(cell.get("source", cell.get("input", ""))))
            for cell in plain_cells(raw)
        ]
    except (ValueError, KeyError, TypeError, AttributeError):
        raise SubmissionError(
            f"{quote(name)} is not a readable notebook: open it, save it and hand it in again."
        ) from None
    texts = [(kind, _LINE_ENDS.sub("\n", _encodable(text))) for kind, text in found]
    code = [text for kind, text in texts if kind == "code"]
    prose = "\n\n".join(text for kind, text in texts if kind != "code")
    return Notebook(name, tuple(_cell(i, text) for i, text in enumerate(code, start=1)), prose)


def plain_cells(raw: bytes) -> list[Any]:
    """The cells in a notebook's file, as JSON has them. Raises ValueError if it is none."""
    try:
        book: Any = json.loads(raw)
        sheets = [book] if "cells" in book else book["worksheets"]
        if not sheets:
            raise ValueError("no worksheet")
        return [cell for sheet in sheets for cell in sheet["cells"]]
    except (KeyError, IndexError, TypeError, AttributeError, RecursionError) as error:
        raise ValueError("not a notebook") from error


def _encodable(text: str) -> str:
    return text.encode(errors="replace").decode()


def _cell(number: int, text: str) -> CodeCell:
    head, _, rest = text.lstrip().partition("\n")
    writes = _WRITES.match(head)
    if writes:
        name = re.split(r"[/\\]", writes["name"].strip("\"'"))[-1]
        return CodeCell(number, rest, None, name, bool(writes["append"]))
    text = _without_indent(text)
    tree = parsed(text)
    if tree is None:
        text = _without_magics(text)
        tree = parsed(text)
    return CodeCell(number, text, tree)


def parsed(text: str) -> ast.Module | None:
    """The tree of ``text``; None where that is not Python, or too deep to be read."""
    try:
        return parse(text.encode())
    except (*UNREADABLE, *TOO_DEEP):
        return None


def _without_indent(text: str) -> str:
    """Notebooks run a cell whose first line is indented as if it were not."""
    first = next((line for line in text.split("\n") if line.strip()), "")
    indent = first[: len(first) - len(first.lstrip())]
    if not indent:
        return text
    return "\n".join(line.removeprefix(indent) for line in text.split("\n"))


def _without_magics(text: str) -> str:
    """``text`` with a ``pass`` in place of every line that only a notebook can run."""
    lines = text.split("\n")
    first = next((line for line in lines if line.strip()), "")
    if first.startswith("%%") and not _CELL_OF_PYTHON.match(first):
        return ""  # another language: %%bash, %%html, ...
    kept: list[str] = []
    continued = False
    inside = ""
    for line in lines:
        found = None if inside else _MAGIC.match(line)
        if found or continued:
            kept.append(f"{line[: len(line) - len(line.lstrip())]}pass" if found else "")
            continued = line.endswith("\\")
        else:
            kept.append(line)
            inside = _still_inside(inside, line)
    return "\n".join(kept)


def _still_inside(inside: str, line: str) -> str:
    """What is open after ``line``: brackets and at most one kind of triple quotes."""
    quotes, brackets = inside.strip("("), inside.count("(")
    for part in _PARTS.findall(line):
        if quotes:
            quotes = "" if part == quotes else quotes
        elif part in ('"""', "'''"):
            quotes = part
        elif part.startswith("#"):
            break
        elif part in "([{":
            brackets += 1
        elif part in ")]}":
            brackets = max(brackets - 1, 0)
    return "(" * brackets + quotes
