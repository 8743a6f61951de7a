"""A notebook written as text (percent format) to the notebook that students get.

``# %%`` begins a code cell, ``# %% [markdown]`` a cell of prose whose lines are comments;
``tags=["answer"]`` or ``{"tags": ["answer"]}`` may follow. ``question="5.1"`` makes a cell the
place for that written answer: its id is ``answer-5-1``, whatever it holds. What stands before the
first cell is the text's own head and stays behind. A line ``# %magic`` of a code cell becomes the
magic. Answers are taken out of code cells as everywhere (see ``stubs``); a cell tagged ``solution``
stays behind whole. The same text gives the same bytes, cell ids included.
"""

from __future__ import annotations

import ast
import hashlib
import json
import re
from collections import Counter
from dataclasses import dataclass
from typing import Any

import nbformat

from autograder.marks import HandoutError
from autograder.stubs import answers, strip

SOLUTION_TAG = "solution"

_CELL = re.compile(r"#\s?%%(?:\s+(?P<options>.*))?$")
_OPTIONS = re.compile(
    r"(?P<title>[^\[{=]*?)\s*(?:\[(?P<kind>\w+)\])?\s*(?P<metadata>\{.*\}|\w+\s*=.*)?\s*$"
)
_KINDS = {None: "code", "markdown": "markdown", "md": "markdown", "raw": "raw"}
_MAGIC = re.compile(r"# (%%?[A-Za-z_])")
_MARK = re.compile(r"[#\s]*(BEGIN|END)[\s_-]*SOLUTION", re.IGNORECASE)


@dataclass(frozen=True)
class Cell:
    """One cell as it is written; ``line`` is where its first line stands in the text."""

    kind: str
    source: str
    line: int
    metadata: dict[str, Any]

    @property
    def hidden(self) -> bool:
        """Whether the whole cell stays behind."""
        return SOLUTION_TAG in self.metadata.get("tags", ())


def cells(text: str, filename: str) -> list[Cell]:
    """The cells of a text in percent format, answers included.

    Raises HandoutError (``file:line: sentence``) for a cell head that is not understood, for
    prose that is not a comment and for code before the first cell.
    """
    found: list[Cell] = []
    lines = text.replace("\r\n", "\n").split("\n")
    heads = [n for n, line in enumerate(lines) if _CELL.match(line)]
    if not heads:
        raise HandoutError(f"{filename}:1: no cell; begin one with a line '# %%'.")
    _check_head("\n".join(lines[: heads[0]]), filename)
    for head, end in zip(heads, [*heads[1:], len(lines)], strict=True):
        kind, metadata = _read_head(lines[head], filename, head + 1)
        first, last = head + 1, end
        while first < last and not lines[first].strip():
            first += 1
        while last > first and not lines[last - 1].strip():
            last -= 1
        body = lines[first:last]
        if kind != "code":
            body = [_prose(line, filename, first + n + 1) for n, line in enumerate(body)]
        found.append(Cell(kind, "\n".join(body), first + 1, metadata))
    return found


def to_notebook(text: str, filename: str, *, answers_too: bool = False) -> str:
    """The student's notebook (JSON, nbformat 4.5, no outputs) for a text in percent format.

    With ``answers_too`` it is the instructor's: nothing is left out.
    Raises HandoutError for marks or cells that are wrong; ``filename`` is for messages.
    """
    made = []
    ids: Counter[str] = Counter()
    for cell in cells(text, filename):
        if cell.hidden and not answers_too:
            continue
        source = cell.source
        if cell.kind == "code":
            stripped = strip(source + "\n", filename, first_line=cell.line)
            source = source if answers_too else stripped.strip("\n")
            source = "\n".join(_MAGIC.sub(r"\1", line) for line in source.split("\n"))
        made.append(_plain(cell, source, ids))
    notebook = {
        "cells": made,
        "metadata": {
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
        },
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    nbformat.validate(notebook)
    return json.dumps(notebook, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def hidden_lines(text: str, filename: str) -> list[tuple[int, str]]:
    """Every line that no student may see, as (line number, text)."""
    hidden: list[tuple[int, str]] = []
    for cell in cells(text, filename):
        if cell.hidden:
            hidden += enumerate(cell.source.split("\n"), start=cell.line)
        elif cell.kind == "code":
            hidden += answers(cell.source + "\n", filename, first_line=cell.line)
    return hidden


def _plain(cell: Cell, source: str, ids: Counter[str]) -> dict[str, Any]:
    digest = hashlib.sha256(f"{cell.kind}\n{source}".encode()).hexdigest()[:12]
    question = cell.metadata.get("question")
    name = f"answer-{re.sub('[^A-Za-z0-9]+', '-', str(question))}"[:50] if question else digest
    ids[name] += 1
    plain: dict[str, Any] = {
        "cell_type": cell.kind,
        "id": name if ids[name] == 1 else f"{name}-{ids[name]}",
        "metadata": cell.metadata,
        "source": source.splitlines(keepends=True),
    }
    if cell.kind == "code":
        plain |= {"execution_count": None, "outputs": []}
    return plain


def _read_head(line: str, filename: str, number: int) -> tuple[str, dict[str, Any]]:
    head = _CELL.match(line)
    options = _OPTIONS.match((head and head["options"]) or "")
    if options is None or options["kind"] not in _KINDS:
        raise HandoutError(
            f"{filename}:{number}: a cell begins with '# %%' or '# %% [markdown]', "
            'and tags=["name"] may follow.'
        )
    written = options["metadata"] or "{}"
    try:
        metadata = json.loads(written) if written[0] == "{" else _pairs(written)
    except ValueError:
        raise HandoutError(
            f'{filename}:{number}: cannot read {written!r}; write tags=["name"] or JSON.'
        ) from None
    if options["title"]:
        metadata["title"] = options["title"]
    return _KINDS[options["kind"]], metadata


def _pairs(written: str) -> dict[str, Any]:
    """``tags=["a"] collapsed=true`` as a dict."""
    metadata = {}
    decoder = json.JSONDecoder()
    while written:
        name, equals, rest = written.partition("=")
        if not equals:
            raise ValueError(written)
        rest = rest.lstrip()
        metadata[name.strip()], end = decoder.raw_decode(rest)
        written = rest[end:].strip()
    return metadata


def _check_head(text: str, filename: str) -> None:
    """A docstring and comments may stand before the first cell; code would be lost."""
    try:
        statements = ast.parse(text).body
    except SyntaxError as error:
        raise HandoutError(f"{filename}:{error.lineno}: not valid Python ({error.msg}).") from None
    for statement in statements:
        if not (isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)):
            raise HandoutError(
                f"{filename}:{statement.lineno}: code before the first cell; begin one with "
                "a line '# %%'."
            )


def _prose(line: str, filename: str, number: int) -> str:
    if line.strip() and not line.startswith("#"):
        raise HandoutError(f"{filename}:{number}: prose stands behind '# ' in this kind of cell.")
    text = line.removeprefix("#").removeprefix(" ")
    if _MARK.match(text):
        raise HandoutError(
            f"{filename}:{number}: solution marks work in code cells only; "
            f'tag the cell tags=["{SOLUTION_TAG}"] to leave it out.'
        )
    return text
