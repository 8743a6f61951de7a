"""Item statistics, as in classical test theory: how hard each case is and what it tells apart.

Pure functions of a table of shares, a row a submission and a column a case; NaN where a score is
withheld.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]

ENOUGH = 10
"""With fewer submissions a correlation says nothing, and nothing is said of it."""
WEAK = 0.1
"""A correlation below this is called near zero. Textbooks ask for 0.2 of a good item (R. L. Ebel,
"Essentials of Educational Measurement", 1972); half of that leaves room for chance."""


@dataclass(frozen=True)
class Item:
    """One case, over the submissions in which it has a score."""

    judged: int
    """How many those are."""
    difficulty: float | None
    """Share of its points that was lost, 0 to 1: one minus the p of test theory. None: unjudged."""
    discrimination: float | None
    """Correlation with the rest of the score; None where either does not vary."""
    remark: str = ""
    """``negative`` or ``near zero``, of enough submissions; else empty."""


def items(share_NC: Array, points_C: Sequence[float]) -> list[Item]:
    """The statistics of every case.

    Args:
        share_NC: (N, C) floats, the share of its points that each submission has in each case;
            NaN where it has no score there.
        points_C: what each case is worth. One that is worth nothing is in no total.

    Discrimination is the corrected item-total correlation (S. Henrysson, "Correction of
    item-total correlations in item analysis", Psychometrika 28, 1963): Pearson's, of a case with
    the share of points in all *other* cases, so that no case correlates with itself.
    """
    share_NC = np.asarray(share_NC, dtype=float)
    points = np.asarray(points_C, dtype=float)
    has_NC = np.isfinite(share_NC)
    got_NC = np.where(has_NC, share_NC, 0.0) * points
    most_NC = has_NC * points
    rest_got = got_NC.sum(axis=1, keepdims=True) - got_NC
    rest_most = most_NC.sum(axis=1, keepdims=True) - most_NC
    with np.errstate(all="ignore"):
        rest_NC = rest_got / rest_most
    found = []
    for c in range(share_NC.shape[1]):
        judged = has_NC[:, c]
        both = judged & np.isfinite(rest_NC[:, c])
        r = correlation(share_NC[both, c], rest_NC[both, c])
        n = int(judged.sum())
        remark = ""
        if r is not None and n >= ENOUGH and r < WEAK:
            remark = "negative" if r <= -WEAK else "near zero"
        lost = 1.0 - float(share_NC[judged, c].mean()) if n else None
        found.append(Item(n, lost, r, remark))
    return found


def correlation(x: Array, y: Array) -> float | None:
    """Pearson's correlation of two (n,) arrays; None for fewer than three or without variance."""
    if len(x) < 3:
        return None
    x, y = x - x.mean(), y - y.mean()
    size = float(np.sqrt((x * x).sum() * (y * y).sum()))
    # Equal numbers may leave rounding behind when their mean is taken off.
    if size <= 1e-12 * len(x):
        return None
    return float(np.clip((x * y).sum() / size, -1.0, 1.0))
