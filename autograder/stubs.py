"""Marked Python text to the text that students get, and to the lines they must not get.

Text to text; which comments are marks is said in ``marks``. Inside a function an answer becomes
``raise NotImplementedError("name: what to do")``, one for each gap, so that nothing unfinished
looks like an answer; outside of functions it disappears, or leaves a comment with its task.
"""

from __future__ import annotations

import ast
import dataclasses
import re
import textwrap
import tokenize
from dataclasses import dataclass

from autograder.marks import (
    CLOSES,
    WORDS,
    Block,
    Definition,
    Mark,
    Text,
    find,
    first_row,
    last_row,
    quietly,
)

WIDTH = 100
"""Longest line that is written into a stub."""


def strip(source: str, filename: str, *, first_line: int = 1) -> str:
    """``source`` as a student gets it; ``filename`` and ``first_line`` are for messages.

    What stands outside marks survives byte for byte, except for blank lines around an answer
    that disappears. Raises HandoutError for marks that are unclosed, nested, empty, stray,
    misspelt or not around whole statements, and where source or result is not valid Python.
    """
    text = Text(source, filename, first_line)
    kept = _kept(text, _gaps(text))
    result = "".join(line for _, line in kept)
    try:
        quietly(lambda: compile(result, filename, "exec", dont_inherit=True))
    except SyntaxError as error:
        index = min(error.lineno or 1, len(kept)) - 1
        raise text.error(
            kept[index][0] if kept else 1,
            f"without the answers the file is not valid Python ({error.msg}).",
        ) from None
    return result


def answers(source: str, filename: str, *, first_line: int = 1) -> list[tuple[int, str]]:
    """Every line of ``source`` that no student may see, as (line number, text without marks)."""
    text = Text(source, filename, first_line)
    return [(number + first_line - 1, line) for gap in _gaps(text) for number, line in gap.answer]


# --- gaps -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Gap:
    """Lines ``first`` to ``last`` (1-based, marks included) and what stands there instead."""

    first: int
    last: int
    stub: tuple[str, ...]
    """Lines of the handout, without line ends; none: the gap disappears."""
    answer: tuple[tuple[int, str], ...] = ()
    block: Block | None = None
    """The statements among which the answer stands; None: a prompt."""


def _gaps(text: Text) -> list[_Gap]:
    gaps: list[_Gap] = []
    opened: Mark | None = None
    for mark in find(text):
        if opened is not None and mark.kind == CLOSES[opened.kind]:
            gaps.append((_region if mark.kind == "end" else _prompt)(text, opened, mark))
            opened = None
        elif opened is not None and mark.kind == "begin":
            line = opened.row + text.first_line - 1
            raise text.error(mark.row, f"BEGIN SOLUTION inside the one that begins in line {line}.")
        elif opened is not None:
            opens, closes = WORDS[opened.kind], WORDS[CLOSES[opened.kind]]
            raise text.error(
                mark.row,
                f"{WORDS[mark.kind]} where {closes} must come first, for the {opens} "
                f"in line {opened.row + text.first_line - 1}.",
            )
        elif mark.kind == "line":
            gaps.append(_line(text, mark))
        elif mark.kind in CLOSES:
            opened = mark
        else:
            opens = next(WORDS[k] for k, v in CLOSES.items() if v == mark.kind)
            raise text.error(mark.row, f"{WORDS[mark.kind]} without {opens}.")
    if opened is not None:
        closes = WORDS[CLOSES[opened.kind]]
        raise text.error(opened.row, f"{WORDS[opened.kind]} without {closes}.")
    return _no_empty_blocks(text, gaps)


def _region(text: Text, begin: Mark, end: Mark) -> _Gap:
    first, last = begin.row, end.row
    code = text.code_rows(first + 1, last - 1)
    if not code:
        raise text.error(first, "there is no code between BEGIN SOLUTION and END SOLUTION.")
    for block in text.blocks:
        chosen = [s for s in block.body if first < first_row(s) and last_row(s) < last]
        if chosen:
            break
    covered = {row for s in chosen for row in range(first_row(s), last_row(s) + 1)}
    if not code <= covered:
        raise text.error(first, "BEGIN and END SOLUTION must stand around whole statements.")
    indent = text.indent(chosen[0])
    if begin.bare:
        stub: tuple[str, ...] = ()
    elif block.in_function:
        stub = _raise(indent, block, begin.task)
    else:
        stub = (f"{indent}# TODO: {begin.task}",) if begin.task else ()
    return _Gap(first, last, stub, text.numbered(first + 1, last - 1), block)


def _line(text: Text, mark: Mark) -> _Gap:
    """A marked statement: the mark stands in its last line and nothing else does."""
    simple = [
        (s, b) for b in text.blocks for s in b.body if last_row(s) == mark.row and not _has_body(s)
    ]
    if not simple:
        raise text.error(mark.row, "SOLUTION must stand at the end of a statement.")
    statement, block = simple[0]
    start = text.lines[statement.lineno - 1].encode()[: statement.col_offset]
    if len(simple) > 1 or start.strip():
        raise text.error(mark.row, "SOLUTION needs a statement with lines of its own.")
    indent = text.indent(statement)
    if mark.bare:
        stub: tuple[str, ...] = ()
    elif isinstance(statement, ast.Assign) or (
        isinstance(statement, ast.AnnAssign) and statement.value is not None
    ):
        stub = _assignment(text, statement)
    else:
        stub = _raise(indent, block, "") if block.in_function else (f"{indent}...",)
    *whole, (_, _) = text.numbered(statement.lineno, mark.row)
    answer = (*whole, (mark.row, text.before(mark.token)))
    return _Gap(statement.lineno, mark.row, stub, answer, block)


