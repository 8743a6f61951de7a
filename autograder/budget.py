"""How slow is too slow, and how much memory too much, on a noisy machine.

A budget is a ratio: the submission's CPU time over the reference's, both by
the kernel's account, on the same input, in equal workers, measured in turn.
Two estimates of it are kept, with opposite weaknesses: the ratio of the best
times, which a lucky round of one side upsets, and the median of the rounds'
ratios, which a machine that is disturbed all the time upsets. While they do not
agree that it is clearly on one side of the limit, there are more rounds; what
is in doubt after the last one is decided for the student. No number of seconds
is ever compared with a constant.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from autograder.model import Verdict
from autograder.proxy import Submission
from autograder.session import CallFailed

MIN_ROUNDS = 3
MAX_ROUNDS = 15
CLEAR = 0.6
"""A ratio under this share of the limit is clearly within, one over the limit divided by it
clearly over: no more rounds are needed."""
FEWEST_ROUNDS, FAR = 2, 3.0
"""A slow loop takes long: so many times as much as is clearly over is told in fewer rounds."""
OVERHEAD_SECONDS = 0.0003
"""What one request costs the worker by itself, so that it is not judged."""
OVERHEAD_MB = 8.0
"""What an allocator keeps for itself and a small call takes, so that it is not judged."""

MOST = 0.75
"""This share of the rounds has to be over the limit for all of them to be clearly over: of two
rounds, one that was lucky for the reference would be half of what is typical."""

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


@dataclass
class Rounds:
    """The CPU seconds of all rounds so far, and the ratio that they speak for."""

    own: list[float] = field(default_factory=list)
    """Of the student's call, its arguments' arrival and the look at its result ..."""
    allowed: list[float] = field(default_factory=list)
    """... of the reference's call alone ..."""
    around: list[float] = field(default_factory=list)
    """... and of what the reference's worker spends around it."""

    def add(self, own: float, allowed: float, around: float) -> None:
        """One more round."""
        self.own.append(own)
        self.allowed.append(allowed)
        self.around.append(max(around, 0.0))

    def __len__(self) -> int:
        return len(self.own)

    def _ratio(self, own: float, allowed: float) -> float:
        # The least, or a disturbance around the reference's call would be taken off the student's.
        spent = max(own - min(self.around), 0.0)
        return (spent + OVERHEAD_SECONDS) / (allowed + OVERHEAD_SECONDS)

    @property
    def best(self) -> float:
        """The ratio of the two sides' best times."""
        return self._ratio(min(self.own), min(self.allowed))

    @property
    def typical(self) -> float:
        """The median of the rounds' ratios, of the first one only where there is no other.

        A first call imports, and touches memory that the next ones find touched.
        """
        return statistics.median(self._each())

    def _each(self) -> list[float]:
        pairs = list(zip(self.own, self.allowed, strict=True))
        return [self._ratio(*pair) for pair in pairs[1:] or pairs]

    def over(self, limit: float) -> bool | None:
        """Whether the ratio is over ``limit``; None while more rounds have to tell."""
        low, high = sorted((self.best, self.typical))
        if len(self) >= MIN_ROUNDS and high < CLEAR * limit:
            return False
        enough = FEWEST_ROUNDS if low > FAR * limit / CLEAR else MIN_ROUNDS
        most = statistics.fmean(one > limit for one in self._each()) >= MOST
        if len(self) >= enough and low > limit / CLEAR and most:
            return True
        return low > limit if len(self) >= MAX_ROUNDS else None


def measure(
    student: Submission, reference: Submission, call: Call, limit: float, seed: int = 0
) -> Rounds:
    """CPU time of ``call`` in ``student`` beside that in ``reference``, in rounds.

    The data are a little different in each round, so that an answer which was
    kept is a wrong one, and the two sides take turns in being first. What the
    student's side spends on taking its arguments in, or on showing its result,
    beyond what the reference's does, counts too. Stops as soon as the side of
    ``limit`` is clear. Raises CallFailed when the student's call fails or its
    answer is not the reference's.
    """
    rng = np.random.default_rng(seed)
    sides = [Side(side, call) for side in (student, reference)]
    rounds = Rounds()
    while not rounds or rounds.over(limit) is None:
        args = call.args if not rounds else tuple(noisy(arg, rng) for arg in call.args)
        at = rng.integers(2**31, size=SAMPLE)
        turn = 1 if len(rounds) % 2 == 0 else -1
        found = [side.measured(args, at) for side in sides[::turn]]
        (_, own, seen), (allowed, whole, wanted) = found[::turn]
        if not _alike(seen, wanted):
            raise CallFailed(
                Verdict.WRONG_ANSWER,
                f"{call.function} gives another answer than it has to for the data on which its "
                "time is taken: only right answers are timed.",
                hint="Compute every answer from the arguments, and keep none from before.",
            )
        rounds.add(own, allowed, whole - allowed)
    return rounds


def noisy(value: Any, rng: np.random.Generator) -> Any:
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


class Side:
    """One submission's worker and the call that is measured there."""

    def __init__(self, submission: Submission, call: Call) -> None:
        self.submission = submission
        owner, _, method = call.function.rpartition(".")
        # Called through the class, so that the instance is the first argument.
        self.instance: tuple[Any, ...] = ()
        if owner:
            make = call.make or (lambda side: getattr(side, owner)())
            self.instance = (make(submission),)
        else:
            getattr(submission, method)  # a missing function is said as such
        self.function = call.function

    def measured(self, args: tuple[Any, ...], at: Any) -> tuple[float, float, Any]:
        """CPU seconds of the call, of everything, and a look at the result: see ``proxy``."""
        return self.submission.measured(self.function, self.instance, args, at)

    def growth(self, args: tuple[Any, ...]) -> float | None:
        """MB that the call takes beyond its arguments; None where nobody keeps an account."""
        put = tuple(self.submission.put(arg) for arg in args)
        found = self.submission.growth(self.function, (*self.instance, *put))
        for handle in put:
            self.submission.drop(handle)
        return found


def judge(
    student: Submission,
    reference: Submission,
    call: Call,
    limit: float,
    memory: float | None = None,
    seed: int = 0,
) -> Rounds:
    """Raise CallFailed (time or memory limit exceeded) when ``call`` is over its budget.

    ``limit`` and ``memory`` are multiples of what the reference takes.
    """
    # Memory first: in a process that has run nothing big, it grows as much as it needs.
    if memory is not None:
        judge_memory(student, reference, call, memory)
    rounds = measure(student, reference, call, limit, seed)
    if rounds.over(limit):
        raise CallFailed(
            Verdict.TIME_LIMIT_EXCEEDED,
            f"{call.function} takes about {_rounded(rounds.best)} times the reference's CPU time; "
            f"{limit:g} times is allowed.",
            hint="Replace Python loops over rows by whole-array NumPy operations.",
        )
    return rounds


def judge_memory(student: Submission, reference: Submission, call: Call, limit: float) -> None:
    """Raise CallFailed (memory limit exceeded) when ``call`` takes too much memory.

    Judges nothing where the platform keeps no account of a process's memory.
    """
    grown = [Side(side, call).growth(call.args) for side in (student, reference)]
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
