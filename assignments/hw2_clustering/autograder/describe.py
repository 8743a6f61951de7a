"""Values put into words, for ``compare`` to build its sentences from.

Two kinds of text are made here. *Safe* words (``noun``, ``shape_words``,
``dtype_words``, ``count``, the remarks) name kinds, shapes, dtypes and counts,
never a value or a name that a student chose: they may stand in a message that
everybody reads. *Shown* text (``shown``, ``number``, ``sections``,
``differences``) holds values, cut to a readable length.

Nothing here calls a method of an object that it does not know: no ``repr``,
no ``==``, no ``len`` of a student's class is ever run.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy import ma

from autograder.model import Differs

Array = np.ndarray[Any, Any]
Shape = tuple["int | None", ...]

# How much is shown.
WHOLE_SIZE = 40  # an array of up to this many elements is shown whole ...
WHOLE_ROWS = 10  # ... if it has no more rows than this
NEIGHBOURS = 3  # of a longer row: so many elements on either side
TEXT_LENGTH = 60
ITEMS = 8
DEPTH = 3
MAP_SIDE = 32  # blocks along either side of a picture of differences
MAP_LEAST = 6  # entries that are worth one

_DTYPES = {
    "f": "floats",
    "i": "whole numbers",
    "u": "whole numbers",
    "b": "truth values",
    "c": "complex numbers",
    "O": "Python objects",
    "U": "text",
    "S": "text",
    "T": "text",
    "M": "dates",
    "m": "time spans",
}

_TYPES: tuple[tuple[type, str], ...] = (
    (ma.MaskedArray, "a masked array"),
    (bool, "a truth value"),
    (np.bool_, "a truth value"),
    (complex, "a complex number"),
    (np.complexfloating, "a complex number"),
    (str, "a string"),
    (bytes, "a byte string"),
    (int, "a single number"),
    (float, "a single number"),
    (np.number, "a single number"),
    (np.generic, "a single value that is no number"),
    (dict, "a dict"),
)

_SCALARS = tuple(set(np.sctypeDict.values()))

# The kinds of handle that a message may name. A class name is text that a
# student can choose, so any other is "an object".
_HANDLES = {
    "MaskedArray": "a masked array",
    "ndarray of object": "an array of Python objects (dtype object)",
    "generator": "a generator",
    "function": "a function",
    "method": "a method",
    "map": "a map object",
    "zip": "a zip object",
    "filter": "a filter object",
    "range": "a range",
    "set": "a set",
    "frozenset": "a set",
    "type": "a class",
    "module": "a module",
    "DataFrame": "a DataFrame",
    "Series": "a Series",
}


def kind_name(value: object) -> str:
    """The name of a handle's kind, or of a value's type. A student may have chosen it."""
    try:
        name = getattr(value, "kind_name", None)
    except Exception:  # whatever a strange object does here, it is no handle
        name = None
    return name if type(name) is str else str(type.__dict__["__name__"].__get__(type(value)))


def plain_items(value: Any) -> tuple[Any, ...] | None:
    """The items of a list or tuple, past the methods of a subclass; None for anything else."""
    if issubclass(type(value), tuple):
        return tuple(tuple.__iter__(value))
    if issubclass(type(value), list):
        return tuple(list.__iter__(value))
    return None


def is_numpy_scalar(value: Any) -> bool:
    """Whether this is one of NumPy's own scalars: a subclass may do anything when converted."""
    return any(type(value) is scalar for scalar in _SCALARS)


def is_ragged(items: Sequence[Any]) -> bool:
    """Whether some items are rows (lists, tuples, arrays) and their lengths differ."""

    def length(item: Any) -> int:
        if issubclass(type(item), np.ndarray):
            shape = np.ndarray.view(item, np.ndarray).shape
            return shape[0] if shape else -1
        inner = plain_items(item)
        return -1 if inner is None else len(inner)

    return len({length(item) for item in items}) > 1


def dtype_words(dtype: np.dtype[Any]) -> str:
    """Safe words for a dtype: "floats (float64)", "text", "a structured array"."""
    if dtype.kind == "V":
        return "a structured array" if dtype.names is not None else "raw bytes"
    return _DTYPES[dtype.kind] + (f" ({dtype.name})" if dtype.kind in "fiu" else "")


