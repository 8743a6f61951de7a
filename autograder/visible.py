"""What a reader may see of a result: the one place where visibility is applied.

Terminal, Gradescope JSON and HTML all print what ``shown`` returns and nothing
else. Handouts carry this module, so it imports ``model`` and the standard
library only. It decides no points; sums are over what the reader may see.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from autograder.model import (
    CaseResult,
    Curve,
    CurvePoint,
    Differs,
    Figure,
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

UNOPENED = "Not run: the submission could not be opened."
"""What every case of such a submission says."""

MOST_LIKELY = "Most likely: "
"""Begins the lines at the end of a message that tell a known mistake."""

LEVELS = ".123456789"
"""The characters of ``Differs.grid``."""

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

# Control characters could move the cursor or recolour the terminal, the bidirectional ones turn
# text round, and lone surrogates cannot be encoded: none of them belongs in a report.
_UNPRINTABLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)


@dataclass(frozen=True, slots=True)
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
    curves: tuple[Curve, ...]
    bonus: bool
    differs: Differs | None = None
    mistake: str = ""
    """The name of the known mistake; for staff."""
    diagnosis: str = ""
    figures: tuple[Figure, ...] = ()

    @property
    def said(self) -> str:
        """The message without the known mistake, which ``likely`` has."""
        return _parted(self.message)[0]

    @property
    def likely(self) -> str:
        """The sentences of the known mistakes that give these answers; mostly empty."""
        return _parted(self.message)[1]


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

    Students do not see cases whose visibility is ``hidden``. Details, pictures
    and where an array differs tell of values, so they are for visible cases
    and for staff; staff notes and the names of known mistakes are for staff.
    Curves hold digits and names of conditions and no values, so whoever may
    read the message may see them. A case that the
    grader itself failed says so and nothing else, because its detail may
    quote the check.
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
        curves=() if ours else tuple(_clean_curve(c) for c in case.curves),
        bonus=case.bonus,
        differs=_known_levels(case.differs) if values else None,
        mistake=clean(case.mistake) if staff else "",
        diagnosis="" if ours else clean(case.diagnosis),
        figures=ranked_by(case),
    )


def ranked_by(case: CaseResult) -> tuple[Figure, ...]:
    """The figures of ``case`` that count: it passed, and by the submission's own work.

    With a function that the grader answered for, the figure is not the submission's.
    """
    passed = case.verdict is Verdict.ACCEPTED and not case.stood_in
    return tuple(f for f in case.figures if finite(f.value) is not None) if passed else ()


def shown_cases(result: SubmissionResult, audience: Audience) -> tuple[ShownCase, ...]:
    """The cases that ``audience`` may see, in the grader's order."""
    cases = (shown(case, audience) for case in result.cases)
    return tuple(case for case in cases if case is not None)


def shown_questions(result: SubmissionResult, audience: Audience) -> tuple[ShownQuestion, ...]:
    """Questions with at least one case that ``audience`` may see, in the config's order."""
    titles = {q.key: clean(q.title) + " (bonus)" * q.bonus for q in result.questions}
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


def out_of(cases: Iterable[ShownCase]) -> float:
    """Points that make full marks: a bonus is not among them."""
    return round(sum(c.max_score for c in cases if not c.bonus), 6)


def bonus_summary(cases: Iterable[ShownCase]) -> str:
    """One sentence on the bonus in a total; empty where there is none to be had."""
    extra = [c for c in cases if c.bonus]
    if not extra:
        return ""
    had = plural(round(sum(c.max_score for c in extra), 6), "bonus point")
    return f"{points(total(extra))} of {had} are in the total."


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
    if text.isascii() and text.isprintable():
        return text
    return _UNPRINTABLE.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def cut(text: str, limit: int) -> str:
    """``text`` in at most ``limit`` characters: the middle goes, and the text says so."""
    if len(text) <= limit:
        return text
    note = f"\n… {len(text) - limit} or more characters left out here …\n"
    keep = max(limit - len(note), 0)
    head = (keep + 1) // 2
    return (text[:head] + note + text[len(text) - (keep - head) :])[:limit]


def _parted(message: str) -> tuple[str, str]:
    """What is wrong, and which known mistake that is: the end of a message, on lines of its own."""
    before, found, after = f"\n{message}".rpartition(f"\n{MOST_LIKELY}")
    return (before.strip(), MOST_LIKELY + after) if found else (message, "")


def _known_levels(differs: Differs | None) -> Differs | None:
    """None, too, where the lines are not of one length or not of levels: nothing can be drawn."""
    lines = differs.grid if differs is not None else ()
    width = len(lines[0]) if lines else 0
    fits = all(len(line) == width and not set(line) - set(LEVELS) for line in lines)
    return differs if width and fits else None


def _clean_picture(picture: Picture) -> Picture:
    panels = tuple(type(p)(clean(p.label), p.width, p.height, p.rgb) for p in picture.panels)
    return Picture(clean(picture.caption), panels)


def _clean_curve(curve: Curve) -> Curve:
    """Without points that have no finite number of digits: nothing could be drawn of them."""
    points = []
    for p in curve.points:
        student, reference, asked = (None if d is None else finite(d) for d in
                                     (p.student, p.reference, p.asked))  # fmt: skip
        if student is not None:
            points.append(CurvePoint(clean(p.name), p.at, student, reference, asked))
    return Curve(clean(curve.title), clean(curve.axis), tuple(points))
