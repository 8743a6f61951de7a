"""Solution marks in Python text: which comments are marks, and the text they stand in.

Reads text only; what becomes of marked lines is said in ``stubs``. The words are nbgrader's and
otter's:

- ``### BEGIN SOLUTION: task text`` … ``### END SOLUTION``: any number of #, any case; the task
  text is optional. ``# BEGIN SOLUTION NO PROMPT``: the lines disappear.
- ``x = 3  # SOLUTION`` at the end of a statement becomes ``x = ...``;
  ``# SOLUTION NO PROMPT``: the statement disappears.
- a string whose first line is ``# BEGIN PROMPT`` and which ``# END PROMPT`` follows: its lines
  stand in the handout as they are, without quotes and marks.
"""

from __future__ import annotations

import ast
import io
import re
import tokenize
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeVar

T = TypeVar("T")


class HandoutError(ValueError):
    """What is sent out cannot be made; the text is ``file:line: sentence``."""


# --- reading --------------------------------------------------------------------------------

_NO_CODE = {
    tokenize.COMMENT,
    tokenize.NL,
    tokenize.NEWLINE,
    tokenize.INDENT,
    tokenize.DEDENT,
    tokenize.ENDMARKER,
}

Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


@dataclass(frozen=True)
class Block:
    """Statements one after the other, and the definitions around them."""

    body: list[ast.stmt]
    around: tuple[Definition, ...] = ()
    outermost: bool = False

    @property
    def in_function(self) -> bool:
        return bool(self.around) and not isinstance(self.around[-1], ast.ClassDef)


class Text:
    """Python text with its lines, tokens and blocks. Lines are counted from 1."""

    def __init__(self, source: str, filename: str, first_line: int) -> None:
        self.filename = filename
        self.first_line = first_line
        # str.splitlines would also split at form feeds and others that end no line of Python.
        self.lines = list(io.StringIO(source, newline="\n"))
        if re.search(r"\r(?!\n)", source):
            raise self.error(1, "a line ends in a lone carriage return; save the file anew.")
        try:
            tree = quietly(lambda: ast.parse(source))
            reader = io.StringIO(source, newline="\n").readline
            self.tokens = list(tokenize.generate_tokens(reader))
        except SyntaxError as error:
            raise self.error(error.lineno or 1, f"not valid Python ({error.msg}).") from None
        except (tokenize.TokenError, ValueError) as error:
            raise self.error(1, f"not valid Python ({error.args[0]}).") from None
        # Outer blocks stand before the blocks inside them.
        self.blocks = [Block(tree.body, outermost=True), *_inner_blocks(tree, ())]

    def error(self, line: int, sentence: str) -> HandoutError:
        return HandoutError(f"{self.filename}:{line + self.first_line - 1}: {sentence}")

    def begins_line(self, token: tokenize.TokenInfo) -> bool:
        return not self.before(token).strip()

    def before(self, token: tokenize.TokenInfo) -> str:
        return self.lines[token.start[0] - 1][: token.start[1]]

    def indent(self, statement: ast.stmt) -> str:
        line = self.lines[first_row(statement) - 1]
        return line[: len(line) - len(line.lstrip())]

    def code_rows(self, first: int, last: int) -> set[int]:
        """Those of the lines ``first`` to ``last`` that hold more than comments."""
        return {
            row
            for token in self.tokens
            if token.type not in _NO_CODE
            for row in range(max(first, token.start[0]), min(last, token.end[0]) + 1)
        }

    def numbered(self, first: int, last: int) -> tuple[tuple[int, str], ...]:
        return tuple((n, self.lines[n - 1]) for n in range(first, last + 1))


