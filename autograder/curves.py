"""Where everything of a curve of digits is drawn: numbers for the template, no HTML and no colour.

Conditions stand side by side at equal distances, in their order: on an axis that is logarithmic
throughout, those between 1 and 10000 would be one spot beside 1e300.
"""

from __future__ import annotations

from dataclasses import dataclass

from autograder.model import Curve, CurvePoint

WIDTH, HEIGHT = 360, 206
LEFT, RIGHT, TOP, BOTTOM = 30, 10, 10, 46
MOST = 16
"""Digits at the top: a little more than float64 has."""
TICKS = (0, 4, 8, 12, 16)


@dataclass(frozen=True)
class Mark:
    """One condition: places on the drawing, and what is written below it."""

    x: float
    student: float
    reference: float | None
    asked: float | None
    missed: bool
    base: str
    """The label, or the 10 of a power of ten."""
    power: str
    """The exponent; empty where the label is a name."""


@dataclass(frozen=True)
class Plot:
    """A drawing of WIDTH x HEIGHT."""

    title: str
    axis: str
    said: str
    """All of it in words, for those who do not see it."""
    joined: bool
    """Whether neighbours are joined by lines: conditions that are only names are not."""
    step: float
    marks: tuple[Mark, ...]
    ticks: tuple[tuple[int, float], ...]

    @property
    def student(self) -> str:
        """The submission's line, as points of a polyline."""
        return " ".join(f"{m.x:g},{m.student:g}" for m in self.marks)

    @property
    def reference(self) -> str:
        """The reference's line."""
        at = ((m.x, m.reference) for m in self.marks)
        return " ".join(f"{x:g},{y:g}" for x, y in at if y is not None)


def plot(curve: Curve) -> Plot:
    """The drawing of ``curve``."""
    step = (WIDTH - LEFT - RIGHT) / max(len(curve.points), 1)
    joined = all(point.at is not None for point in curve.points)
    marks = tuple(
        _mark(point, round(LEFT + step * (i + 0.5), 1)) for i, point in enumerate(curve.points)
    )
    ticks = tuple((digits, _height(digits)) for digits in TICKS)
    return Plot(curve.title, curve.axis, _said(curve), joined, round(step, 1), marks, ticks)


def _height(digits: float) -> float:
    inside = min(max(digits, 0.0), MOST) / MOST
    return round(TOP + (HEIGHT - TOP - BOTTOM) * (1 - inside), 1)


def _mark(point: CurvePoint, x: float) -> Mark:
    base, power = point.name, ""
    if point.at is not None and point.name.startswith("1e"):
        base, power = "10", point.name[2:].replace("-", "\N{MINUS SIGN}")
    return Mark(
        x=x,
        student=_height(point.student),
        reference=None if point.reference is None else _height(point.reference),
        asked=None if point.asked is None else _height(point.asked),
        missed=point.asked is not None and point.student < point.asked,
        base=base,
        power=power,
    )


def _said(curve: Curve) -> str:
    about = f"digits kept by {curve.axis}" if curve.axis else "digits kept"
    return f"{curve.title}, {about}. " + " ".join(_of(point) for point in curve.points)


def _of(point: CurvePoint) -> str:
    said = f"{point.name}: {point.student:.1f}"
    if point.reference is not None:
        said += f", reference {point.reference:.1f}"
    return said + (", nothing asked." if point.asked is None else f", asked {point.asked:g}.")
