"""How slow is too slow, on a noisy machine.

A budget is a ratio: the submission's CPU time over the reference's, both by
the kernel's account, on the same input, in equal workers, measured in turn.
The best of several rounds is compared, so that a busy machine slows down both
sides or neither. No number of seconds is ever compared with a constant.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.model import Verdict
from autograder.proxy import Submission
from autograder.session import CallFailed

MIN_ROUNDS = 3
MAX_ROUNDS = 9
CLEAR = 0.6
"""A ratio under this share of the limit is decided after the fewest rounds."""
OVERHEAD_SECONDS = 0.0003
"""What one request costs the worker by itself, so that it is not judged."""


def ratio(
    student: Submission, reference: Submission, function: str, args: tuple[Any, ...], limit: float
) -> float:
    """CPU time of ``function(*args)`` in ``student`` over that in ``reference``.

    ``Class.method`` is called on a fresh instance made without arguments.
    Stops as soon as the side of ``limit`` is clear. Raises CallFailed when
    the student's call fails.
    """
    sides = [_Side(side, function, args) for side in (student, reference)]
    best = float("inf")
    for done in range(1, MAX_ROUNDS + 1):
        for side in sides:
            side.round(done)
        spent, allowed = (side.best + OVERHEAD_SECONDS for side in sides)
        best = spent / allowed
        if done >= MIN_ROUNDS and (best < CLEAR * limit or best > limit / CLEAR):
            break
    return best


class _Side:
    def __init__(self, submission: Submission, function: str, args: tuple[Any, ...]) -> None:
        self.submission = submission
        owner, _, method = function.rpartition(".")
        self.args = args
        # Called through the class, so that the instance is the first argument.
        self.instance = (getattr(submission, owner)(),) if owner else ()
        if not owner:
            getattr(submission, method)  # a missing function is said as such
        self.function = function
        self.best = float("inf")

    def round(self, number: int) -> None:
        # Rows in another order each time: an answer that was kept is of no use.
        turned = (np.roll(a, number, axis=0) if _has_rows(a) else a for a in self.args)
        put = tuple(self.submission.put(arg) for arg in turned)
        seconds, _ = self.submission.measured(self.function, (*self.instance, *put))
        for handle in put:
            self.submission.drop(handle)
        self.best = min(self.best, seconds)


def _has_rows(value: Any) -> bool:
    return isinstance(value, np.ndarray) and value.ndim > 0


def judge(
    student: Submission,
    reference: Submission,
    function: str,
    args: tuple[Any, ...],
    limit: float,
) -> float:
    """Raise CallFailed (time limit exceeded) when ``function`` is over its budget."""
    found = ratio(student, reference, function, args, limit)
    if found > limit:
        raise CallFailed(
            Verdict.TIME_LIMIT_EXCEEDED,
            f"{function} takes about {_rounded(found)} times the reference's CPU time; "
            f"{limit:g} times is allowed.",
            hint="Replace Python loops over rows by whole-array NumPy operations.",
        )
    return found


def _rounded(value: float) -> str:
    """Two significant digits: more would be noise."""
    return f"{float(f'{value:.2g}'):g}"
