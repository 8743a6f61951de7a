"""How slow is too slow, and how much memory too much, on a noisy machine.

A budget is a ratio: the submission's CPU time over the reference's, both by
the kernel's account, on the same input, in equal workers, measured in turn.
The best of several rounds is compared, so that a busy machine slows down both
sides or neither. No number of seconds is ever compared with a constant.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
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
OVERHEAD_MB = 8.0
"""What an allocator keeps for itself and a small call takes, so that it is not judged."""


@dataclass(frozen=True)
class Call:
    """What is measured: ``function(*args)``.

    ``Class.method`` is called on the object that ``make(submission)`` gives,
    by default a fresh instance made without arguments.
    """

    function: str
    args: tuple[Any, ...] = ()
    make: Callable[[Submission], Any] | None = None


def ratio(student: Submission, reference: Submission, call: Call, limit: float) -> float:
    """CPU time of ``call`` in ``student`` over that in ``reference``.

    Stops as soon as the side of ``limit`` is clear. Raises CallFailed when
    the student's call fails.
    """
    sides = [_Side(side, call) for side in (student, reference)]
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
    def __init__(self, submission: Submission, call: Call) -> None:
        self.submission = submission
        owner, _, method = call.function.rpartition(".")
        self.args = call.args
        # Called through the class, so that the instance is the first argument.
        self.instance: tuple[Any, ...] = ()
        if owner:
            make = call.make or (lambda side: getattr(side, owner)())
            self.instance = (make(submission),)
        else:
            getattr(submission, method)  # a missing function is said as such
        self.function = call.function
        self.best = float("inf")

    def round(self, number: int) -> None:
        # Rows in another order each time: an answer that was kept is of no use.
        turned = (np.roll(a, number, axis=0) if _has_rows(a) else a for a in self.args)
        put = tuple(self.submission.put(arg) for arg in turned)
        seconds, _ = self.submission.measured(self.function, (*self.instance, *put))
        for handle in put:
            self.submission.drop(handle)
        self.best = min(self.best, seconds)

    def growth(self) -> float | None:
        put = tuple(self.submission.put(arg) for arg in self.args)
        found = self.submission.growth(self.function, (*self.instance, *put))
        for handle in put:
            self.submission.drop(handle)
        return found


def _has_rows(value: Any) -> bool:
    return isinstance(value, np.ndarray) and value.ndim > 0


def judge(student: Submission, reference: Submission, call: Call, limit: float) -> float:
    """Raise CallFailed (time limit exceeded) when ``call`` is over its budget."""
    found = ratio(student, reference, call, limit)
    if found > limit:
        raise CallFailed(
            Verdict.TIME_LIMIT_EXCEEDED,
            f"{call.function} takes about {_rounded(found)} times the reference's CPU time; "
            f"{limit:g} times is allowed.",
            hint="Replace Python loops over rows by whole-array NumPy operations.",
        )
    return found


def judge_memory(student: Submission, reference: Submission, call: Call, limit: float) -> None:
    """Raise CallFailed (memory limit exceeded) when ``call`` takes too much memory.

    Judges nothing where the platform keeps no account of a process's memory.
    """
    grown = [_Side(side, call).growth() for side in (student, reference)]
    if grown[0] is None or grown[1] is None:
        return
    found = (grown[0] + OVERHEAD_MB) / (grown[1] + OVERHEAD_MB)
    if found > limit:
        raise CallFailed(
            Verdict.MEMORY_LIMIT_EXCEEDED,
            f"{call.function} takes about {_rounded(found)} times the reference's memory; "
            f"{limit:g} times is allowed.",
            hint="Avoid arrays that grow with the square of the number of rows.",
        )


def _rounded(value: float) -> str:
    """Two significant digits: more would be noise."""
    return f"{float(f'{value:.2g}'):g}"
