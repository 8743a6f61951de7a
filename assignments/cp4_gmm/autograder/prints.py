"""A fingerprint of an answer: small plain data by which two answers are told apart.

Of an array it keeps the shape, the kind, some elements and a few weighted sums of all of them;
of anything else the value, or its kind. Two answers that are equal up to rounding have prints
that are alike. Pure functions; nothing of a student's is called.
"""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Sequence
from typing import Any

import numpy as np

Print = list[Any]
"""Nested lists of text, numbers and None: ready for JSON."""
Prints = list[list[Any]]
"""For one case: what was asked for, and the print of what came back, in order."""

WHOLE = 12
"""An array of up to so many elements is kept whole."""
SUMS = 3
MOST = 65536
"""Of a longer array an even selection is summed."""
RTOL, ATOL = 1e-6, 1e-9
DIGITS = 10


def of(value: Any) -> Print:
    """The print of an answer: plain data, or anything else by its kind."""
    if isinstance(value, np.ndarray | np.generic | float | int):
        array = np.asarray(value)
        if array.dtype.kind in "fiub":
            return _numbers(array)
    if type(value) in (list, tuple):
        return [type(value).__name__, *map(of, value)]
    if type(value) is dict:
        return ["dict", *([of(key), of(value[key])] for key in value)]
    if value is None or type(value) in (str, bytes):
        text = hashlib.sha256(repr(value).encode()).hexdigest()[:12]
        return ["text", type(value).__name__, text]
    return ["object", type(value).__name__]


def _numbers(array: np.ndarray[Any, Any]) -> Print:
    kind = "f" if array.dtype.kind == "f" else "i"
    values = np.ravel(array).astype(np.float64)
    finite = np.isfinite(values)
    marks = (np.isnan(values), values == np.inf, values == -np.inf)
    bad = [int(mask.sum()) for mask in marks]
    if any(bad):
        bad.append(int(np.argmin(finite)))  # where they begin
    values = np.where(finite, values, 0.0)
    size = values.size
    kept = values if size <= WHOLE else values[_places(size)]
    if size > MOST:
        values = values[:: -(-size // MOST)]
    sums = [] if size <= WHOLE else [float(w @ values) for w in _weights(values.size)]
    scale = float(np.abs(values).max(initial=0.0))
    numbers = [float(f"{x:.{DIGITS}g}") for x in (*kept.tolist(), *sums)]
    return ["numbers", kind, list(array.shape), bad, float(f"{scale:.3g}"), numbers]


@functools.lru_cache(maxsize=64)
def _places(size: int) -> np.ndarray[Any, Any]:
    return np.random.default_rng(size).integers(size, size=WHOLE)


@functools.lru_cache(maxsize=16)
def _weights(size: int) -> np.ndarray[Any, Any]:
    made: np.ndarray[Any, Any] = np.random.default_rng(size).normal(size=(SUMS, size))
    made /= np.sqrt(size)
    return made


def alike(one: Any, other: Any) -> bool:
    """Whether two prints are those of one answer, numbers up to rounding."""
    if not isinstance(one, list) or not isinstance(other, list):
        return bool(one == other)
    if one[:1] == ["numbers"] and other[:1] == ["numbers"]:
        return one[1:4] == other[1:4] and _close(one, other)
    return len(one) == len(other) and all(alike(a, b) for a, b in zip(one, other, strict=True))


def _close(one: Print, other: Print) -> bool:
    a, b = np.array(one[5]), np.array(other[5])
    room = ATOL * max(one[4], other[4])
    return a.shape == b.shape and bool((np.abs(a - b) <= RTOL * np.abs(b) + room).all())


def case(answers: Sequence[tuple[str, Any]]) -> Prints:
    """The prints of everything that one case asked for."""
    return [[asked, of(got)] for asked, got in answers]