def quietly(compiling: Callable[[], T]) -> T:
    """What ``compiling`` returns, without warnings about somebody's escapes."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return compiling()


def _inner_blocks(node: ast.AST, around: tuple[Definition, ...]) -> Iterator[Block]:
    if isinstance(node, Definition):
        around = (*around, node)
    for _, value in ast.iter_fields(node):
        if isinstance(value, list) and value:
            if isinstance(value[0], ast.stmt) and not isinstance(node, ast.Module):
                yield Block(value, around)
            for child in value:
                if isinstance(child, (ast.stmt, ast.ExceptHandler, ast.match_case)):
                    yield from _inner_blocks(child, around)


def first_row(statement: ast.stmt) -> int:
    """Its first line, decorators included."""
    decorators: list[ast.expr] = getattr(statement, "decorator_list", [])
    return min([statement.lineno, *(d.lineno for d in decorators)])


def last_row(statement: ast.stmt) -> int:
    """Its last line."""
    return statement.end_lineno or statement.lineno


# --- marks ----------------------------------------------------------------------------------

_MARKS = {
    "begin": re.compile(
        r"#+\s*BEGIN\s+SOLUTION(?P<bare>\s+NO\s+PROMPT)?\s*(:(?P<task>.*))?$", re.IGNORECASE
    ),
    "end": re.compile(r"#+\s*END\s+SOLUTION\s*$", re.IGNORECASE),
    "line": re.compile(r"(.*\s)?#+\s*SOLUTION(?P<bare>\s+NO\s+PROMPT)?\s*$"),
    "end prompt": re.compile(r"#+\s*END\s+PROMPT\s*$", re.IGNORECASE),
}
_PROMPT = re.compile(r"""[rRuU]?(\"""|''')[ \t]*#+\s*BEGIN\s+PROMPT[ \t]*\r?\n""", re.IGNORECASE)
_NEARLY = re.compile(r"#+\s*(BEGIN|END)[\s_-]*(SOLUTION|PROMPT)", re.IGNORECASE)
_NEARLY_LINE = re.compile(r"(.*\s)?#+\s*SOLUTION([\s_-]+NO[\s_-]*PROMPT)?\s*$", re.IGNORECASE)


@dataclass(frozen=True)
class Mark:
    """One mark: its kind is a key of ``_MARKS``, or ``begin prompt``."""

    kind: str
    token: tokenize.TokenInfo
    bare: bool = False
    """Whether it says NO PROMPT."""
    task: str = ""

    @property
    def row(self) -> int:
        return self.token.start[0]


CLOSES = {"begin": "end", "begin prompt": "end prompt"}
WORDS = {
    "begin": "BEGIN SOLUTION",
    "end": "END SOLUTION",
    "line": "SOLUTION",
    "begin prompt": "BEGIN PROMPT",
    "end prompt": "END PROMPT",
}


def find(text: Text) -> Iterator[Mark]:
    """The marks of ``text`` in order. Raises HandoutError for what is nearly one."""
    for token in text.tokens:
        if token.type == tokenize.STRING and _PROMPT.match(token.string):
            # Elsewhere than at the start of a line it is a string like any other.
            if text.begins_line(token):
                yield Mark("begin prompt", token)
        elif token.type == tokenize.COMMENT:
            yield from _marks_of_comment(text, token)


def _marks_of_comment(text: Text, token: tokenize.TokenInfo) -> Iterator[Mark]:
    alone = text.begins_line(token)
    for kind, pattern in _MARKS.items():
        if match := pattern.match(token.string):
            if kind in ("begin", "end") and not alone:
                raise text.error(token.start[0], f"{WORDS[kind]} needs a line of its own.")
            found = match.groupdict()
            task = " ".join((found.get("task") or "").split())
            yield Mark(kind, token, bool(found.get("bare")), task)
            return
    if _NEARLY.match(token.string) or (not alone and _NEARLY_LINE.match(token.string)):
        raise text.error(
            token.start[0],
            f"'{token.string.strip()}' is nearly a mark; write '### BEGIN SOLUTION' (and "
            "': task text' if you like), '### END SOLUTION', '# SOLUTION', or other words.",
        )
