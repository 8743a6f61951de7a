"""Names for what an answer is off by: a factor, an amount, a multiple of an argument.

``diagnose`` finds that all values are off by one number; here that number is looked for among what
the call was given (lengths of axes, numbers, arrays) and among constants that are easily forgotten.
The words hold no value of a hidden answer or input. Arithmetic only; judges nothing.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

from autograder.asked import Call
from autograder.diagnose import Off, like

Array = np.ndarray[Any, Any]


_TERM = ": is a term counted wrongly, left out, or of the wrong sign?"


def named(off: Off, call: Call, found: str = "") -> tuple[str, str]:
    """Words for what the answer to ``call`` is off by, and one word for it; none without a name.

    ``found`` is the diagnosis that there is already: what it explains no argument does.
    """
    if off.got.size == 1 and _is_simple(off.got) and _is_simple(off.want):
        # Of numbers like 2 and 3 or 0.6 and 0.9 nearly everything is a factor.
        return _of_simple(float(off.got.reshape(())), float(off.want.reshape(())))
    if off.factor is not None and (words := named_factor(off.factor, call.lengths)):
        return words, "factor"
    # From a constant the difference would tell what is expected.
    if off.amount is not None and (np.ptp(off.got) > 0 if off.got.size > 1 else off.got.any()):
        size = float(np.abs(off.want).max(initial=0.0)) + abs(off.amount)
        if words := named_amount(off.amount, size, call.numbers, call.counts):
            return words + _TERM, "factor"
    words = named_part(off.got, off.want, call.arrays) if not found else ""
    return (words + _TERM, "term") if words else ("", "")


def _is_simple(number: Array) -> bool:
    """Whether a number is a fraction of small whole numbers."""
    value = float(number.reshape(()))
    if not math.isfinite(value) or abs(value) > MOST_TIMES:
        return False
    return any(abs(value * k - round(value * k)) < 1e-9 for k in range(1, SIMPLE + 1))


def _of_simple(got: float, want: float) -> tuple[str, str]:
    """What is worth telling of two such numbers."""
    if got == int(got) and want == int(want) and abs(got - want) == 1:
        return f"too {'large' if got > want else 'small'} by one", "factor"
    for ratio, words in _CONSTANTS.items():
        if ratio in (2.0, 0.5, 3.0, 4.0, 0.25) and want and math.isclose(got / want, ratio):
            return words, "factor"
    return "", ""


SIMPLE = 200
"""Denominators up to this are small: shares of a few points."""

# Factors ---------------------------------------------------------------------

_CONSTANTS = {
    2.0: "twice what is expected",
    0.5: "half of what is expected",
    3.0: "three times what is expected",
    4.0: "four times what is expected",
    0.25: "a quarter of what is expected",
    math.sqrt(2.0): "too large by the root of 2",
    math.sqrt(0.5): "too small by the root of 2",
    math.pi: "too large by pi",
    1 / math.pi: "too small by pi",
    2 * math.pi: "too large by 2 pi",
    0.5 / math.pi: "too small by 2 pi",
    math.sqrt(2 * math.pi): "too large by the root of 2 pi",
    1 / math.sqrt(2 * math.pi): "too small by the root of 2 pi",
    1 / math.log(2.0): "what logarithms to base 2 give, in place of natural ones",
    1 / math.log(10.0): "what logarithms to base 10 give, in place of natural ones",
    math.log(2.0): "too small by the natural logarithm of 2",
    math.log(10.0): "too small by a factor that turns logarithms into ones to base 10",
}


def named_factor(factor: float, lengths: Iterable[tuple[int, str]]) -> str:
    """Words for what a factor does, if it is one that has a name.

    ``lengths`` are those of the axes of what the function was given, with words for each.
    """

    def is_(number: float) -> bool:
        return math.isclose(abs(factor), number, rel_tol=1e-6)

    sign = " with the wrong sign" if factor < 0 else ""
    for number, words in _CONSTANTS.items():
        if is_(number) and number in (2.0, 0.5):
            return words + sign
    lengths = [(n, words) for n, words in lengths if n > 1]
    for n, words in lengths:
        if is_(n):
            return f"{n} times what is expected, and {n} is {words}: a sum for a mean?" + sign
        if is_(1 / n):
            return f"1/{n} of what is expected, and {n} is {words}: a mean for a sum?" + sign
        if n > 2 and (is_(n / (n - 1)) or is_(math.sqrt(n / (n - 1)))):
            return f"as if divided by {n} - 1, where {n} is {words}" + sign
        if n > 2 and (is_((n - 1) / n) or is_(math.sqrt((n - 1) / n))):
            return f"as if divided by {n} where {n} - 1 belongs ({n} is {words})" + sign
        if is_(math.sqrt(n)) or is_(1 / math.sqrt(n)):
            grown = "large" if abs(factor) > 1 else "small"
            return f"too {grown} by the root of {n}, which is {words}" + sign
    for n, words in lengths:
        if n > 2 and is_(n * n):
            return f"multiplied by {n} where it has to be divided by it ({n} is {words})" + sign
        if n > 2 and is_(1 / (n * n)):
            return f"divided by {n} where it has to be multiplied by it ({n} is {words})" + sign
    return next((words + sign for number, words in _CONSTANTS.items() if is_(number)), "")


# Amounts ---------------------------------------------------------------------

_TIMES = {1.0: "", 2.0: "twice ", 0.5: "half of "}
MOST_TIMES = 1e6
"""A larger multiple of anything is taken for chance."""


def named_amount(
    amount: float,
    size: float,
    numbers: Iterable[tuple[float, str]],
    counts: Iterable[tuple[int, str]],
) -> str:
    """Words for what an answer is too large by, if that is an amount that has a name.

    ``size`` is that of the numbers whose difference it is; ``numbers`` are floats that the function
    was given, ``counts`` its whole numbers and the lengths of the axes, with words for each.
    """
    # What rounding may have done to it: many terms have been summed.
    room = 1e-11 * size + 1e-9 * abs(amount)
    for number, words in numbers:
        for times, said in _TIMES.items():
            if (
                number not in (0.0, 0.5, 1.0, 2.0)
                and room < 1e-4 * abs(number)
                and abs(abs(amount) - abs(times * number)) <= room
            ):
                return f"off by {said}{words}"
    for unit, words in _units(counts):
        times = abs(amount) / unit
        # Finer than that a whole number is no chance.
        if (
            room < 1e-4 * unit
            and 0.5 < times < MOST_TIMES
            and abs(times - round(times)) * unit <= room
        ):
            return f"off by {'' if round(times) == 1 else 'a multiple of '}{words}"
    return ""


def _units(counts: Iterable[tuple[int, str]]) -> Iterator[tuple[float, str]]:
    yield 0.5 * math.log(2 * math.pi), "half the logarithm of 2 pi"
    for n, words in counts:
        if n > 2:
            yield math.log(n), f"the logarithm of {words}"
    yield math.log(2.0), "the logarithm of 2"


# Arrays ----------------------------------------------------------------------

FEWEST, MOST = 6, 10**6
"""Of fewer numbers a line through them may be chance; more take too long."""


def named_part(got: Array, want: Array, given: Iterable[tuple[Array, str]]) -> str:
    """Words for what a wrong array and the right one differ by, if an argument makes it.

    ``given`` are arrays that the function was given, with words for each.
    """
    with np.errstate(all="ignore"):
        right = want.astype(np.float64)
        gap = got.astype(np.float64) - right
        if not FEWEST <= gap.size <= MOST or not np.isfinite(gap).all():
            return ""
        for argument, words in given:
            if argument.shape != gap.shape or argument.dtype.kind not in "fiu":
                continue
            other = argument.astype(np.float64)
            # What is right is no news: of such a function every answer may be a multiple.
            if not np.isfinite(other).all() or _on_a_line(other, right) is not None:
                continue
            if len(np.unique(other)) < FEWEST:
                continue
            if (found := _on_a_line(other, gap)) is not None:
                more = " and a constant" if abs(found) > 1e-9 * np.abs(gap).max() else ""
                return f"off by a multiple of {words}{more}"
    return ""


def _on_a_line(x: Array, y: Array) -> float | None:
    """Where y = a x + c holds for all elements with a that matters: c."""
    x_, y_ = x - x.mean(), y - y.mean()
    square = float((x_ * x_).sum())
    if not square or np.ptp(y) <= 1e-3 * np.abs(y).max():
        return None
    slope = float((x_ * y_).sum()) / square
    constant = float(y.mean() - slope * x.mean())
    return constant if like(slope * x + constant, y, 1e-7) else None
