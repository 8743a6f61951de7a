"""Whether the feedback on a submission with a known mistake says what is wrong.

A mistake is *named* when a lost case is told its sentence, or that of one which gives the same
answers; *described* when a case says by a generic diagnosis, an exception, a limit or a broken
rule what is wrong with the answer; *misnamed* when a case is told another mistake's sentence and
none its own. Reads finished results; runs nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from autograder import prints
from autograder.model import CaseResult, SubmissionResult, Verdict
from autograder.prints import Prints
from autograder.recognise import NAMED, Book, Mistake

NAMED_RIGHTLY, DESCRIBED, UNTOLD, MISNAMED = "named", "described", "untold", "misnamed"


@dataclass(frozen=True)
class Feedback:
    """What the feedback on one candidate is worth."""

    status: str
    """One of the four words above."""
    words: str = ""
    """The names that were told, or the diagnosis."""


def judged(
    result: SubmissionResult, answers: Mapping[str, Prints], book: Book, own: str = ""
) -> Feedback:
    """The feedback on ``result``, whose mistake is ``own`` of the book, or none of it.

    ``answers`` are prints of what came back in the cases that were lost.
    """
    lost = {c.case: c for c in result.cases if _is_lost(c)}
    # Of a case that costs nothing no mistake's answers are known.
    answers = {case: found for case, found in answers.items() if case in lost}
    fitting = book.fitting({name: case.function for name, case in lost.items()}, answers)
    listed = {case: known for case, known in fitting.items() if lost[case].verdict in NAMED}
    told = sorted({mistake.name for known in listed.values() for mistake in known})
    for known in listed.values():
        if not any(m.name == own or _explains(m, answers) for m in known):
            return Feedback(MISNAMED, ", ".join(m.name for m in known))
    if listed:
        return Feedback(NAMED_RIGHTLY, ", ".join(told))
    words = sorted({_described(case) for case in lost.values()} - {""})
    return Feedback(DESCRIBED, ", ".join(words)) if words else Feedback(UNTOLD)


def without(book: Book, name: str) -> Book:
    """The book as if one of its mistakes were not known."""
    return Book(tuple(m for m in book.mistakes if m.name != name), book.key)


def _is_lost(case: CaseResult) -> bool:
    return case.score is not None and (case.score < case.max_score or bool(case.stood_in))


def _explains(mistake: Mistake, answers: Mapping[str, Prints]) -> bool:
    """Whether a mistake gives every answer that came out wrong: it is the same one."""
    return all(
        case in mistake.answers and prints.alike(mistake.answers[case], found)
        for case, found in answers.items()
    )


def _described(case: CaseResult) -> str:
    if case.verdict in NAMED:
        return case.diagnosis
    return "" if case.verdict is Verdict.JUDGE_ERROR else case.verdict.value
