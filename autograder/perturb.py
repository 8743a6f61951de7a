"""Other arguments like those of a recorded call: noise, scales, ties, other rows, other sizes.

What a recorded array obeys, the new one obeys too: probabilities sum to one, what is above zero
stays so, labels stay whole numbers in their range. Arrays that share the length of an axis keep
sharing it. Arrays in, arrays out; nothing is called here.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]
Arrays = list[Array]
MANY_ROWS = 40_000
"""Rows of the largest calls, so that code that works block by block has several blocks ..."""
MANY_NUMBERS = 400_000
"""... and the numbers that they may hold."""


# Values with arrays in them --------------------------------------------------


def is_array(value: Any) -> bool:
    """Whether ``value`` is an array that can be perturbed, or a list of numbers as good as one."""
    if isinstance(value, np.ndarray):
        return value.ndim > 0 and value.size > 0 and value.dtype.kind in "fiub"
    return isinstance(value, list) and bool(value) and all(type(item) is float for item in value)


def _key(value: Any) -> tuple[Any, ...]:
    array = np.asarray(value)
    return array.dtype.str, array.shape, array.tobytes()


def arrays_in(value: Any, found: dict[tuple[Any, ...], Array]) -> None:
    """Gather the arrays in a nested value; equal ones count once."""
    if is_array(value):
        found.setdefault(_key(value), np.array(value))
    elif isinstance(value, dict):
        arrays_in(list(value.values()), found)
    elif isinstance(value, list | tuple):
        for item in value:
            arrays_in(item, found)


Number = tuple[type, int | float]
"""A number in a nested value, by its type and what it is now."""


def numbers_in(value: Any, found: set[Number]) -> None:
    """Gather the single numbers in a nested value."""
    if type(value) in (int, float):
        found.add((type(value), value))
    elif isinstance(value, dict):
        numbers_in(list(value.values()), found)
    elif isinstance(value, list | tuple) and not is_array(value):
        for item in value:
            numbers_in(item, found)


def exchanged(
    value: Any, new: Mapping[tuple[Any, ...], Array], numbers: Mapping[Number, int | float]
) -> Any:
    """The nested value with other arrays and numbers in it, by what they are now."""
    if is_array(value):
        array = new[_key(value)]
        return array.tolist() if isinstance(value, list) else array.copy()
    if isinstance(value, dict):
        return {key: exchanged(item, new, numbers) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return type(value)([exchanged(item, new, numbers) for item in value])
    return numbers.get((type(value), value), value) if type(value) in (int, float) else value


# What arrays obey ------------------------------------------------------------


def obeying(array: Array, like: Array) -> Array:
    """``array``, mended so that it obeys what ``like`` obeys."""
    if like.dtype.kind == "b":
        return array.astype(bool)
    if like.dtype.kind in "iu":
        whole = np.rint(np.nan_to_num(array.astype(np.float64)))
        return np.clip(whole, like.min(), like.max()).astype(like.dtype)
    finite = np.isfinite(like)
    if not finite.all():
        return array if array.shape != like.shape else np.where(finite, array, like)
    if _sums_to_one(like):
        share = np.where(np.isfinite(array), np.abs(array), 1.0)
        total = share.sum(axis=-1, keepdims=True)
        return np.asarray(
            np.where(total > 0, share / np.where(total > 0, total, 1.0), 1.0 / share.shape[-1])
        )
    if _logs_of_shares(like):
        peak = array.max(axis=-1, keepdims=True)
        return np.asarray(array - peak - np.log(np.exp(array - peak).sum(axis=-1, keepdims=True)))
    if (like > 0).all():
        array = np.where(array == 0, np.abs(like).min(), np.abs(array))
    elif (like >= 0).all():
        array = np.abs(array)
    if like.ndim == 1 and len(like) > 2 and (np.diff(like) >= 0).all():
        array = np.sort(array)
    return array


def _sums_to_one(array: Array) -> bool:
    return bool((array >= 0).all() and np.allclose(array.sum(axis=-1), 1.0, atol=1e-6))


def _logs_of_shares(array: Array) -> bool:
    return bool((array <= 0).all() and np.allclose(np.exp(array).sum(axis=-1), 1.0, atol=1e-6))


def _is_symmetric(array: Array) -> bool:
    """Whether it holds symmetric or triangular matrices, which a change of entries would break."""
    if array.ndim < 2 or array.shape[-1] != array.shape[-2] or array.shape[-1] < 2:
        return False
    turned = np.swapaxes(array, -1, -2)
    triangular = (np.triu(array, 1) == 0).all() or (np.tril(array, -1) == 0).all()
    return bool(np.allclose(array, turned) or triangular)


# Manners ---------------------------------------------------------------------

Manner = Callable[[Array, np.random.Generator, float], Array]
"""An array to another one of its shape. The last argument is the same for all arrays of a call."""


def _spread(array: Array) -> float:
    finite = array[np.isfinite(array)].astype(np.float64)
    return float(finite.std()) or float(np.abs(finite).max(initial=0.0)) or 1.0


def _noise(array: Array, rng: np.random.Generator, common: float) -> Array:
    if _sums_to_one(array) or (array > 0).all():
        return np.asarray(array * np.exp(0.5 * rng.normal(size=array.shape)))
    return np.asarray(array + 0.3 * _spread(array) * rng.normal(size=array.shape))


def _scaled(array: Array, rng: np.random.Generator, common: float) -> Array:
    return np.asarray(array * 10.0 ** (6 * common - 3))


def _extreme(array: Array, rng: np.random.Generator, common: float) -> Array:
    return np.asarray(array * (1e8 if common < 0.5 else 1e-8))


def _shifted(array: Array, rng: np.random.Generator, common: float) -> Array:
    if (array > 0).all():
        return array
    return np.asarray(array + _spread(array) * 10.0 ** (4 * common - 1))


def _whole(array: Array, rng: np.random.Generator, common: float) -> Array:
    return np.asarray(np.rint(array * (4.0 / _spread(array))))


def _single(array: Array, rng: np.random.Generator, common: float) -> Array:
    if _sums_to_one(array):  # in float32 it would not
        return array
    return array.astype(np.float32)


def _zeros(array: Array, rng: np.random.Generator, common: float) -> Array:
    return np.where(rng.random(array.shape) < max(common, 0.2), 0.0, array)


def _ties(array: Array, rng: np.random.Generator, common: float) -> Array:
    few = np.quantile(array, [0.0, 0.5, 1.0], method="nearest")
    return np.asarray(few[rng.integers(0, 3, array.shape)], dtype=np.float64)


def _drawn(array: Array, rng: np.random.Generator, common: float) -> Array:
    values = np.unique(array)
    if array.dtype.kind in "iu":
        return np.asarray(rng.integers(int(values[0]), int(values[-1]) + 1, array.shape))
    return rng.permuted(array)


def _constant_column(array: Array, rng: np.random.Generator, common: float) -> Array:
    made = np.array(array, dtype=np.float64)
    at = int(rng.integers(made.shape[-1]))
    made[..., at] = made[..., at].flat[0]
    return made


MANNERS: dict[str, Manner] = {
    "noise": _noise,
    "another scale": _scaled,
    "a shift": _shifted,
    "whole numbers": _whole,
    "float32": _single,
    "zeros": _zeros,
    "ties": _ties,
    "entries drawn anew": _drawn,
    "a constant column": _constant_column,
    "an extreme scale": _extreme,
}
SIZES = ("other order", "repeated rows", "fewer rows", "one row", "many rows")
SETTINGS = "other settings"
ALL = ("as recorded", *MANNERS, *SIZES, SETTINGS)
"""Every way to make other arguments, in the words of a report."""
EXACT = (
    "as recorded",
    SETTINGS,
    "whole numbers",
    "zeros",
    "ties",
    "a constant column",
    "repeated rows",
)
"""Those where equal numbers are the point: a tiny change would undo them."""


@dataclass(frozen=True)
class Perturbed:
    """New arrays for those of a call, and new values for its whole numbers."""

    arrays: Arrays
    numbers: Mapping[Number, int | float]


def perturbed(
    arrays: Sequence[Array],
    how: str,
    rng: np.random.Generator,
    numbers: Collection[Number] = (),
) -> Perturbed | None:
    """``arrays`` changed in the manner ``how`` (of ``ALL``); None where that changes nothing.

    ``numbers`` are the single numbers beside them, which change under other settings only.
    """
    if how == "as recorded":
        return Perturbed([np.array(a) for a in arrays], {})
    if how == SETTINGS:
        met = [float(v) for a in arrays for v in a.flat[:100] if a.dtype.kind == "f"]
        others = {number: _other_number(number[1], met, rng) for number in sorted(numbers, key=str)}
        return Perturbed([np.array(a) for a in arrays], others) if others else None
    if not arrays:
        return None
    with np.errstate(all="ignore"):
        found = _resized(arrays, how, rng) if how in SIZES else _changed(arrays, how, rng)
    if found is None:
        return None
    same = all(
        a.shape == b.shape and a.dtype == b.dtype and np.array_equal(a, b, equal_nan=True)
        for a, b in zip(arrays, found.arrays, strict=True)
    )
    return None if same else found


def _other_number(
    value: int | float, met: Sequence[float], rng: np.random.Generator
) -> int | float:
    """Another setting; a float may be one of those in the arrays, so that it is met exactly."""
    draw = rng.random()
    if draw < 0.2:
        return value
    if isinstance(value, int):
        return max(value + int(rng.choice([-1, 1, 2])), min(value, 1))
    if draw < 0.3:
        return 0.0
    if draw < 0.6 and met:
        return met[int(rng.integers(len(met)))]
    power = float(rng.uniform(-12, 12) if draw < 0.8 else rng.normal())
    return float(value * 10.0**power)


def _changed(arrays: Sequence[Array], how: str, rng: np.random.Generator) -> Perturbed:
    common = float(rng.random())
    # Together or one alone: means that move with the points, and means that do not.
    alone = int(rng.integers(len(arrays))) if rng.random() < 0.5 else None
    scales = how in ("another scale", "an extreme scale")
    made: Arrays = []
    for at, array in enumerate(arrays):
        kept = array.dtype.kind in "iub" and how != "entries drawn anew"
        if kept or alone not in (None, at) or (_is_symmetric(array) and not scales):
            made.append(np.array(array))
            continue
        new = MANNERS[how](array, rng, common)
        made.append(obeying(new, array).astype(new.dtype if how == "float32" else array.dtype))
    return Perturbed(made, {})


def _resized(arrays: Sequence[Array], how: str, rng: np.random.Generator) -> Perturbed | None:
    lengths = sorted({length for array in arrays for length in array.shape if length > 1})
    if not lengths:
        return None
    length = int(rng.choice(lengths)) if how != "many rows" else lengths[-1]
    if how == "other order":
        rows = rng.permutation(length)
    elif how == "repeated rows":
        rows = rng.integers(0, length, int(rng.integers(length, 2 * length + 2)))
    elif how == "fewer rows":
        rows = np.sort(rng.permutation(length)[: int(rng.integers(1, length + 1))])
    elif how == "one row":
        rows = rng.integers(0, length, 1)
    else:
        widest = max(a.size // length for a in arrays if length in a.shape)
        rows = rng.integers(0, length, min(MANY_ROWS, MANY_NUMBERS // widest))
    made: Arrays = []
    for array in arrays:
        new = array
        axes = [axis for axis, size in enumerate(array.shape) if size == length]
        if array.size * (len(rows) / length) ** len(axes) > max(MANY_NUMBERS, 2 * array.size):
            return None
        for axis in axes:
            new = np.take(new, rows, axis=axis)
        made.append(obeying(new, array).astype(array.dtype))
    # K and D may be told as numbers too.
    told: dict[Number, int | float] = {(int, length): len(rows)} if rng.random() < 0.5 else {}
    return Perturbed(made, told)


def shaken(arrays: Sequence[Array], rng: np.random.Generator) -> Arrays:
    """The same but for the last digits: what that changes in an answer, rounding may change."""
    digits = {"<f8": 1e-15, "<f4": 1e-7}
    return [
        obeying(a * (1.0 + digits[a.dtype.str] * rng.normal(size=a.shape)), a).astype(a.dtype)
        if a.dtype.str in digits
        else np.array(a)
        for a in arrays
    ]
