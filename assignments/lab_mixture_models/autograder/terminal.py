"""A result as text for a terminal, in colour and marks where it can print them.

It formats what ``visible.shown`` returns and nothing else. Handouts carry this
module, so it imports nothing but the standard library and modules like it.
"""

from __future__ import annotations

import os
import shutil
import textwrap
import unicodedata
from typing import TextIO

from autograder.model import SubmissionResult, Verdict
from autograder.visible import (
    Audience,
    ShownCase,
    bonus_summary,
    clean,
    counted,
    cut,
    leaves_out,
    out_of,
    plural,
    points,
    public_summary,
    shown_cases,
    shown_questions,
    tally,
    total,
    withheld_summary,
)

MARKS = {
    Verdict.ACCEPTED: ("✓", "+"),
    Verdict.PARTIALLY_ACCEPTED: ("◐", "~"),
    Verdict.WRONG_ANSWER: ("✗", "x"),
    Verdict.RUN_TIME_ERROR: ("‼", "!"),
    Verdict.TIME_LIMIT_EXCEEDED: ("⏱", "T"),
    Verdict.MEMORY_LIMIT_EXCEEDED: ("▦", "M"),
    Verdict.OUTPUT_LIMIT_EXCEEDED: ("≡", "O"),
    Verdict.NOT_IMPLEMENTED: ("–", "-"),
    Verdict.JUDGE_ERROR: ("?", "?"),
}
"""A mark for each verdict, and what stands for it where only ASCII can be printed."""

_STYLES = {
    Verdict.ACCEPTED: "32",
    Verdict.PARTIALLY_ACCEPTED: "33",
    Verdict.NOT_IMPLEMENTED: "36",
    Verdict.JUDGE_ERROR: "35",
}
_BOLD, _DIM, _RED = "1", "2", "31"
_DETAIL_CHARACTERS = 4_000
_NARROWEST = 40

_ASCII = str.maketrans(
    {"×": "x", "–": "-", "—": "-", "…": "...", "·": ".", "≤": "<=", "≥": ">=", "−": "-"}
    | {"‘": "'", "’": "'", "“": '"', "”": '"', "─": "-"}
)


def cells(text: str) -> int:
    """Columns that ``text`` takes in a terminal (East Asian wide characters take two)."""
    wide = sum(unicodedata.east_asian_width(c) in "WF" for c in text)
    return len(text) + wide - sum(unicodedata.category(c) in ("Mn", "Me", "Cf") for c in text)


def can_print_marks(encoding: str) -> bool:
    """Whether a stream of this encoding can print every verdict's mark."""
    try:
        "".join(mark for mark, _ in MARKS.values()).encode(encoding)
    except (UnicodeEncodeError, LookupError):
        return False
    return True


def to_encoding(text: str, encoding: str) -> str:
    """``text`` with what ``encoding`` has no character for written in ASCII, or as ``?``."""
    if can_print_marks(encoding):
        return text
    try:
        return text.translate(_ASCII).encode(encoding, "replace").decode(encoding)
    except LookupError:
        return text.translate(_ASCII).encode("ascii", "replace").decode("ascii")


def render(
    result: SubmissionResult,
    *,
    colour: bool,
    width: int,
    audience: Audience = "student",
    encoding: str = "utf-8",
) -> str:
    """A result as text for a terminal of ``width`` columns; ends with a line end.

    Notices come first, then every question with its cases, then the total.
    ``colour`` adds ANSI colours. Where ``encoding`` has no ✓, the marks and
    the punctuation are ASCII.
    """
    page = _Page(max(width, _NARROWEST), colour, ascii_marks=not can_print_marks(encoding))
    page.add(clean(result.title) or clean(result.assignment), style=_BOLD)
    page.add(f"submission {clean(result.submission)}", style=_DIM)
    for notice in result.notices:
        page.blank()
        page.add(cut(clean(notice), _DETAIL_CHARACTERS), first="! ", style="33")
    for question in shown_questions(result, audience):
        page.blank()
        title = f"{question.key} {question.title}".strip()
        page.row(title, _of(question.score, question.max_score), style=_BOLD)
        for case in question.cases:
            _render_case(page, case)
    _render_end(page, result, audience)
    return to_encoding("\n".join(page.lines) + "\n", encoding)


def write(result: SubmissionResult, stream: TextIO, *, audience: Audience = "student") -> None:
    """Print a result to ``stream``, as wide, as colourful and in the marks that it can show."""
    text = render(
        result,
        colour=wants_colour(stream),
        width=min(shutil.get_terminal_size((80, 24)).columns, 100),
        audience=audience,
        encoding=getattr(stream, "encoding", None) or "utf-8",
    )
    stream.write(text)
    stream.flush()


