"""How many digits of an answer are right, and the sweeps of inputs that this is measured over.

A sweep calls one function under conditions that go from harmless to hostile: larger and larger
offsets, wider and wider rows. For each condition it holds the inputs, the exact answer and what an
error is measured beside. An oracle makes sweeps beforehand, in more digits than floats have, and
keeps them in a JSON file; this module reads, writes and measures, and runs no student code.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]

MOST = {np.dtype(kind): -float(np.log10(np.finfo(kind).eps / 2)) for kind in ("f2", "f4", "f8")}
"""Digits that a rounded number of each dtype is sure to have: 15.95 of float64, 7.22 of float32."""


@dataclass(frozen=True)
class Condition:
    """One set of inputs, and what is right for it."""

    name: str
    """As people read it, such as ``1e8`` or ``ties``; it holds no value of an input's."""
    at: float | None
    """Place on the sweep's logarithmic axis; None: the conditions are names, side by side."""
    args: tuple[Array, ...]
    exact: tuple[Array, ...]
    """The exact answer, rounded to float64, for each reading of the task that counts as right."""
    scale: tuple[Array, ...]
    """For each of those, what an error is measured beside, number by number."""
    asked: bool = True
    """Whether points depend on it; else it is drawn, no more."""


@dataclass(frozen=True)
class Sweep:
    """Conditions of one kind, in order."""

    title: str
    axis: str
    conditions: tuple[Condition, ...]

    @property
    def single(self) -> bool:
        """Whether any input is float32, so that no more than its digits can be asked."""
        args = (arg for condition in self.conditions for arg in condition.args)
        return any(arg.dtype == np.float32 for arg in args)


def kept(got: Array, exact: Array, scale: Array) -> float:
    """Digits of ``got`` that are right, in its worst number: -log10 of its error beside ``scale``.

    Three float arrays of one shape; ``got`` in the dtype it came in, which bounds the digits, and
    ``exact`` and ``scale`` in float64. An error of one unit in the last place counts as none, so
    that numbers below the normal floats are not blamed for their few digits. NaN has no digits, and
    an infinite number has them where it is the exact one.
    """
    most = MOST[got.dtype]
    with np.errstate(all="ignore"):
        mine = got.astype(np.float64)
        nearest = exact.astype(got.dtype)
        close = np.abs(mine - exact) <= np.abs(np.spacing(nearest).astype(np.float64))
        # Each divided by itself first: their difference may be beyond the floats.
        error = np.abs(mine / scale - exact / scale)
        error = np.where((mine == exact) | (got == nearest) | close, 0.0, error)
        digits = -np.log10(error)
        digits = np.where(np.isnan(mine) | np.isnan(digits), 0.0, digits)
        return max(float(np.minimum(digits, most).min(initial=most)), 0.0)


def read(path: Path) -> dict[str, tuple[Sweep, ...]]:
    """The sweeps of every case in the file that ``write`` made. Raises OSError, ValueError."""
    plain = json.loads(path.read_text(encoding="utf-8"))
    return {
        name: tuple(
            Sweep(s["title"], s["axis"], tuple(_condition(c) for c in s["conditions"]))
            for s in sweeps
        )
        for name, sweeps in plain.items()
    }


def write(path: Path, sweeps: Mapping[str, Sequence[Sweep]]) -> None:
    """Keep the sweeps of every case: the same sweeps make the same bytes."""
    path.write_bytes(text(sweeps).encode())


def text(sweeps: Mapping[str, Sequence[Sweep]]) -> str:
    """What ``write`` puts into the file, a condition on each line."""
    blocks = []
    for name, of_case in sweeps.items():
        lines = []
        for sweep in of_case:
            conditions = ",\n".join("    " + json.dumps(_plain(c)) for c in sweep.conditions)
            title, axis = json.dumps(sweep.title), json.dumps(sweep.axis)
            lines.append(
                f'  {{"title": {title}, "axis": {axis}, "conditions": [\n{conditions}\n  ]}}'
            )
        blocks.append(f"{json.dumps(name)}: [\n" + ",\n".join(lines) + "\n]")
    return "{\n" + ",\n".join(blocks) + "\n}\n"


def _plain(condition: Condition) -> dict[str, Any]:
    return {
        "name": condition.name,
        "at": condition.at,
        "args": [_packed(a) for a in condition.args],
        "exact": [_packed(a) for a in condition.exact],
        "scale": [_packed(a) for a in condition.scale],
        "asked": condition.asked,
    }


def _packed(array: Array) -> list[Any]:
    # A float's shortest decimal form brings back the same float; float32 goes through float64.
    return [array.dtype.name, list(array.shape), array.astype(np.float64).ravel().tolist()]


def _array(packed: list[Any]) -> Array:
    dtype, shape, values = packed
    array: Array = np.array(values, dtype=np.float64).reshape(shape).astype(dtype)
    return array


def _condition(plain: dict[str, Any]) -> Condition:
    args, exact, scale = (
        tuple(_array(packed) for packed in plain[key]) for key in ("args", "exact", "scale")
    )
    return Condition(plain["name"], plain["at"], args, exact, scale, plain["asked"])