def _has_body(statement: ast.stmt) -> bool:
    return hasattr(statement, "body") or isinstance(statement, ast.Match)


def _assignment(text: Text, statement: ast.Assign | ast.AnnAssign) -> tuple[str, ...]:
    """The targets as they are written, and ``...`` for each value."""
    targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
    missing, depth = len(targets), 0
    for token in text.tokens:
        if statement.lineno <= token.start[0] and token.type == tokenize.OP:
            depth += (token.string in "([{") - (token.string in ")]}")
            missing -= token.string == "=" and depth == 0
            if not missing:
                break
    row, column = token.end
    lines = [line for _, line in text.numbered(statement.lineno, row - 1)]
    lines.append(text.lines[row - 1][:column])
    count = max((len(t.elts) for t in targets if isinstance(t, (ast.Tuple, ast.List))), default=0)
    lines[-1] += " " + (", ".join(["..."] * count) if count > 1 else "(...,)" if count else "...")
    return tuple(line.rstrip("\r\n") for line in lines)


def _prompt(text: Text, begin: Mark, end: Mark) -> _Gap:
    row, column = begin.token.end
    closing = text.lines[row - 1]
    between = closing[column : end.token.start[1]].strip() if end.row == row else "no"
    if between not in ("", ";"):
        raise text.error(end.row, "END PROMPT must stand behind the quotes that end the prompt.")
    if closing[:column].strip() not in ('"""', "'''"):
        raise text.error(row, "the quotes that end a prompt need a line of their own.")
    inside = text.numbered(begin.row + 1, row - 1)
    return _Gap(begin.row, row, tuple(line.rstrip("\r\n") for _, line in inside))


# --- stubs ----------------------------------------------------------------------------------


def _raise(indent: str, block: Block, task: str) -> tuple[str, ...]:
    name = ".".join(d.name for d in block.around)
    functions = [d for d in block.around if not isinstance(d, ast.ClassDef)]
    sentences = (_first_sentence(d) for d in reversed(functions))
    message = f"{name}: {task or next(filter(None, sentences), 'your code goes here')}"
    line = f"{indent}raise NotImplementedError({_quoted(message)})"
    if len(line) <= WIDTH:
        return (line,)
    inner = indent + ("\t" if "\t" in indent else "    ")
    room = WIDTH - len(inner) - 3
    pieces = textwrap.wrap(message, max(room, 20), break_long_words=False, break_on_hyphens=False)
    quoted = [_quoted(piece + " ") for piece in pieces[:-1]] + [_quoted(pieces[-1])]
    return (
        f"{indent}raise NotImplementedError(",
        *(inner + piece for piece in quoted),
        f"{indent})",
    )


def _first_sentence(definition: Definition) -> str:
    """What the docstring begins with; nothing if that is a heading such as ``Args:``."""
    paragraph = re.split(r"\n\s*\n", (ast.get_docstring(definition) or "").strip())[0]
    text = " ".join(paragraph.split())
    if re.match(r"(args|arguments|parameters|returns?|hints?)\s*(:|---)", text, re.IGNORECASE):
        return ""
    # A full stop before a small letter ends an abbreviation.
    ended = re.match(r".+?[.!?](?=\s+[^a-z\s]|$)", text)
    return (ended.group() if ended else text).removesuffix(".")


def _quoted(text: str) -> str:
    if not text.isprintable():
        return repr(text)
    quote = "'" if '"' in text and "'" not in text else '"'
    return quote + text.replace("\\", "\\\\").replace(quote, "\\" + quote) + quote


def _no_empty_blocks(text: Text, gaps: list[_Gap]) -> list[_Gap]:
    """``gaps``, with ``...`` where else nothing would be left of an indented block."""
    vanishing = [gap for gap in gaps if gap.block is not None and not gap.stub]
    for block in {id(gap.block): gap.block for gap in vanishing if gap.block}.values():
        holes = [gap for gap in vanishing if gap.block is block]
        if block.outermost or not all(
            any(gap.first <= first_row(s) and last_row(s) <= gap.last for gap in holes)
            for s in block.body
        ):
            continue
        hole = holes[0]
        if block.in_function:
            raise text.error(
                hole.first,
                "nothing would be left of this block; leave out NO PROMPT or add a prompt.",
            )
        filled = dataclasses.replace(hole, stub=(text.indent(block.body[0]) + "...",))
        gaps = [filled if gap is hole else gap for gap in gaps]
    return gaps


def _kept(text: Text, gaps: list[_Gap]) -> list[tuple[int, str]]:
    """Lines of the handout, each with the line of the source where it comes from."""
    kept: list[tuple[int, str]] = []
    row, count = 1, len(text.lines)
    for gap in gaps:
        kept += text.numbered(row, gap.first - 1)
        newline = "\r\n" if text.lines[gap.first - 1].endswith("\r\n") else "\n"
        kept += [(gap.first, line + newline) for line in gap.stub]
        row = gap.last + 1
        if gap.stub:
            continue
        before = _blank_end(kept)
        after: list[tuple[int, str]] = []
        while row <= count and not text.lines[row - 1].strip():
            after.append((row, text.lines[row - 1]))
            row += 1
        if kept and row <= count:
            kept += before if _opens(gap) or len(before) > len(after) else after
    return kept + list(text.numbered(row, count))


def _opens(gap: _Gap) -> bool:
    """Whether the gap stands right behind the head of an indented block."""
    block = gap.block
    return block is not None and not block.outermost and first_row(block.body[0]) >= gap.first


def _blank_end(kept: list[tuple[int, str]]) -> list[tuple[int, str]]:
    """Take the blank lines off the end of ``kept``."""
    size = len(kept)
    while size and not kept[size - 1][1].strip():
        size -= 1
    blank = kept[size:]
    del kept[size:]
    return blank