def shape_words(shape: Sequence[int | None]) -> str:
    """A shape in which None stands for any length: "(3, any)"."""
    if len(shape) > 4:
        return f"with {len(shape)} axes"
    inside = ", ".join("any" if n is None else str(n) for n in shape)
    return f"({inside},)" if len(shape) == 1 else f"({inside})"


def noun(value: Any) -> str:
    """Safe words for what a value is: "a list", "an array of shape (2,)", "a generator"."""
    kind = type(value)
    if value is None:
        return "None"
    for base, words in _TYPES:
        if issubclass(kind, base):
            return words
    if issubclass(kind, np.ndarray):
        plain = np.ndarray.view(value, np.ndarray)
        return f"an array of shape {shape_words(plain.shape)}" if plain.size else "an empty array"
    items = plain_items(value)
    if items is None:
        name = kind_name(value)
        if name.startswith("ndarray of ") and name != "ndarray of object":
            return "an array of things that are no numbers"
        return _HANDLES.get(name, "an object that is no array")
    if issubclass(kind, tuple):
        return f"a tuple of {len(items)} values" if items else "an empty tuple"
    if is_ragged(items):
        return "a list whose rows have different lengths"
    return "a list" if items else "an empty list"


def count(mask: Array, word: str) -> str:
    """How many are True, with the verb: "2 of 6 values are", "all 6 values are"."""
    n, true = mask.size, int(np.count_nonzero(mask))
    if n == 1:
        return f"the {word} is"
    if n == true:
        return f"{'both' if n == 2 else f'all {n}'} {word}s are"
    return f"{true} of {n} {word}s {'is' if true == 1 else 'are'}"


def number(x: Any, digits: int = 10) -> str:
    """One number, in as many digits as a person wants to read."""
    if isinstance(x, (bool, np.bool_)):
        return str(bool(x))
    return str(int(x)) if isinstance(x, (int, np.integer)) else f"{float(x):.{digits}g}"


def place(index: Sequence[Any]) -> str:
    """An index as it is typed behind an array's name: "[1, 0]"."""
    return "[" + ", ".join(str(int(i)) for i in index) + "]"


def first(mask: Array) -> tuple[int, ...]:
    """Index of the first True element in row order."""
    return tuple(int(i) for i in np.unravel_index(int(np.argmax(mask)), mask.shape))


def sections(named: dict[str, Array], index: Sequence[Any], digits: int = 6) -> str:
    """Arrays of one shape under their names: whole if small, else what is around ``index``."""
    texts = {}
    for name, array in named.items():
        where, part = _part_around(array, index)
        texts[name + where] = _block(part, digits)
    return labelled(texts)


def labelled(texts: dict[str, str]) -> str:
    """Texts behind their labels; those of several lines below them and indented."""
    width = max((len(label) for label, text in texts.items() if "\n" not in text), default=0)
    lines = []
    for label, text in texts.items():
        if "\n" in text:
            lines += [f"{label}:", *("  " + line for line in text.splitlines())]
        else:
            lines.append(f"{label + ':':{width + 1}} {text}")
    return "\n".join(lines)


def _part_around(array: Array, index: Sequence[Any]) -> tuple[str, Array]:
    rows = array.size // array.shape[-1] if array.ndim and array.shape[-1] else 0
    if array.size <= WHOLE_SIZE and rows <= WHOLE_ROWS:
        return "", array
    row = array[tuple(index[:-1])]
    before = [str(int(i)) for i in index[:-1]]
    if before and len(row) <= WHOLE_ROWS:
        return f"[{', '.join(before)}]", row
    start = max(0, min(int(index[-1]) - NEIGHBOURS, len(row) - 2 * NEIGHBOURS - 1))
    stop = min(len(row), start + 2 * NEIGHBOURS + 1)
    return f"[{', '.join([*before, f'{start}:{stop}'])}]", row[start:stop]


def _block(array: Array, digits: int = 6) -> str:
    return np.array2string(
        array, precision=digits, threshold=sys.maxsize, max_line_width=96, floatmode="maxprec"
    )


