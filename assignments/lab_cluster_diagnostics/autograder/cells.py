"""The code cells of a notebook as the source of one module.

Reads the notebook as JSON and parses its cells; runs nothing. Lines that only a
notebook can run are passed over, and a cell that is not Python is left out and told.
"""

from __future__ import annotations

import ast
import json
import re
from typing import Any

from autograder.entries import SubmissionError, quote

_MAGIC = re.compile(r"^(\s*)(?:[\w.,\s\[\]]+=\s*)?(?:%{1,2}[A-Za-z]|!|\?)|^(\s*)[\w.%]+\?{1,2}\s*$")
_FUTURE = re.compile(r"^from __future__ import .*$", re.M)
_CELL_OF_PYTHON = re.compile(r"%%(time|timeit|capture|prun)\b")


def to_module(raw: bytes, name: str, notices: list[str]) -> str:
    """The code cells of a notebook as one module. Raises SubmissionError if it is not one."""
    try:
        book: Any = json.loads(raw.decode("utf-8-sig"))
        cells = book["cells"] if "cells" in book else book["worksheets"][0]["cells"]
        code = [
            "".join(cell.get("source", cell.get("input", ""))).encode(errors="replace").decode()
            for cell in cells
            if cell["cell_type"] == "code"
        ]
    except (ValueError, KeyError, IndexError, TypeError, AttributeError, RecursionError):
        raise SubmissionError(
            f"{quote(name)} is not a readable notebook: open it, save it and hand it in again."
        ) from None
    blocks, futures = [], []
    for number, text in enumerate(code, start=1):
        if not _parses(text):
            text = _without_magics(text)
            if not _parses(text):
                notices.append(f"Left out code cell {number} of {quote(name)}: not valid Python.")
                continue
        futures += _FUTURE.findall(text)  # legal in any cell, but only at the top of a module
        blocks.append(f"# code cell {number}\n{_FUTURE.sub('', text).rstrip()}\n")
    return "\n\n".join([*futures, *blocks])


def _parses(text: str) -> bool:
    if len(text) > 20_000:  # Python 3.10 may crash on deep nesting; take a long cell as it is
        return True
    try:
        ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True


def _without_magics(text: str) -> str:
    """``text`` with a ``pass`` in place of every line that only a notebook can run."""
    lines = text.splitlines()
    first = next((line for line in lines if line.strip()), "")
    if first.startswith("%%") and not _CELL_OF_PYTHON.match(first):
        return ""  # another language: %%bash, %%html, ...
    kept = []
    continued = False
    for line in lines:
        found = _MAGIC.match(line)
        if found or continued:
            kept.append(f"{line[: len(line) - len(line.lstrip())]}pass" if found else "")
            continued = line.endswith("\\")
        else:
            kept.append(line)
    return "\n".join(kept)
