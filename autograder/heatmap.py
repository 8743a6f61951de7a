"""Where everything of a picture of differences is drawn: numbers and words, no HTML, no colour."""

from __future__ import annotations

import math
from dataclasses import dataclass

from autograder.model import Differs
from autograder.visible import LEVELS

LONGEST, SHORTEST = 288, 10
"""Pixels of the longer side at most, and of a short side at least."""


@dataclass(frozen=True)
class Shade:
    """All squares of one level, as the path of an SVG in units of a square."""

    level: int
    path: str


@dataclass(frozen=True)
class Heatmap:
    """A drawing of ``columns`` x ``rows`` squares, ``width`` x ``height`` pixels on the page."""

    columns: int
    rows: int
    width: float
    height: float
    shades: tuple[Shade, ...]
    caption: str
    alt: str
    """The same for whoever does not see it."""


def plot(differs: Differs) -> Heatmap:
    """The drawing of where an array is wrong."""
    rows, columns = len(differs.grid), len(differs.grid[0])
    cell = min(22.0, LONGEST / max(rows, columns))
    at: dict[int, list[str]] = {}
    for y, line in enumerate(differs.grid):
        x = 0
        while x < columns:
            run = 1
            while x + run < columns and line[x + run] == line[x]:
                run += 1
            if level := LEVELS.index(line[x]):
                at.setdefault(level, []).append(f"M{x} {y}h{run}v1h-{run}z")
            x += run
    return Heatmap(
        columns,
        rows,
        round(max(cell * columns, SHORTEST), 2),
        round(max(cell * rows, SHORTEST), 2),
        tuple(Shade(level, "".join(at[level])) for level in sorted(at)),
        _caption(differs, rows, columns),
        _alt(differs),
    )


def _caption(differs: Differs, rows: int, columns: int) -> str:
    size = math.prod(differs.shape)
    shape = " × ".join(str(n) for n in differs.shape)
    said = f"Wrong: {differs.wrong} of {size} entries"
    said += f" of an array of {shape}" if len(differs.shape) > 1 else ""
    said += "; entry [0, 0] at the top left" if len(differs.shape) == 2 else ""
    if len(differs.shape) > 2:
        said += "; all axes but the first lie side by side"
    if size > rows * columns:
        said += "; a square stands for several entries and shows the worst"
    return said + "."


def _alt(differs: Differs) -> str:
    lines = [y for y, line in enumerate(differs.grid) if set(line) != {"."}]
    places = [x for x in range(len(differs.grid[0])) if any(g[x] != "." for g in differs.grid)]
    said = "Picture of where it differs"
    if len(differs.grid) > 1:
        said += f": {len(lines)} of {len(differs.grid)} rows of squares"
        said += f" and {len(places)} of {len(differs.grid[0])} columns"
    else:
        said += f": {len(places)} of {len(differs.grid[0])} squares"
    worst = max(LEVELS.index(c) for line in differs.grid for c in line)
    far = f"less than {POWERS[worst]} tolerances"
    far = "10⁸ tolerances or more, or is not finite" if worst == 9 else far
    return f"{said} hold wrong entries; the worst is off by {far}"


POWERS = ("1", "10", "100", *(f"10{up}" for up in "³⁴⁵⁶⁷⁸⁹"))
"""Tolerances that the errors of a level stay below."""
