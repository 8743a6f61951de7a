"""A finished result with known mistakes told: runs what ``recognise`` asks for.

Separate from ``grade``, which handouts carry: there are no misconceptions there.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from pathlib import Path

from autograder import grade, recognise
from autograder.model import SubmissionResult, Verdict
from autograder.plugin import Bench
from autograder.submission import SubmissionError


def mistakes(result: SubmissionResult, bench: Bench, room: grade.Room) -> SubmissionResult:
    """``result`` with a sentence in each case whose answers are those of a known mistake."""
    if room.reference is None or not bench.answers:
        return result
    # To a mistake that is alone, every other case is right.
    right = {
        case.case: dataclasses.replace(case, verdict=Verdict.ACCEPTED, score=case.max_score)
        for case in result.cases
    }

    def run(folder: Path, cases: frozenset[str]) -> Mapping[str, recognise.Answers]:
        skipped = {name: case for name, case in right.items() if name not in cases}
        try:
            with grade.prepared(bench.assignment, room, folder, bench.sandbox) as (other, _):
                other = dataclasses.replace(other, assumed=skipped)
                grade.judge(other, room.checks, folder.name, [], once=True)
        except SubmissionError:
            return {}
        return other.answers

    book = recognise.book(bench.assignment, room.reference)
    return recognise.named(result, bench.answers, book, run)
