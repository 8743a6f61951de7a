"""How time and memory grow with the size of the input, and whether that is too fast.

A call is made at the sizes n, 2n and 4n; the slope of a straight line through the logarithms of
size and cost is the exponent: 1 when the cost doubles with the size, 2 when it doubles twice, 0
when it stays. Time is the least CPU time of several rounds in which the sizes take turns, memory
the most that a call took beyond what was there, both by the kernel's account. An exponent near
its limit is undecided: more rounds, then larger sizes; what is in doubt after the last is decided
for the student. Nothing is compared with a reference, and nothing is said about the answers: a
case that judges growth requires one that judges them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from autograder.budget import OVERHEAD_MB, OVERHEAD_SECONDS, Call, Side, noisy
from autograder.model import Verdict
from autograder.proxy import Submission
from autograder.session import CallFailed

SIZES = 3
"""Sizes that a line is laid through, each twice the one before."""
MIN_ROUNDS, MAX_ROUNDS = 3, 9
MARGIN = 0.2
"""An exponent that is nearer to its limit than this is undecided."""
MAX_DOUBLINGS = 2
"""How often larger sizes are tried while it is undecided."""
COPIES = 4
"""Copies of its arguments that a call may make: they are not judged."""

MB = 2**20


@dataclass(frozen=True)
class Growing:
    """A call whose input grows: ``function(*at(size))`` for ``size`` from ``first`` on.

    ``name`` is what grows, in the words of the statement (``"N"``); ``why`` ends the sentence about
    memory that grows too fast ("an N x N array is made; N x K is enough"). ``make`` builds the
    object of a method.
    """

    function: str
    at: Callable[[int], tuple[Any, ...]]
    first: int
    name: str = "N"
    why: str = ""
    make: Callable[[Submission], Any] | None = None


def exponent(sizes: Sequence[float], costs: Sequence[float]) -> float:
    """Slope of the line of least squares through the logarithms; ``costs`` are above zero."""
    return float(np.polyfit(np.log(sizes), np.log(costs), 1)[0])


def is_over(found: float, limit: float) -> bool | None:
    """Whether an exponent is clearly over ``limit``; None while it is near to it."""
    return None if abs(found - limit) < MARGIN else found > limit


def judge(
    student: Submission,
    growing: Growing,
    time: float | None = None,
    memory: float | None = None,
    seed: int = 0,
) -> None:
    """Raise CallFailed when an exponent is over its limit.

    ``time`` and ``memory`` are the largest exponents allowed; one that is None is not judged.
    Memory is judged only where the platform keeps an account of it.
    """
    # Memory first: in a process that has run nothing big, it grows as much as it needs.
    # Of memory the largest counts: what an allocator kept from the last call is not taken anew.
    for limit, what, cost, pick, verdict in (
        (memory, "memory", _memory, max, Verdict.MEMORY_LIMIT_EXCEEDED),
        (time, "CPU time", _seconds, min, Verdict.TIME_LIMIT_EXCEEDED),
    ):
        if limit is None:
            continue
        found = measure(student, growing, cost, limit, np.random.default_rng(seed), pick)
        if found is not None and is_over(found, limit):
            why = f": {growing.why}" if growing.why and what == "memory" else ""
            raise CallFailed(
                verdict,
                f"{growing.function}: {what} grows {_fold(found)}-fold when {growing.name} grows "
                f"4-fold{why}. At most {_fold(limit)}-fold is allowed.",
                hint=f"Look for work or arrays that grow with the square of {growing.name}, or "
                "with a product of sizes, where less is enough.",
            )


Cost = Callable[[Side, tuple[Any, ...], np.random.Generator], float | None]


def measure(
    student: Submission,
    growing: Growing,
    cost: Cost,
    limit: float,
    rng: np.random.Generator,
    pick: Callable[[float, float], float] = min,
) -> float | None:
    """The exponent of ``cost``, measured until its side of ``limit`` is clear.

    Of the rounds ``pick`` takes the least or the largest. None where the platform keeps no
    account. Raises CallFailed when a call fails.
    """
    side = Side(student, Call(growing.function, (), growing.make))
    known: dict[int, float] = {}
    found = 0.0
    for doubling in range(MAX_DOUBLINGS + 1):
        sizes = [growing.first << (doubling + i) for i in range(SIZES)]
        inputs = {size: growing.at(size) for size in sizes}
        for done in range(1, MAX_ROUNDS + 1):
            for size in sizes:
                args = inputs[size]
                # Other data in each round, so that no answer which was kept is fast.
                args = args if done == 1 else tuple(noisy(arg, rng) for arg in args)
                try:
                    spent = cost(side, args, rng)
                except CallFailed:
                    if doubling:
                        return found  # sizes that the check did not ask for: still in doubt
                    raise
                if spent is None:
                    return None
                known[size] = pick(known.get(size, spent), spent)
            found = exponent(sizes, [known[size] for size in sizes])
            if done >= MIN_ROUNDS and is_over(found, limit) is not None:
                return found
    return found


def _seconds(side: Side, args: tuple[Any, ...], rng: np.random.Generator) -> float | None:
    at = rng.integers(2**31, size=1)
    return max(side.measured(args, at)[0], OVERHEAD_SECONDS)


def _memory(side: Side, args: tuple[Any, ...], rng: np.random.Generator) -> float | None:
    grown = side.growth(args)
    if grown is None:
        return None
    own = sum(arg.nbytes for arg in args if isinstance(arg, np.ndarray)) / MB
    return max(grown - COPIES * own, OVERHEAD_MB)


def _fold(exponent_: float) -> str:
    """How much four times the size costs, in words: 4.0, 16."""
    fold = 4.0**exponent_
    return f"{fold:.1f}" if fold < 10 else f"{fold:.0f}"
