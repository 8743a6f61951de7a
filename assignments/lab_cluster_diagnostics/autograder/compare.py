"""Assertions on what a student's function returned: the only place where a value is judged.

Every function takes the raw answer, whatever it is, and either accepts it or
raises ``Mismatch`` (an ``AssertionError``); nothing that a student can return
makes it raise anything else. ``ValueError`` and ``TypeError`` come only from
a wrong *expected* value or option, which is the check author's mistake.

The order of judgement is type, shape, dtype kind, finiteness, values, and
nothing is forgiven on the way: a scalar is not an array of equal numbers, a
``(3,)`` is not a ``(3, 1)``, and NaN is not a right answer.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from autograder import describe, diagnose
from autograder.answers import (
    Mismatch,
    as_array,
    as_labels,
    as_scalar,
    fail,
    refuse,
    typed,
    unpack,
    vouched,
    wrong_shape,
)
from autograder.describe import Array, Shape, count, first, noun, number, place, sections, shown
from autograder.session import CallFailed

__all__ = [
    "Mismatch",
    "as_array",
    "as_labels",
    "as_scalar",
    "assert_close",
    "assert_probabilities",
    "assert_raises",
    "assert_same_components",
    "assert_same_partition",
    "assert_true",
    "assert_unchanged",
    "unpack",
    "watched",
]


_strains: list[float] | None = None


@contextlib.contextmanager
def watched() -> Iterator[list[float]]:
    """Collect, for each comparison of numbers, the share of its tolerance that was used.

    1 is just accepted; inf is a value where another one, NaN or none at all is wanted.
    """
    global _strains
    before, _strains = _strains, []
    try:
        yield _strains
    finally:
        _strains = before


def _strain(error: Array, allowed: Array) -> None:
    if _strains is not None and error.size:
        with np.errstate(all="ignore"):
            share = np.where(error == 0, 0.0, error / allowed)
        _strains.append(float(np.where(np.isnan(share), np.inf, share).max()))


FLOAT32_RTOL = 1e-3
"""Relative tolerance for float32 answers where a check allows them."""

_IN_PLACE = "x = x - m makes a new array; x -= m writes into the caller's array."


def assert_close(
    got: object,
    want: object,
    *,
    rtol: float,
    atol: float,
    shape: Shape | list[Shape] | None = None,
    kind: str = "f",
    nan_ok: bool = False,
    float32_ok: bool = False,
    what: str = "the result",
    hint: str = "",
) -> None:
    """Accept ``got`` where ``|got - want| <= atol + rtol * |want|`` holds for every element.

    ``shape`` (default: that of ``want``) may list forms that differ in axes of length one only.
    Infinite values must be the same ones; NaN matches NaN with ``nan_ok`` and nothing else.
    ``float32_ok``: float32 answers are compared at ``max(rtol, 1e-3)``.
    """
    right = _expected(want)
    if not nan_ok and np.isnan(right).any():
        raise ValueError("assert_close: the expected value holds NaN and nan_ok is not set")
    array = vouched(got, right.shape if shape is None else shape, kind, what, hint, right)
    if [n for n in array.shape if n != 1] != [n for n in right.shape if n != 1]:
        wrong_shape(array, [right.shape], what, hint, right)
    right = right.reshape(array.shape)
    if array.dtype == np.float32 and float32_ok:
        rtol = max(rtol, FLOAT32_RTOL)
    with np.errstate(all="ignore"):
        finite = np.isfinite(right)
        error, size = _distance(array, right), np.abs(right.astype(np.float64))
        allowed = np.where(finite, atol + rtol * size, 0.0)
        wrong = ~(error <= allowed)
        differs = describe.differs(error, allowed) if wrong.any() else None
        refuse(~np.isfinite(array) & finite, {"got": array, "wanted": right}, what, hint, differs)
        _strain(error, allowed)
        if wrong.any():
            remark = diagnose.values(array, right, rtol)
            detail = describe.differences(array, right, wrong, error, allowed)
            said = f"{count(wrong, 'value')} wrong.{remark.text}"
            text = f"{detail}\n{remark.figure}"
            off = diagnose.Off(array, right, remark.factor, remark.amount)
            fail(what, said, text, hint, remark.kind, off, differs)


def assert_same_partition(
    got: object, want: object, *, what: str = "the result", hint: str = ""
) -> None:
    """Accept integer labels (n,) that group the points as ``want`` (n,) does, under any names."""
    right = _expected(want)
    if right.ndim != 1 or right.dtype.kind not in "iu":
        raise ValueError("assert_same_partition: the expected value is not (n,) integers")
    labels = as_array(got, shape=right.shape, kind="i", what=what, hint=hint)
    names, first_got, mine = np.unique(labels, return_index=True, return_inverse=True)
    groups, first_want, theirs = np.unique(right, return_index=True, return_inverse=True)
    # Every point against the first point with its label and the first point of its group.
    same_label, same_group = first_got[mine], first_want[theirs]
    torn = (right != right[same_label]) | (labels != labels[same_group])
    if torn.any():
        said = "the points are grouped differently, whatever the labels are called: "
        if len(names) != len(groups):
            said += f"{len(names)} groups where {len(groups)} are expected."
        else:
            usual = np.array([np.bincount(mine[theirs == g]).argmax() for g in range(len(groups))])
            said += f"{count(mine != usual[theirs], 'point')} apart from most of its group."
        (i,) = first(torn)
        j, k = same_label[i], same_group[i]
        pair = (
            f"points {j} and {i} have the same label but belong to different groups"
            if right[i] != right[j]
            else f"points {k} and {i} have different labels but belong to the same group"
        )
        fail(what, said, pair + "\n" + sections({"got": labels, "wanted": right}, (i,)), hint)


def assert_same_components(
    got: object,
    want: Sequence[Any],
    *,
    rtol: float,
    atol: float,
    names: Sequence[str] = (),
    what: str = "the result",
    hint: str = "",
) -> None:
    """Accept a tuple of float arrays (K, ...) that is ``want`` with its components reordered.

    One order must serve all arrays: pi, mu and sigma are permuted together. ``names`` are those of
    the arrays. Whether there is such an order is decided exactly, however close components lie.
    """
    right = [_expected(w).astype(np.float64) for w in want]
    names = names or [f"value {i}" for i in range(len(right))]
    items = unpack(got, names, what=what, hint=hint)
    mine = [
        as_array(item, shape=w.shape, kind="f", what=f"{what}, {name}", hint=hint)
        for item, w, name in zip(items, right, names, strict=True)
    ]
    n = len(right[0])
    fits_KK, far_KK = np.ones((n, n), dtype=bool), np.zeros((n, n))
    like: dict[str, Array] = {}
    with np.errstate(all="ignore"):
        for name, a, b in zip(names, mine, right, strict=True):
            a_K1D, b_1KD = a.astype(np.float64).reshape(n, 1, -1), b.reshape(1, n, -1)
            gap = np.abs(a_K1D - b_1KD)
            like[name] = np.all(gap <= atol + rtol * np.abs(b_1KD), axis=2)
            fits_KK &= like[name]
            far_KK += gap.max(axis=2) / (np.abs(b).max() or 1.0)
    owner = _matching(fits_KK)
    if len(owner) < n:
        left = n - len(owner)
        said = f"{left} of {n} components match{'es' * (left == 1)} no expected one, in any order."
        i = min(set(range(n)) - set(owner.values()))
        j = min(set(range(n)) - set(owner), key=lambda j: float(far_KK[i, j]))
        lines = [f"component {i} comes nearest to the expected component {j}"]
        for name, a, b in zip(names, mine, right, strict=True):
            if like[name][i, j]:
                lines[0] += f"; {name} agrees"
            else:
                pair = {f"got {name}[{i}]": a[i], f"wanted {name}[{j}]": b[j]}
                lines.append(sections(pair, first(np.asarray(a[i] != b[j]))))
        fail(what, said, "\n".join(lines), hint)


def assert_unchanged(
    after: object, before: Array, *, what: str = "the input", hint: str = _IN_PLACE
) -> None:
    """Accept ``after`` only if shape, dtype and every byte are those of ``before``."""
    hint, said = hint or _IN_PLACE, "your function changed its input in place"
    now = typed(after, [before.shape], what, hint)
    if now.shape != before.shape or now.dtype != before.dtype:
        fail(
            what,
            f"{said}: its shape or dtype is another.",
            f"got {shown(now)}",
            hint,
            "changed_input",
        )
    if now.tobytes() != before.tobytes():
        old, new = (np.frombuffer(a.tobytes(), np.uint8).reshape(a.size, -1) for a in (before, now))
        changed = np.not_equal(old, new).any(axis=1).reshape(before.shape)
        i = first(changed)
        detail = f"first at {place(i)}: {number(before[i])} before, {number(now[i])} after\n"
        detail += sections({"before": before, "after": now}, i)
        fail(what, f"{said}: {count(changed, 'value')} changed.", detail, hint, "changed_input")


def assert_probabilities(
    got: object,
    *,
    axis: int = -1,
    shape: Shape | list[Shape] | None = None,
    atol: float = 1e-9,
    what: str = "the result",
    hint: str = "",
) -> None:
    """Accept finite floats in 0..1 that sum to one along ``axis``, all within ``atol``."""
    with np.errstate(all="ignore"):
        array = as_array(got, shape=shape, kind="f", what=what, hint=hint).astype(np.float64)
    if not -array.ndim <= axis < array.ndim or (shape is None and not array.size):
        fail(what, f"{noun(array)} came back where probabilities are expected.", "", hint, "type")
    outside = (array < -atol) | (array > 1 + atol)
    if outside.any():
        i = first(outside)
        detail = f"first at {place(i)}: got {number(array[i])}\n" + sections({"got": array}, i)
        fail(what, f"{count(outside, 'value')} below 0 or above 1.", detail, hint, "probabilities")
    sums = array.sum(axis=axis)
    _strain(np.abs(sums - 1), np.asarray(atol))
    off = np.atleast_1d(np.abs(sums - 1) > atol)
    if off.any():
        axis %= array.ndim
        said = f"{count(off, 'sum')} not 1 (over axis {axis})."
        for other in set(range(array.ndim)) - {axis}:
            if (np.abs(array.sum(axis=other) - 1) <= atol).all():
                said += f" Over axis {other} they are."
        sums, i = np.atleast_1d(sums), first(off)
        detail = f"first at {place(i)}: sum {number(sums[i])}, off by {abs(sums[i] - 1):.3g}\n"
        fail(what, said, detail + sections({"sums": sums}, i), hint, "probabilities")


def assert_raises(
    kind: type[BaseException], function: Any, *args: object, **kwargs: object
) -> None:
    """Accept only that ``function(*args, **kwargs)``, one of the student's, raises ``kind``.

    ``kind`` is a built-in exception; one derived from it will do. Another one is told as the
    run-time error that it is.
    """
    try:
        function(*args, **kwargs)
    except CallFailed as failure:
        if kind.__name__ not in failure.raised:
            raise
    else:
        name = getattr(function, "_name", "the function")
        fail(name, f"no {kind.__name__} is raised.", "", "", "no_exception")


def assert_true(condition: bool, message: str, *, detail: str = "", hint: str = "") -> None:
    """Accept a true ``condition``; ``message`` says which rule is broken, without values."""
    if type(condition) not in (bool, np.bool_):
        raise TypeError(f"assert_true takes True or False, not {noun(condition)}")
    if not condition:
        raise Mismatch(message, detail, hint, diagnosis="property")


def _expected(want: object) -> Array:
    array = np.asarray(want)
    if array.dtype.kind not in "fiub":
        raise TypeError(f"the expected value is {noun(want)}, not numbers")
    return array


def _distance(got: Array, want: Array) -> Array:
    """|got - want| as float64; 0 only where the two are equal; NaN equals NaN."""
    a, b = got.astype(np.float64), want.astype(np.float64)
    gap = np.abs(a - b)
    if got.dtype.kind in "iu" and want.dtype.kind in "iu":
        gap = np.maximum(gap, 1.0)  # beyond 2**53 different integers may be the same float
    return np.where((got == want) | (np.isnan(a) & np.isnan(b)), 0.0, gap)


def _matching(fits: Array) -> dict[int, int]:
    """A largest one-to-one matching of rows to columns that fit, as {column: row}.

    Augmenting paths (H. W. Kuhn, "The Hungarian method for the assignment problem", 1955).
    """
    owner: dict[int, int] = {}

    def settle(i: int, tried: set[int]) -> bool:
        for j in np.flatnonzero(fits[i]).tolist():
            if j not in tried:
                tried.add(j)
                if j not in owner or settle(owner[j], tried):
                    owner[j] = i
                    return True
        return False

    for i in range(len(fits)):
        settle(i, set())
    return owner
