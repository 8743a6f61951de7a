"""Whether an answer is what it has to be at all, before ``compare`` looks at its values.

An answer is whatever a student's function returned. It leaves here as a plain
array, number or tuple of the wanted shape and kind, or as ``Mismatch``.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NoReturn

import numpy as np
from numpy import ma

from autograder import describe, diagnose
from autograder.describe import (
    Array,
    Shape,
    count,
    first,
    labelled,
    noun,
    number,
    place,
    sections,
    shown,
)
from autograder.diagnose import Off
from autograder.model import Differs

_KINDS = {"f": "floats", "i": "whole numbers", "b": "truth values", "fi": "numbers"}


class Mismatch(AssertionError):
    """An answer that is wrong, in three texts.

    ``message`` says what is wrong and holds no value of an input or an answer (shapes, dtypes and
    counts it may hold), so that it can be shown for a hidden case; ``detail`` holds the values;
    ``hint`` says what to try. ``str()`` is all of it, in this order. ``diagnosis`` is
    one word for what is wrong, or empty; ``off`` is what came back and what is expected of an
    array of the right form: whoever knows the call may know a name for the difference; ``differs``
    is where an array is wrong, for whoever may read ``detail``.
    """

    def __init__(
        self,
        message: str,
        detail: str = "",
        hint: str = "",
        *,
        diagnosis: str = "",
        off: Off | None = None,
        differs: Differs | None = None,
    ) -> None:
        super().__init__(message, detail, hint)
        self.message = message
        self.detail = detail
        self.hint = hint
        self.diagnosis = diagnosis
        self.off = off
        self.differs = differs

    def __str__(self) -> str:
        lines = [self.message, *("  " + line for line in self.detail.splitlines())]
        return "\n".join([*lines, f"Hint: {self.hint}"] if self.hint else lines)


def as_array(
    got: object,
    *,
    shape: Shape | list[Shape] | None = None,
    kind: str | None = None,
    finite: bool = True,
    what: str = "the result",
    hint: str = "",
) -> Array:
    """``got`` as a plain array in native byte order, or Mismatch.

    ``shape``: a tuple in which None stands for any length, or a list of such tuples, any of which
    will do; None: any shape. NumPy and Python scalars are arrays only where ``()`` is asked for.
    ``kind``: "f" (float16, 32, 64), "i" (signed or unsigned), "b" (bool), "fi"; None: any of these.
    ``finite``: whether NaN and infinity are wrong.
    """
    array = vouched(got, shape, kind, what, hint)
    if finite and array.dtype.kind == "f":
        refuse(~np.isfinite(array), {"got": array}, what, hint)
    return array


def as_scalar(
    got: object, *, what: str = "the result", hint: str = "", finite: bool = True
) -> float:
    """``got`` as a float: a Python or NumPy real number or a 0-d array, else Mismatch."""
    array = as_array(got, shape=(), kind="fi", finite=finite, what=what, hint=hint)
    with np.errstate(all="ignore"):
        return float(array.astype(np.float64))


def as_labels(got: object, n: int, k: int, *, what: str = "the result", hint: str = "") -> Array:
    """``got`` as (n,) integers 0..k-1 of any integer dtype, else Mismatch."""
    labels = as_array(got, shape=(n,), kind="i", what=what, hint=hint)
    outside = (labels < 0) | (labels >= k)
    if outside.any():
        said = f"{count(outside, 'label')} outside 0..{k - 1}."
        if labels.min() == 1 and labels.max() == k:
            said += " Labels count from 0, not from 1."
        i = first(outside)
        detail = f"first at {place(i)}: got {labels[i]}\n" + sections({"got": labels}, i)
        fail(what, said, detail, hint, "labels")
    return labels.astype(np.intp)


def unpack(
    got: object, names: Sequence[str], *, extra: int = 0, what: str = "the result", hint: str = ""
) -> tuple[Any, ...]:
    """The first ``len(names)`` items of a tuple or list with at most ``extra`` more of them.

    The items themselves are as raw as before. Raises Mismatch for anything else.
    """
    items = describe.plain_items(got)
    if items is not None and len(names) <= len(items) <= len(names) + extra:
        return items[: len(names)]
    more = f" {'or' if extra == 1 else 'to'} {len(names) + extra}" if extra else ""
    wanted = f"{len(names)}{more} values"
    came = noun(got) if items is None else f"{len(items)} value{'s' * (len(items) != 1)}"
    said = f"{came} came back where {wanted} ({', '.join(names)}) are expected."
    fail(what, said + _missing_return(got), _got(got), hint, "type")


def vouched(
    got: object,
    shape: Shape | list[Shape] | None,
    kind: str | None,
    what: str,
    hint: str,
    want: Array | None = None,
) -> Array:
    """Judge type, shape and dtype kind, in this order; ``want`` is for a remark on the shape."""
    if kind is not None and kind not in _KINDS:
        raise ValueError(f"kind is {kind!r}; legal are {', '.join(_KINDS)}")
    shapes = shape if isinstance(shape, list) else [] if shape is None else [shape]
    array = typed(got, shapes, what, hint)
    if shapes and not any(
        len(s) == array.ndim and all(n in (None, m) for n, m in zip(s, array.shape, strict=True))
        for s in shapes
    ):
        wrong_shape(array, shapes, what, hint, want)
    letter = array.dtype.kind
    if letter not in "fiub" or letter.replace("u", "i") not in (kind or "fib"):
        wanted = _KINDS[kind or "fi"]
        said = f"{describe.dtype_words(array.dtype)} came back where {wanted} are expected."
        if letter == "c":
            said += " Was a root or a power of a negative number taken?"
        elif letter == "O":
            said += " Rows of different lengths, None or lists inside make such an array."
        elif letter in "iu" and kind == "f":
            said += " An integer array cuts off the decimals of whatever is stored in it."
        fail(what, said, _got(array), hint, "dtype")
    return array.astype(array.dtype.newbyteorder("="), copy=False)


def typed(got: Any, shapes: Sequence[Shape], what: str, hint: str) -> Array:
    """``got`` as an array of any dtype and shape, if it is an array (or a scalar where asked)."""
    kind = type(got)
    if issubclass(kind, np.ndarray) and not issubclass(kind, ma.MaskedArray):
        return np.ndarray.view(got, np.ndarray)
    said = f"{noun(got)} came back where {_wanted(shapes)} is expected." + _missing_return(got)
    if () in shapes:
        # Converted past the methods of a subclass.
        if issubclass(kind, float):
            return np.asarray(float.__float__(got))
        if kind is bool or describe.is_numpy_scalar(got):
            return np.asarray(got)
        if issubclass(kind, int):
            whole = int.__index__(got)
            if -(2**63) <= whole < 2**64:
                return np.asarray(whole)
            said = "an integer that is too large for 64 bits came back."
    elif kind is list and not describe.is_ragged(got):
        said += " np.array(...) makes an array of a list."
    fail(what, said, _got(got), hint, "type")


def _wanted(shapes: Sequence[Shape]) -> str:
    if list(shapes) == [()]:
        return "a single number"
    return "an array" + (f" of shape {_shapes(shapes)}" if shapes else "")


def _shapes(shapes: Sequence[Shape]) -> str:
    return " or ".join(describe.shape_words(shape) for shape in shapes)


def wrong_shape(
    array: Array, shapes: Sequence[Shape], what: str, hint: str, want: Array | None
) -> NoReturn:
    # An empty array's sides cost nothing, so they could spell out anything: ``noun`` hides them.
    came = noun(array) if array.ndim else "a single number"
    said = f"{came} came back where {_wanted(shapes)} is expected."
    texts = {"got": shown(array)}
    if want is not None:
        said += diagnose.shape(array, want)
        texts["wanted"] = shown(want)
    fail(what, said, labelled(texts), hint, "shape")


def refuse(
    bad: Array, named: dict[str, Array], what: str, hint: str, differs: Differs | None = None
) -> None:
    """Fail with what there is of NaN and infinity, if any element is marked."""
    if bad.any():
        nan = np.isnan(named["got"][bad])
        kinds = "NaN" if nan.all() else "NaN or infinite" if nan.any() else "infinite"
        i = first(bad)
        text = ", ".join(f"{name} {number(array[i])}" for name, array in named.items())
        if bad.size > 1:
            text = f"first at {place(i)}: {text}\n" + sections(named, i)
        place_ = diagnose.part(bad)
        where = f" These are {place_}, and nothing else." if place_ else ""
        fail(
            what, f"{count(bad, 'value')} {kinds}.{where}", text, hint, "not_finite", None, differs
        )


def fail(
    what: str,
    said: str,
    detail: str,
    hint: str,
    diagnosis: str = "",
    off: Off | None = None,
    differs: Differs | None = None,
) -> NoReturn:
    what = "The" + what[3:] if what.startswith("the ") else what
    said = f"{what}: {said}"
    raise Mismatch(said, detail.strip(), hint, diagnosis=diagnosis, off=off, differs=differs)


def _got(value: object) -> str:
    return "" if value is None else labelled({"got": shown(value)})


def _missing_return(value: object) -> str:
    return " Is a return statement missing?" if value is None else ""