def wants_colour(stream: TextIO) -> bool:
    """Whether ``stream`` is a terminal that shows ANSI colours and nobody has said no.

    ``NO_COLOR`` (no-color.org) switches colours off. Windows' old console
    prints the codes as they are, so there a newer terminal has to say that
    it is one.
    """
    if os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb" or not stream.isatty():
        return False
    return os.name != "nt" or any(os.environ.get(k) for k in ("WT_SESSION", "ANSICON", "TERM"))


class _Page:
    """Lines of text, wrapped to a width and coloured."""

    def __init__(self, width: int, colour: bool, *, ascii_marks: bool) -> None:
        self.width = width
        self.colour = colour
        self.ascii_marks = ascii_marks
        self.lines: list[str] = []

    def blank(self) -> None:
        self.lines.append("")

    def add(self, text: str, *, first: str = "", style: str = "", keep: bool = False) -> None:
        """``text`` after ``first``, wrapped under itself; ``keep``: the spaces within it stay."""
        indent = " " * cells(first)
        for number, line in enumerate(text.expandtabs(4).split("\n")):
            start = first if number == 0 else indent
            room = self.width - cells(indent)
            pieces = _wrap(line, room, drop_whitespace=not keep)
            for i, piece in enumerate(pieces):
                whole = (start if i == 0 else indent) + piece
                self.lines.append(self.paint(whole.rstrip(), style))

    def row(
        self, left: str, right: str, *, first: str = "", style: str = "", mark: str = ""
    ) -> None:
        """``left`` wrapped, with ``right`` at the right edge of its first line."""
        room = self.width - cells(first) - cells(right) - 2
        pieces = _wrap(" ".join(left.split()), room)
        gap = self.width - cells(first) - cells(pieces[0]) - cells(right)
        lead = self.paint(first, mark) if mark else first
        body = self.paint(pieces[0], style) if style else pieces[0]
        self.lines.append(lead + body + " " * max(gap, 2) + right)
        for piece in pieces[1:]:
            self.lines.append(" " * cells(first) + self.paint(piece, style))

    def paint(self, text: str, style: str) -> str:
        return f"\x1b[{style}m{text}\x1b[0m" if self.colour and style and text else text


def _wrap(line: str, room: int, *, drop_whitespace: bool = True) -> list[str]:
    pieces = textwrap.wrap(line, room, drop_whitespace=drop_whitespace, break_on_hyphens=False)
    return pieces or [""]


def _of(score: float | None, max_score: float) -> str:
    return f"{points(score)} / {points(max_score)}"


def _render_case(page: _Page, case: ShownCase) -> None:
    style = _STYLES.get(case.verdict, _RED)
    mark = MARKS[case.verdict][page.ascii_marks]
    page.row(case.title, _of(case.score, case.max_score), first=f"  {mark} ", mark=style)
    inner = " " * 6
    if case.verdict is not Verdict.ACCEPTED or case.message:
        said = f"{case.words}: {case.message}" if case.message else case.words
        page.add(cut(said, _DETAIL_CHARACTERS), first=inner, style=style)
    if case.detail:
        page.add(cut(case.detail, _DETAIL_CHARACTERS), first=inner, style=_DIM, keep=True)
    if case.hint:
        page.add(f"Hint: {cut(case.hint, _DETAIL_CHARACTERS)}", first=inner)
    if case.staff_note:
        note = f"Staff: {cut(case.staff_note, _DETAIL_CHARACTERS)}"
        page.add(note, first=inner, style="35", keep=True)


def _render_end(page: _Page, result: SubmissionResult, audience: Audience) -> None:
    cases = shown_cases(result, audience)
    page.blank()
    page.lines.append(page.paint("─" * page.width, _DIM))
    name = "Total of the cases shown here" if leaves_out(result, audience) else "Total"
    if result.hidden_cases:
        name = "Total of the public cases"
    page.row(name, _of(total(cases), out_of(cases)), style=_BOLD)
    if bonus_summary(cases):
        page.add(bonus_summary(cases), style=_DIM)
    counts = ", ".join(counted(verdict, number) for verdict, number in tally(cases))
    if counts:
        page.add(counts, style=_DIM)
    if withheld_summary(cases):
        page.add(withheld_summary(cases), style="35")
    for waiting in result.waiting:
        page.row(
            f"{clean(waiting.question)} {clean(waiting.title)}: written, waits for staff",
            plural(waiting.points, "point"),
        )
    if result.layers:
        held = ", ".join(clean(layer) for layer in result.layers)
        page.add(f"Isolation: {clean(result.promise)} ({held})", style=_DIM)
    if public_summary(result, cases):
        page.blank()
        page.lines.append(page.paint(public_summary(result, cases), _BOLD))
