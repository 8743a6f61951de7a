"""What a reader may see of a result, and that result as terminal text.

``shown`` is the one place where visibility is applied; terminal, Gradescope
JSON and HTML all print what it returns and nothing else. Handouts carry this
module, so it imports ``model`` and the standard library only. It formats and
decides no points; sums are over what the reader may see.
"""

from __future__ import annotations

import math
import os
import re
import shutil
import textwrap
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, TextIO

from autograder.model import (
    CaseResult,
    Picture,
    SubmissionResult,
    Usage,
    Verdict,
    Visibility,
)

Audience = Literal["student", "staff", "gradescope"]
"""Who reads. ``gradescope`` lists every case, because Gradescope applies
visibility itself, but holds values of visible cases only: whatever it stores
may be published later, and comes back to the grader beside the next upload."""

WITHHELD = "the grader failed here; no points are lost, staff have been told"

WORDS = {
    Verdict.ACCEPTED: "accepted",
    Verdict.PARTIALLY_ACCEPTED: "partially accepted",
    Verdict.WRONG_ANSWER: "wrong answer",
    Verdict.RUN_TIME_ERROR: "run-time error",
    Verdict.TIME_LIMIT_EXCEEDED: "time limit exceeded",
    Verdict.MEMORY_LIMIT_EXCEEDED: "memory limit exceeded",
    Verdict.OUTPUT_LIMIT_EXCEEDED: "output limit exceeded",
    Verdict.NOT_IMPLEMENTED: "not implemented",
    Verdict.JUDGE_ERROR: "judge error",
}

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

# Control characters could move the cursor or recolour the terminal, the bidirectional ones turn
# text round, and lone surrogates cannot be encoded: none of them belongs in a report.
_UNPRINTABLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)
_ASCII = str.maketrans(
    {"×": "x", "–": "-", "—": "-", "…": "...", "·": ".", "≤": "<=", "≥": ">=", "−": "-"}
    | {"‘": "'", "’": "'", "“": '"', "”": '"', "─": "-"}
)


@dataclass(frozen=True)
class ShownCase:
    """One case as a certain reader may see it: redacted, and clean of control characters."""

    case: str
    question: str
    title: str
    function: str
    verdict: Verdict
    words: str
    score: float | None
    """None: withheld."""
    max_score: float
    visibility: Visibility
    message: str
    detail: str
    hint: str
    staff_note: str
    seed: int | None
    usage: Usage
    pictures: tuple[Picture, ...]


@dataclass(frozen=True)
class ShownQuestion:
    """A question with the cases of it that a certain reader may see, and their points."""

    key: str
    title: str
    cases: tuple[ShownCase, ...]
    score: float
    max_score: float
    withheld: float
    """Points of cases without a score; they are part of ``max_score``."""


def shown(case: CaseResult, audience: Audience) -> ShownCase | None:
    """What ``audience`` may see of ``case``; None: not even that there is such a case.

    Students do not see cases whose visibility is ``hidden``. Details and
    pictures hold values, so they are for visible cases and for staff; staff
    notes are for staff. A case that the grader itself failed says so and
    nothing else, because its detail may quote the check.
    """
    if audience == "student" and case.visibility is Visibility.HIDDEN:
        return None
    staff = audience == "staff"
    score = None if case.score is None else finite(case.score)
    ours = score is None or case.verdict is Verdict.JUDGE_ERROR
    values = staff or (case.visibility is Visibility.VISIBLE and not ours)
    return ShownCase(
        case=clean(case.case),
        question=clean(case.question),
        title=clean(case.title).strip() or clean(case.case),
        function=clean(case.function),
        verdict=Verdict.JUDGE_ERROR if ours else case.verdict,
        words=WORDS[Verdict.JUDGE_ERROR if ours else case.verdict],
        score=None if ours else score,
        max_score=finite(case.max_score) or 0.0,
        visibility=case.visibility,
        message=(clean(case.message).strip() if staff or not ours else "") or WITHHELD * ours,
        detail=clean(case.detail).strip("\n") if values else "",
        hint="" if ours else clean(case.hint).strip(),
        staff_note=clean(case.staff_note).strip("\n") if staff else "",
        seed=case.seed,
        usage=case.usage,
        pictures=tuple(_clean_picture(p) for p in case.pictures) if values else (),
    )


