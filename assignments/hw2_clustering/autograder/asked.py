"""What is asked of a worker: objects that stay there, one call, one step, and words for them.

Handles stand for objects on the worker's side; a ``Call`` is told in the feedback; a ``Step`` is
kept so that it can be asked again. Starts no worker and judges nothing.
"""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np

MAX_SHOWN = 600
MAX_LINE = 72


class Side(Protocol):
    """What a handle needs of the proxy that it came from."""

    def _request(self, **message: Any) -> dict[str, Any]: ...

    def _get(self, of: str | int, path: str, name: str) -> Any: ...

    def _call(
        self, of: str | int, path: str, name: str, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> Any: ...

    def _step(self, op: str, of: str | int, path: str, args: tuple[Any, ...]) -> None: ...


class Handle:
    """An object that stays on the worker's side: the student's own, or not plain data."""

    __slots__ = ("_label", "_number", "_owner", "kind_name")
    _label: str
    _number: int
    _owner: Side
    kind_name: str

    def __init__(self, owner: Side, number: int, kind_name: str) -> None:
        object.__setattr__(self, "_owner", owner)
        object.__setattr__(self, "_number", number)
        object.__setattr__(self, "kind_name", kind_name)
        # The name that the check used: the object's own could carry anything.
        object.__setattr__(self, "_label", "object")

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self._owner._call(self._number, "", self._label, args, kwargs)

    def __getattr__(self, name: str) -> Any:
        # NumPy and copy probe for dunder names; those never cross the wall.
        if name.startswith("__") and name.endswith("__"):
            raise AttributeError(name)
        return self._owner._get(self._number, name, f"{self._label}.{name}")

    def __setattr__(self, name: str, value: Any) -> None:
        self._owner._request(op="set", of=self._number, path=name, value=value)
        self._owner._step("set", self._number, name, (value,))

    def __repr__(self) -> str:
        return f"<{self.kind_name} on the submission's side>"


def handle_number(value: Any) -> int | None:
    """The number of a handle; None for anything else."""
    return value._number if isinstance(value, Handle) else None


def brief(value: Any) -> str:
    """The kind of a value and its shape, but no value: ``float64 (5, 3)``."""
    if isinstance(value, np.ndarray):
        return f"{value.dtype} {value.shape}"
    if isinstance(value, Handle):
        return "object"  # what it calls itself may hold anything
    if isinstance(value, (list, tuple)):
        items = ", ".join(brief(item) for item in value[:4])
        return f"({items}{', …' if len(value) > 4 else ''})"
    return type(value).__name__


def shown(value: Any) -> str:
    """A value as a student would write it, cut to a readable length."""
    if isinstance(value, np.ndarray):
        text = np.array2string(
            value, precision=6, threshold=24, edgeitems=2, separator=", ", prefix="array("
        )
        said = "" if value.dtype in (np.float64, np.int64, np.bool_) else f", {value.dtype}"
        cut = f", shape {value.shape}" if value.size > 24 else ""
        text = f"array({text}{said}{cut})"
    elif isinstance(value, Handle):
        text = f"<{value.kind_name}>"
    elif isinstance(value, tuple):
        text = "(" + ", ".join(shown(item) for item in value[:8]) + ")"
    else:
        text = repr(value)
    return text if len(text) <= MAX_SHOWN else text[:MAX_SHOWN] + " …"


class Call:
    """One call as it was made, for the feedback."""

    def __init__(self, name: str, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> None:
        self.name, self.args, self.kwargs = name, args, kwargs

    def _text(self, form: Callable[[Any], str]) -> str:
        parts = [form(a) for a in self.args]
        parts += [f"{k}={form(v)}" for k, v in self.kwargs.items()]
        line = f"{self.name}({', '.join(parts)})"
        if "\n" not in line and len(line) < MAX_LINE:
            return line
        return f"{self.name}(\n" + textwrap.indent(",\n".join(parts), "    ") + ")"

    @property
    def brief(self) -> str:
        """With kinds and shapes of the arguments."""
        return " ".join(self._text(brief).split()).replace("( ", "(")

    @property
    def full(self) -> str:
        """With the arguments' values."""
        return self._text(shown)

    @property
    def lengths(self) -> list[tuple[int, str]]:
        """Lengths of the arguments' axes, with words for each: all of those that are equal."""
        found: dict[int, list[str]] = {}
        for name, arg in self._given:
            if isinstance(arg, np.ndarray):
                axes = ("rows", "columns") if arg.ndim == 2 else ("entries",) * (arg.ndim == 1)
                for n, axis in zip(arg.shape, axes, strict=False):
                    found.setdefault(n, []).append(f"the number of {axis} of {name}")
                found.setdefault(arg.size, []).append(f"the number of entries of {name}")
        return [(n, " or ".join(dict.fromkeys(words))) for n, words in found.items()]

    @property
    def counts(self) -> list[tuple[int, str]]:
        """Whole numbers among the arguments, then ``lengths``."""
        whole = [(arg, name) for name, arg in self._given if type(arg) is int]
        return [*whole, *self.lengths]

    @property
    def numbers(self) -> list[tuple[float, str]]:
        """Other numbers among the arguments."""
        return [(arg, name) for name, arg in self._given if type(arg) is float]

    @property
    def arrays(self) -> list[tuple[np.ndarray[Any, Any], str]]:
        """Arrays among the arguments."""
        return [(arg, name) for name, arg in self._given if isinstance(arg, np.ndarray)]

    @property
    def _given(self) -> list[tuple[str, Any]]:
        named = [(f"argument {i}", arg) for i, arg in enumerate(self.args, start=1)]
        return [*named, *self.kwargs.items()]


def same(one: Any, other: Any) -> bool:
    """Whether two arguments are the same plain data."""
    if isinstance(one, np.ndarray) or isinstance(other, np.ndarray):
        return type(one) is type(other) and np.array_equal(one, other, equal_nan=False)
    if isinstance(one, tuple | list):
        return (
            type(one) is type(other)
            and len(one) == len(other)
            and all(same(a, b) for a, b in zip(one, other, strict=True))
        )
    if isinstance(one, Mapping):
        return one.keys() == other.keys() and all(same(one[k], other[k]) for k in one)
    # An object on the other side may be another one by now.
    return not isinstance(one, Handle) and type(one) is type(other) and bool(one == other)


@dataclass(frozen=True)
class Step:
    """One thing that a check asked of a worker, kept so that it can be asked again."""

    op: str
    """call, get, set, put, fetch or seed; ``large`` for one whose values were not kept."""
    of: str | int = ""
    """A module's name, or the number of a handle."""
    path: str = ""
    args: tuple[Any, ...] = ()
    kwargs: Mapping[str, Any] = field(default_factory=dict)
    made: int | None = None
    """The number of the handle that came back, if one did."""


@dataclass(frozen=True)
class Kept:
    """A handle among the arguments of a step."""

    number: int


def copied(value: Any) -> Any:
    """A value that stays as it is, whatever a check does with its own."""
    if isinstance(value, np.ndarray):
        return value.copy()
    if isinstance(value, Handle):
        return Kept(value._number)
    if isinstance(value, list | tuple):
        return type(value)([copied(item) for item in value])
    if isinstance(value, dict):
        return {key: copied(item) for key, item in value.items()}
    return value


def size(value: Any) -> int:
    """Bytes of a value, about: arrays as they are, anything else as eight."""
    if isinstance(value, np.ndarray):
        return value.nbytes
    if isinstance(value, dict):
        value = list(value.values())
    return sum(map(size, value)) if isinstance(value, list | tuple) else 8


def swapped(value: Any, handles: Mapping[int, Handle]) -> Any:
    """A noted value with handles in it again. Raises KeyError for one that is not there."""
    if isinstance(value, Kept):
        return handles[value.number]
    if isinstance(value, list | tuple):
        return type(value)([swapped(item, handles) for item in value])
    if isinstance(value, dict):
        return {key: swapped(item, handles) for key, item in value.items()}
    return value