def differences(got: Array, want: Array, wrong: Array, error: Array, allowed: Array) -> str:
    """Where two arrays of one shape differ first and most, by how much, and what is around.

    ``wrong`` marks the elements judged wrong; ``error`` is their distance (NaN: infinitely far)
    and ``allowed`` the distance that would have passed, all of one shape.
    """
    here = first(wrong)
    distance = np.where(wrong, np.where(np.isnan(error), np.inf, error), -1.0)
    most = first(distance == distance.max())
    # As many digits as it takes for the two to look different.
    digits = 6 if number(got[here], 6) != number(want[here], 6) else 17

    def pair(index: tuple[int, ...]) -> str:
        a, b = number(got[index]), number(want[index])
        if a == b:
            a, b = number(got[index], 17), number(want[index], 17)
        return f"got {a}, wanted {b}"

    far = f", off by {error[most]:.3g} where {allowed[most]:.2g} is allowed"
    far = far if np.isfinite(error[most]) else ""
    if got.size == 1:
        return pair(here) + far
    if here == most:
        label = "first and largest difference" if np.count_nonzero(wrong) > 1 else "difference"
        lines = [f"{label} at {place(here)}: {pair(here)}{far}"]
    else:
        lines = [
            f"first difference at {place(here)}: {pair(here)}",
            f"largest difference at {place(most)}: {pair(most)}{far}",
        ]
    if got.ndim > 1 and got.size > WHOLE_SIZE:
        rows = np.flatnonzero(wrong.reshape(len(wrong), -1).any(axis=1)).tolist()
        some = ", ".join(map(str, rows[:ITEMS])) + (", ..." if len(rows) > ITEMS else "")
        lines.append(f"rows with differences: {len(rows)} of {len(wrong)} ({some})")
    return "\n".join([*lines, sections({"got": got, "wanted": want}, here, digits)])


def differs(error: Array, allowed: Array) -> Differs | None:
    """A coarse picture of where an array is wrong and by how many tolerances.

    ``error`` and ``allowed`` are as in ``differences``. Of more than two axes all but the first
    lie side by side. None for a handful of numbers, which are seen at a glance.
    """
    if error.size < MAP_LEAST:
        return None
    wrong = ~(error <= allowed)
    with np.errstate(all="ignore"):
        tolerances = np.log10(np.where(wrong, error / allowed, 1.0))
    level = np.where(np.isfinite(tolerances), np.clip(1 + np.floor(tolerances), 1, 9), 9)
    table = np.where(wrong, level, 0).astype(int).reshape(1 if error.ndim == 1 else len(error), -1)
    for axis in (0, 1):
        n = table.shape[axis]
        # n entries in at most 32 blocks, none of them empty
        starts = np.unique(np.arange(min(n, MAP_SIDE)) * n // min(n, MAP_SIDE))
        table = np.maximum.reduceat(table, starts, axis=axis)
    grid = tuple("".join(".123456789"[k] for k in line) for line in table.tolist())
    return Differs(tuple(int(n) for n in error.shape), grid, int(np.count_nonzero(wrong)))


def shown(value: Any, depth: int = 0) -> str:
    """A value as text, cut; of an unknown object nothing but the name of its type."""
    kind = type(value)
    if value is None or kind is bool:
        return str(value)
    if issubclass(kind, np.ndarray) and not issubclass(kind, ma.MaskedArray):
        return _shown_array(np.ndarray.view(value, np.ndarray), depth)
    if is_numpy_scalar(value):
        return _shown_array(np.asarray(value))
    if issubclass(kind, int):
        whole = int.__index__(value)
        bits = whole.bit_length()
        return str(whole) if bits < 200 else f"an integer of {bits} bits"
    if issubclass(kind, float):
        return number(float.__float__(value))
    if issubclass(kind, str):
        text = str.__getitem__(value, slice(0, TEXT_LENGTH))
        return repr(text) + ("..." if str.__len__(value) > TEXT_LENGTH else "")
    items = plain_items(value)
    if items is not None:
        texts = [shown(item, depth + 1) for item in items[:ITEMS]] if depth < DEPTH else ["..."]
        inside = ", ".join(texts) + (", ..." if depth < DEPTH and len(items) > ITEMS else "")
        if issubclass(kind, list):
            return f"[{inside}]"
        return f"({inside},)" if len(items) == 1 else f"({inside})"
    name = kind_name(value)[:TEXT_LENGTH]
    return f"<{name}>" if name.isprintable() else "<an object>"


def _shown_array(array: Array, depth: int = 0) -> str:
    if array.dtype.kind in "fiubc" and array.size <= WHOLE_SIZE:
        text = _block(array)
        if not (depth and "\n" in text):  # in a list or tuple there is room for one line
            return text
    return f"an array of shape {shape_words(array.shape)}: {dtype_words(array.dtype)}"
