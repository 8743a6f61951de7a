"""Who stands where by the figures that an assignment's leaderboard names: pure functions.

A check works a figure out from a submission's answers, on our side; it counts where the case
passed (``visible.ranked_by``). Gives no points.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from typing import Generic, TypeVar

from autograder.model import Leaderboard, SubmissionResult
from autograder.visible import clean, ranked_by

Who = TypeVar("Who", bound=Hashable)


@dataclass(frozen=True)
class Entry:
    """One figure of one submission, as it is told."""

    title: str
    value: float
    order: str
    """``desc`` or ``asc``: which end is the better one."""


@dataclass(frozen=True)
class Place(Generic[Who]):
    """One line of the table."""

    rank: int
    """From 1; equal figures share a rank, and the next one is left out."""
    who: Who
    entries: tuple[Entry, ...]


def entries(result: SubmissionResult, board: Leaderboard | None = None) -> tuple[Entry, ...]:
    """The figures of a submission, in the leaderboard's order; all of them or none.

    ``board`` is the result's own unless it is given.
    """
    board = board or result.leaderboard
    if board is None:
        return ()
    found = {f.key: f.value for c in result.cases if c.case == board.case for f in ranked_by(c)}
    if any(f.key not in found for f in board.figures):
        return ()
    return tuple(Entry(clean(f.title), float(found[f.key]), f.order) for f in board.figures)


def ranked(results: Iterable[tuple[Who, SubmissionResult]], board: Leaderboard) -> list[Place[Who]]:
    """Every submission that has its figures, the best first; those that are equal as they came."""
    told = [(who, entries(result, board)) for who, result in results]

    def key(of: tuple[Entry, ...]) -> tuple[float, ...]:
        return tuple(-e.value if e.order == "desc" else e.value for e in of)

    standing = sorted((one for one in told if one[1]), key=lambda one: key(one[1]))
    places: list[Place[Who]] = []
    for i, (who, of) in enumerate(standing):
        tied = i > 0 and key(of) == key(standing[i - 1][1])
        places.append(Place(places[-1].rank if tied else i + 1, who, of))
    return places
