"""How slow is too slow, and how much memory too much, on a noisy machine.

A budget is a ratio: the submission's CPU time over the reference's, both by
the kernel's account, on the same input, in equal workers, measured in turn.
The best of several rounds is compared, so that a busy machine slows down both
sides or neither. No number of seconds is ever compared with a constant.
"""

from __future__ import annotations

import math
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

SAMPLE = 4096
"""Entries of a timed result that are looked at."""
NOISE, NOISY_ROWS = 0.05, 100
"""Noise on data of more rows than that, as a share of their deviation."""
ALIKE, FEW = 2e-3, 0.01
"""Entries may differ by this share of the largest, and this share of them by more."""


@dataclass(frozen=True)
class Call:
    """What is measured: ``function(*args)``.

    ``Class.method`` is called on the object that ``make(submission)`` gives,
    by default a fresh instance made without arguments.
    """

    function: str
    args: tuple[Any, ...] = ()
    make: Callable[[Submission], Any] | None = None


def ratio(
    student: Submission, reference: Submission, call: Call, limit: float, seed: int = 0
) -> float:
    """CPU time of ``call`` in ``student`` over that in ``reference``.

    The data are a little different in each round, so that an answer which was
    kept is a wrong one. What the student's side spends on taking its arguments
    in, or on showing its result, beyond what the reference's does, counts too.
    Stops as soon as the side of ``limit`` is clear. Raises CallFailed when the
    student's call fails or its answer is not the reference's.
    """
    rng = np.random.default_rng(seed)
    sides = [_Side(side, call) for side in (student, reference)]
    best = [float("inf"), float("inf")]
    for done in range(1, MAX_ROUNDS + 1):
        args = call.args if done == 1 else tuple(_noisy(arg, rng) for arg in call.args)
        at = rng.integers(2**31, size=SAMPLE)
        (_, spent, seen), (allowed, whole, wanted) = (side.measured(args, at) for side in sides)
        around = max(whole - allowed, 0.0)
        best = [min(best[0], max(spent - around, 0.0)), min(best[1], allowed)]
        if not _alike(seen, wanted):
            raise CallFailed(
                Verdict.WRONG_ANSWER,
                f"{call.function} gives another answer than it has to for the data on which its "
                "time is taken: only right answers are timed.",
                hint="Compute every answer from the arguments, and keep none from before.",
            )
        found = (best[0] + OVERHEAD_SECONDS) / (best[1] + OVERHEAD_SECONDS)
        if done >= MIN_ROUNDS and (found < CLEAR * limit or found > limit / CLEAR):
            break
    return found


def _noisy(value: Any, rng: np.random.Generator) -> Any:
    """Data in another order and a little off; probabilities and small arrays only in order."""
    if not isinstance(value, np.ndarray) or value.ndim == 0:
        return value
    if value.ndim == 2 and value.dtype.kind == "f" and len(value) > NOISY_ROWS:
        sums = value.sum(axis=1)
        if not np.allclose(sums, 1.0, atol=1e-3):
            noise = NOISE * value.std() * rng.standard_normal(value.shape)
            value = (value + noise).astype(value.dtype)
    return np.roll(value, int(rng.integers(1, max(len(value), 2))), axis=0)


def _alike(seen: Any, wanted: Any) -> bool:
    """Whether two samples are of one shape and, but for a few entries, of one value."""
    if not (isinstance(wanted, tuple) and isinstance(seen, tuple) and len(seen) == 2):
        return wanted is None
    # Of one size: whether it has to be a column is for another case to say.
    if not isinstance(seen[1], np.ndarray) or not _is_shape(seen[0]):
        return False
    if math.prod(seen[0]) != math.prod(wanted[0]):
        return False
    got, want = seen[1].astype(float), wanted[1].astype(float)
    if got.shape != want.shape:
        return False
    close = np.isclose(got, want, rtol=0.0, atol=ALIKE * float(np.abs(want).max()), equal_nan=True)
    return bool(close.mean() >= 1 - FEW)


def _is_shape(value: Any) -> bool:
    return isinstance(value, list) and all(type(n) is int and 0 <= n < 2**40 for n in value[:32])


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

    def measured(self, args: tuple[Any, ...], at: Any) -> tuple[float, float, Any]:
        return self.submission.measured(self.function, self.instance, args, at)

    def growth(self) -> float | None:
        put = tuple(self.submission.put(arg) for arg in self.args)
        found = self.submission.growth(self.function, (*self.instance, *put))
        for handle in put:
            self.submission.drop(handle)
        return found


def judge(
    student: Submission, reference: Submission, call: Call, limit: float, seed: int = 0
) -> float:
    """Raise CallFailed (time limit exceeded) when ``call`` is over its budget."""
    found = ratio(student, reference, call, limit, seed)
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