def shown_cases(result: SubmissionResult, audience: Audience) -> tuple[ShownCase, ...]:
    """The cases that ``audience`` may see, in the grader's order."""
    cases = (shown(case, audience) for case in result.cases)
    return tuple(case for case in cases if case is not None)


def shown_questions(result: SubmissionResult, audience: Audience) -> tuple[ShownQuestion, ...]:
    """Questions with at least one case that ``audience`` may see, in the config's order."""
    titles = {q.key: clean(q.title) for q in result.questions}
    groups: dict[str, list[ShownCase]] = {clean(key): [] for key in titles}
    for case in shown_cases(result, audience):
        groups.setdefault(case.question, []).append(case)
    return tuple(
        ShownQuestion(
            key=key,
            title=titles.get(key, ""),
            cases=tuple(cases),
            score=total(cases),
            max_score=round(sum(c.max_score for c in cases), 6),
            withheld=round(sum(c.max_score for c in cases if c.score is None), 6),
        )
        for key, cases in groups.items()
        if cases
    )


def total(cases: Iterable[ShownCase]) -> float:
    """Sum of the points given; withheld cases add nothing."""
    return round(sum(c.score for c in cases if c.score is not None), 6)


def leaves_out(result: SubmissionResult, audience: Audience) -> bool:
    """Whether ``audience`` is not told of some case, so that a sum is not the whole score."""
    return len(shown_cases(result, audience)) < len(result.cases)


def public_summary(result: SubmissionResult, cases: Sequence[ShownCase]) -> str:
    """How the public cases went and how many are to come; empty outside a student's own check."""
    if result.hidden_cases <= 0:
        return ""
    passed = sum(c.verdict is Verdict.ACCEPTED for c in cases)
    of = "" if passed == len(cases) else f" of {len(cases)}"
    later = f"{result.hidden_cases} hidden cases run after you submit"
    return f"{passed}{of} public cases passed; {later}"


def tally(cases: Iterable[ShownCase]) -> list[tuple[Verdict, int]]:
    """How many cases have each verdict that occurs, in the order of ``Verdict``."""
    counts = Counter(c.verdict for c in cases)
    return [(verdict, counts[verdict]) for verdict in Verdict if counts[verdict]]


def counted(verdict: Verdict, number: int) -> str:
    """``1 wrong answer``, ``3 wrong answers``, ``2 accepted``."""
    words = WORDS[verdict]
    return f"{number} {words}" + (
        "s" if number != 1 and words.endswith(("answer", "error")) else ""
    )


def withheld_summary(cases: Iterable[ShownCase]) -> str:
    """One sentence on the withheld cases; empty if there are none."""
    held = [c for c in cases if c.score is None]
    if not held:
        return ""
    number = "1 case is" if len(held) == 1 else f"{len(held)} cases are"
    worth = plural(round(sum(c.max_score for c in held), 6), "point")
    return f"{number} withheld ({worth}): {WITHHELD}"


def points(value: float | None) -> str:
    """Points with at most two decimals and no trailing zeros; a dash where withheld."""
    if value is None:
        return "–"
    return f"{value:.2f}".rstrip("0").rstrip(".")


def plural(value: float, noun: str) -> str:
    """``1 point``, ``2.5 points``."""
    return f"{points(value)} {noun}" + ("" if value == 1 else "s")


def finite(value: float) -> float | None:
    """``value`` as a plain float; None where it is NaN or infinite."""
    number = float(value)
    return number if math.isfinite(number) else None


def clean(text: str) -> str:
    """``text`` without control characters (line ends and tabs stay) and lone surrogates."""
    return _UNPRINTABLE.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def cut(text: str, limit: int) -> str:
    """``text`` in at most ``limit`` characters: the middle goes, and the text says so."""
    if len(text) <= limit:
        return text
    note = f"\n… {len(text) - limit} or more characters left out here …\n"
    keep = max(limit - len(note), 0)
    head = (keep + 1) // 2
    return (text[:head] + note + text[len(text) - (keep - head) :])[:limit]


def _clean_picture(picture: Picture) -> Picture:
    panels = tuple(type(p)(clean(p.label), p.width, p.height, p.rgb) for p in picture.panels)
    return Picture(clean(picture.caption), panels)


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
    page.row(name, _of(total(cases), round(sum(c.max_score for c in cases), 6)), style=_BOLD)
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
    if public_summary(result, cases):
        page.blank()
        page.lines.append(page.paint(public_summary(result, cases), _BOLD))
