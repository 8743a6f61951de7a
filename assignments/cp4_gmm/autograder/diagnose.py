"""What one simple change would make of a wrong answer: generic diagnoses, tried in a fixed order.

A diagnosis is a fact about two arrays, what came back and what is wanted: it holds for all
elements at once, up to rounding, or it is not told. Its words hold no value and no index of a
hidden answer, so that everybody may read them; a number that goes with them is apart. Arithmetic
on plain arrays only; judges nothing.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]


@dataclass(frozen=True)
class Remark:
    """One diagnosis; empty where there is none."""

    text: str = ""
    """A sentence, safe to be read by anybody."""
    figure: str = ""
    """The number that goes with it, for whoever may read values."""
    factor: float | None = None
    """What all values are off by, where that is one factor."""
    amount: float | None = None
    """What all values are too large by, where that is one amount."""
    kind: str = ""
    """One word for it; empty where nothing is found out but that values are wrong."""

    def __bool__(self) -> bool:
        return bool(self.text)


@dataclass(frozen=True)
class Off:
    """A wrong answer of the right form beside the right one: what they differ by may have a name
    for whoever knows what was asked."""

    got: Array
    want: Array
    factor: float | None = None
    amount: float | None = None


NONE = Remark()
CLOSE = 1e-3
"""Errors below this share of the largest value are called close."""
MOST = 2 * 10**6
"""Of more numbers nothing is found out: it would take seconds."""


def like(a: Array, b: Array, rtol: float) -> bool:
    """Whether two arrays of one shape, ``b`` of finite numbers, are the same up to rounding."""
    return bool(
        np.isfinite(b).all()
        and (np.abs(a - b) <= rtol * np.abs(b) + 1e-9 * np.abs(b).max(initial=0.0)).all()
    )


# Shapes ----------------------------------------------------------------------


def shape(got: Array, want: Array) -> str:
    """A sentence on an answer of a wrong shape that is easily mended, or ""."""
    n = max(want.shape, default=0)
    if n > 1 and want.size == n and got.shape == (n, n):
        return f" Arrays of shape ({n}, 1) and ({n},) broadcast to ({n}, {n})."
    if got.dtype.kind not in "fiu" or got.size == 0 or want.size == 0:
        return ""
    with np.errstate(all="ignore"):
        a, b = got.astype(np.float64), want.astype(np.float64)
        if got.size == want.size:
            if [m for m in got.shape if m > 1] == [m for m in want.shape if m > 1]:
                right = like(a.reshape(-1), b.reshape(-1), 1e-6)
                return " The values are right, the axes are not." if right else ""
            right = got.T.shape == want.shape and like(a.T.reshape(-1), b.reshape(-1), 1e-6)
            return " The transpose would be right." if right else ""
        return _part(a, b) or _more(a, b)


def _part(a: Array, b: Array) -> str:
    """Fewer values than wanted, where what came back is made of those that are."""
    for axis in range(b.ndim):
        for name, reduced in (
            ("sum", b.sum(axis)),
            ("mean", b.mean(axis)),
            ("largest", b.max(axis)),
        ):
            if np.squeeze(a).shape == np.squeeze(reduced).shape and like(
                np.squeeze(a), np.squeeze(reduced), 1e-6
            ):
                word = "largest value" if name == "largest" else name
                return f" It is the {word} over axis {axis} of what is expected."
        if a.ndim == b.ndim and a.shape[axis] < b.shape[axis]:
            for rows in (np.arange(a.shape[axis]), np.arange(-a.shape[axis], 0)):
                kept = np.take(b, rows, axis)
                if kept.shape == a.shape and like(a, kept, 1e-6):
                    which = "last" if rows[0] == 0 else "first"
                    missing = b.shape[axis] - a.shape[axis]
                    some = f"{missing} are" if missing > 1 else "one is"
                    return f" Along axis {axis} the {which} {some} missing; the others are right."
    return ""


def _more(a: Array, b: Array) -> str:
    """More values than wanted, of which a sum or mean would be right."""
    for axis in range(a.ndim):
        for name, reduced in (("sum", a.sum(axis)), ("mean", a.mean(axis))):
            if np.squeeze(reduced).shape == np.squeeze(b).shape and like(
                np.squeeze(reduced), np.squeeze(b), 1e-6
            ):
                return f" Its {name} over axis {axis} would be right."
    for name, total in (("sum", a.sum()), ("mean", a.mean())):
        if b.size == 1 and math.isclose(float(total), float(b.reshape(())), rel_tol=1e-6):
            return f" The {name} of its values would be right."
    return ""


# Values ----------------------------------------------------------------------


def values(got: Array, want: Array, rtol_asked: float = 0.0) -> Remark:
    """A remark on wrong values of the right shape, all of them numbers.

    ``rtol_asked`` is the relative tolerance that was missed, where there is one.
    """
    with np.errstate(all="ignore"):
        a, b = got.astype(np.float64), want.astype(np.float64)
        scale = np.abs(b).max(initial=0.0)
        if not (0 < a.size <= MOST and np.isfinite(a).all() and np.isfinite(b).all() and scale > 0):
            return NONE
        coarse = got.dtype.kind == "f" and got.dtype.itemsize <= 4
        close = bool((np.abs(a - b) <= CLOSE * scale).all())
        if close and coarse:
            said = " Close; but float32 is too coarse here, compute in float64."
            return Remark(said, kind="float32")
        rtol = 1e-3 if coarse else 1e-6
        # What is nearly right as it is would nearly be so in another order, too.
        for diagnosis in _ORDER if not like(a, b, rtol) else ():
            remark = diagnosis(a, b, rtol)
            if remark:
                return dataclasses.replace(remark, kind=diagnosis.__name__[1:])
        ratio = float(a.reshape(-1)[0] / b.reshape(-1)[0])
        # Equal numbers are always off by one factor: it is told where it has a name.
        only = ratio if math.isfinite(ratio) and like(a, ratio * b, rtol) else None
        gap = float((a - b).reshape(-1)[0])
        same = gap if like(a - gap, b, 0.01 * rtol) else None
        if close:
            said = " Close, but not close enough"
            worst = float((np.abs(a - b) / scale).max())
            right = -math.log10(worst) if worst else math.inf
            asked = -math.log10(rtol_asked) if 0 < rtol_asked < CLOSE else 0.0
            if right < asked:
                said += f": right to {right:.1f} digits, and {asked:.3g} are asked"
            return Remark(f"{said}.", factor=only, amount=same)
        return _where(a, b, rtol) or Remark(factor=only, amount=same)


def _transposed(a: Array, b: Array, rtol: float) -> Remark:
    if a.ndim == 2 and a.shape == a.T.shape and like(a.T, b, rtol):
        return Remark(" The transpose would be right.")
    return NONE


def _sign(a: Array, b: Array, rtol: float) -> Remark:
    if like(-a, b, rtol):
        return Remark(f" {'Every value has' if a.size > 1 else 'It has'} the wrong sign.")
    if a.size > 1 and (b < 0).any() and like(a, np.abs(b), rtol):
        return Remark(" Negative values have lost their sign.")
    if a.size > 1 and (b < 0).any() and like(a, np.maximum(b, 0), rtol):
        return Remark(" Negative values have become zero.")
    return NONE


def _function(a: Array, b: Array, rtol: float) -> Remark:
    """A root, a square, a logarithm, an exponential too many or too few."""
    it = "They are" if a.size > 1 else "It is"
    if like(a, b * b, rtol):
        return Remark(f" {it} the square of what is expected.")
    if (b >= 0).all() and like(a * a, b, rtol):
        return Remark(f" {it} the root of what is expected.")
    if (b > 0).all() and like(a, np.log(b), rtol):
        return Remark(f" {it} the logarithm of what is expected.")
    powers = np.exp(np.minimum(b, 700.0))
    if (b < 700.0).all() and like(a, powers, rtol):
        return Remark(f" {it} the exponential of what is expected.")
    if (b != 0).all() and like(a, 1.0 / b, rtol):
        return Remark(f" {it} one over what is expected.")
    if a.size > 1 and (b >= 0).all() and (b <= 1).all() and like(a, 1.0 - b, rtol):
        return Remark(" They are one minus what is expected.")
    if a.size > 1 and not like(np.round(b), b, rtol):
        for name, rounded in (("cut off", np.trunc(b)), ("rounded away", np.round(b))):
            if like(a, rounded, 1e-12):
                return Remark(f" The decimals are {name}.")
    return NONE


def _order(a: Array, b: Array, rtol: float) -> Remark:
    """The right values in another place."""
    if a.ndim == 0 or a.size < 2:
        return NONE
    rows = "row" if a.ndim > 1 else "value"
    if len(a) > 2 and not like(b[1:], b[:-1], rtol):
        for step, said in ((1, "before"), (-1, "after")):
            here, there = (slice(1, None), slice(None, -1))[::step]
            if like(a[here], b[there], rtol):
                return Remark(f" Off by one: every {rows} is the one {said} it.")
    if like(a[::-1], b, rtol):
        return Remark(f" The {rows}s are in reverse order.")
    if len(a) > 1 and _same_rows(a.reshape(len(a), -1), b.reshape(len(a), -1), rtol):
        return Remark(f" The {rows}s are right, but in another order.")
    if a.ndim == 2 and a.shape[1] > 1 and _same_rows(a.T, b.T, rtol):
        return Remark(" The columns are right, but in another order.")
    if like(np.sort(a, axis=None), np.sort(b, axis=None), rtol):
        return Remark(" The values are right, but in other places.")
    return NONE


def _same_rows(a: Array, b: Array, rtol: float) -> bool:
    """Whether two tables have the same rows in different orders; each row is matched to one."""
    if len(a) > 500:
        return False
    left = list(range(len(b)))
    for row in a:
        hit = next((j for j in left if like(row, b[j], rtol)), None)
        if hit is None:
            return False
        left.remove(hit)
    return True


def _factor(a: Array, b: Array, rtol: float) -> Remark:
    scale = np.abs(b).max()
    if np.ptp(b) <= 1e-3 * scale:  # equal numbers differ from others by one factor, always
        return NONE
    factor = float((a * b).sum() / (b * b).sum())
    if factor and like(a, factor * b, rtol):
        figure = f"got / wanted = {factor:.6g} everywhere"
        return Remark(" All are off by the same factor.", figure, factor)
    gap = float(np.mean(a - b))
    if like(a - gap, b, rtol):
        figure = f"got - wanted = {gap:.6g} everywhere"
        return Remark(" All are off by the same amount.", figure, amount=gap)
    return NONE


def _constant(a: Array, b: Array, rtol: float) -> Remark:
    if a.size > 1 and like(a, a.reshape(-1)[:1], rtol) and not like(b, b.reshape(-1)[:1], 1e-3):
        return Remark(" All your values are the same.")
    return NONE


def _by_line(a: Array, b: Array, rtol: float) -> Remark:
    """Every row (or column) is off by a factor or an amount of its own."""
    if a.ndim != 2 or min(a.shape) < 2 or a.size < 6:
        return NONE
    for axis, name in ((1, "row"), (0, "column")):
        weight = (b * b).sum(axis=axis, keepdims=True)
        factor = np.where(weight > 0, (a * b).sum(axis=axis, keepdims=True) / weight, 0.0)
        flat = np.ptp(b, axis=axis) <= 1e-3 * np.abs(b).max(axis=axis)
        right = (np.abs(a - b) <= rtol * np.abs(b).max()).all(axis=axis)
        if right.sum() > len(right) / 2:
            continue  # the others are told by their place
        if not flat.all() and (factor != 0).any() and like(a, factor * b, rtol):
            return Remark(f" Every {name} is off by a factor of its own.")
        gap = (a - b).mean(axis=axis, keepdims=True)
        if like(a - gap, b, rtol):
            return Remark(f" Every {name} is off by an amount of its own.")
    return NONE


def _sums(a: Array, b: Array, rtol: float) -> Remark:
    """Probabilities that do not sum to one where they have to."""
    for axis in range(b.ndim):
        if b.shape[axis] > 1 and (b >= 0).all() and _ones(b.sum(axis=axis)):
            other = [n for n in range(b.ndim) if n != axis and _ones(a.sum(axis=n))]
            if like(a.sum(axis=axis), b.sum(axis=axis), CLOSE):
                continue
            if other:
                return Remark(
                    f" Its sums over axis {other[0]} are one, where those over axis {axis} have "
                    "to be."
                )
            where = f" over axis {axis}" if b.ndim > 1 else ""
            return Remark(f" Its sums{where} are not one, and have to be.")
    return NONE


def _ones(sums: Array) -> bool:
    return like(sums, np.ones_like(sums), 1e-6)


def _floor(a: Array, b: Array, rtol: float) -> Remark:
    """Right, but never below (or above) some value."""
    if a.size < 3:
        return NONE
    for name, low in (("below", a.min()), ("above", a.max())):
        cut = np.maximum(b, low) if name == "below" else np.minimum(b, low)
        touched = np.abs(a - b) > rtol * np.abs(b).max()
        # Equal ones may have been moved by anything: an amount under a root, say.
        several = 0 < touched.sum() < a.size and np.ptp(b[touched]) > 0
        if several and like(a, cut, rtol):
            return Remark(
                f" Values {name} some limit are cut off there; the others are right.",
                f"the limit is {float(low):.6g}",
            )
    return NONE


def _where(a: Array, b: Array, rtol: float) -> Remark:
    """Which part of a table is wrong, where the rest of it is right."""
    wrong = ~(np.abs(a - b) <= rtol * np.abs(b) + 1e-9 * np.abs(b).max())
    place = part(wrong)
    return Remark(f" These are {place}, and nothing else.", kind="place") if place else NONE


def part(wrong: Array) -> str:
    """Words for the marked part of an array, if it is one that has a name: "the last row"."""
    if wrong.ndim == 0 or wrong.all() or not wrong.any():
        return ""
    rows = "row" if wrong.ndim > 1 else "value"
    lines = np.flatnonzero(wrong.reshape(len(wrong), -1).any(axis=1))
    if len(wrong) > 2 and len(lines) == 1 and lines[0] in (0, len(wrong) - 1):
        return f"the {'first' if lines[0] == 0 else 'last'} {rows}"
    if wrong.ndim == 2 and min(wrong.shape) > 1:
        square = wrong.shape[0] == wrong.shape[1] and wrong.shape[0] > 2
        eye = np.eye(len(wrong), dtype=bool) if square else wrong
        if square and (wrong == eye).all():
            return "the diagonal"
        if square and (wrong == ~eye).all():
            return "what is off the diagonal"
        columns = np.flatnonzero(wrong.any(axis=0))
        whole = wrong[:, columns].all()
        if len(columns) == 1 and wrong.shape[1] > 2 and columns[0] in (0, wrong.shape[1] - 1):
            which = "first" if columns[0] == 0 else "last"
            return f"{'' if whole else 'part of '}the {which} column"
        if whole and len(columns) < wrong.shape[1]:
            return "whole columns"
    if wrong.ndim > 1 and wrong[lines].all() and len(lines) < len(wrong):
        return "whole rows"
    return ""


_ORDER: tuple[Callable[[Array, Array, float], Remark], ...] = (
    _transposed,
    _sign,
    _function,
    _order,
    _constant,
    _factor,
    _by_line,
    _sums,
    _floor,
)
