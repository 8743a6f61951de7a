"""The exact answers that the `_digits` cases measure with, by mpmath at 50 digits.

    python solutions/hw2_clustering/oracle.py

writes ``checks/hidden/exact_digits.json``: for every sweep its inputs, which are floats as they
stand, the exact answers for just these floats, rounded once, and what an error is measured beside.
Nothing here is random. Students never get this file, nor the one it makes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import mpmath as mp
import numpy as np

from autograder import digits
from autograder.digits import Array, Condition, Sweep

DPS = 50
FILE = Path(__file__).parent / "checks" / "hidden" / "exact_digits.json"

Number = Any
"""An ``mpf``: mpmath has no types."""


def sweeps(dps: int = DPS) -> dict[str, tuple[Sweep, ...]]:
    """Every sweep of this assignment, by the name of its case; worked out at ``dps`` digits."""
    with mp.workdps(dps):
        return {
            "pairwise_dist_digits": _pairwise_dist(),
            "softmax_digits": _logit_sweeps(_softmax),
            "logsumexp_digits": _logit_sweeps(_logsumexp),
            "ll_joint_digits": _ll_joint_sweeps(),
            "e_step_digits": _e_step_sweeps(),
        }


def _exact(values: Array) -> Array:
    """Numbers of mpmath as the float64 nearest to each."""
    return np.array([float(v) for v in values.ravel()]).reshape(values.shape)


def _mp(array: Array) -> Array:
    """Floats as numbers of mpmath, exactly."""
    return np.array([mp.mpf(float(v)) for v in array.ravel()], dtype=object).reshape(array.shape)


def _name(at: float) -> str:
    return f"{at:.0e}".replace("e+0", "e").replace("e-0", "e-").replace("e+", "e")


def _swept(
    title: str,
    axis: str,
    at: Iterable[float],
    inputs: Callable[[float], Sequence[Array]],
    answer: Callable[..., Sequence[tuple[Array, Array]]],
    asked: Callable[[float], bool] = lambda _: True,
) -> Sweep:
    """A sweep along a logarithmic axis. ``answer`` gives pairs of exact answer and scale."""
    made = []
    for place in at:
        args = tuple(inputs(place))
        exact, scale = zip(*answer(*args), strict=True)
        made.append(Condition(_name(place), place, args, exact, scale, asked(place)))
    return Sweep(title, axis, tuple(made))


def _named(
    title: str,
    conditions: dict[str, Sequence[Array]],
    answer: Callable[..., Sequence[tuple[Array, Array]]],
) -> Sweep:
    """A sweep over conditions that have names and no order."""
    made = []
    for name, args in conditions.items():
        exact, scale = zip(*answer(*args), strict=True)
        made.append(Condition(name, None, tuple(args), exact, scale))
    return Sweep(title, "", tuple(made))


# Distances --------------------------------------------------------------------

ROWS = np.array([[0.25, -1.5, 3.0], [2.0, 0.625, -0.75], [-1.125, 1.75, 0.5]])
OTHERS = np.array([[0.25, -1.5, 3.0], [1.0, 2.5, -2.0], [-2.75, 0.5, 1.0], [3.5, 3.0, 2.25]])
"""The first row is one of ROWS; the others are far from all of them."""


def _distance(X: Array, Y: Array) -> Array:
    X, Y = _mp(X), _mp(Y)
    return np.array([[mp.sqrt(sum((x - y) ** 2)) for y in Y] for x in X], dtype=object)


def _beside_itself(X: Array, Y: Array) -> list[tuple[Array, Array]]:
    exact = _exact(_distance(X, Y))
    return [(exact, exact)]


def _beside_the_data(X: Array, Y: Array) -> list[tuple[Array, Array]]:
    """The statement lets a distance be off by a share of the data's size: the longest row."""
    exact = _exact(_distance(X, Y))
    size = float(max(mp.sqrt(sum(row**2)) for row in _mp(np.concatenate([X, Y]))))
    return [(exact, np.full(exact.shape, size))]


def _pairwise_dist() -> tuple[Sweep, ...]:
    far = OTHERS[1:]
    nearly = np.array([[0.3, -0.7, 0.9, 0.1, -0.2], [0.6, 0.45, -0.35, 0.8, 0.15]])
    step = np.array([0.6, -0.8, 0.5, 0.3, 0.7])
    single = np.float32
    return (
        _swept(
            "All points far from the origin",
            "offset of the points",
            (1e0, 1e2, 1e4, 1e6, 1e8, 1e10, 1e12, 1e15),
            # One row stays where it is: beside all others the error of no distance would count.
            lambda o: (o + ROWS, np.concatenate([o + OTHERS, OTHERS[:1]])),
            _beside_the_data,
        ),
        _swept(
            "Rows that are nearly equal",
            "gap between the rows",
            (1e-16, 1e-14, 1e-12, 1e-10, 1e-8, 1e-6, 1e-4, 1e-2),
            lambda gap: (nearly, np.concatenate([nearly + gap * step, nearly])),
            _beside_the_data,
        ),
        _swept(
            "Points from tiny to huge",
            "size of the points",
            (1e-150, 1e-50, 1e-8, 1e0, 1e8, 1e50, 1e150),
            lambda w: (w * ROWS, w * far),
            _beside_itself,
        ),
        _swept(
            "float32 points from tiny to huge",
            "size of the points",
            (1e-15, 1e-8, 1e0, 1e8, 1e15),
            lambda w: ((w * ROWS).astype(single), (w * far).astype(single)),
            _beside_itself,
        ),
    )


# Rows of logits ---------------------------------------------------------------

LOGITS = np.array([[0.0, 1.0, 3.0, -2.0], [0.5, -0.25, -1.0, 0.5], [2.0, 1.5, 0.25, -3.0]])


def _log_sum(row: Array) -> Number:
    """log of the sum of exp(row), exact also where it is a little above the largest entry."""
    *others, peak = sorted(row)
    return peak + mp.log1p(sum(mp.exp(x - peak) for x in others))


def _shares(rows: Array) -> tuple[Array, Array]:
    """Probabilities that are as exp(row), measured beside 1, the sum of a row."""
    made = []
    for row in rows:
        exps = [mp.exp(x - max(row)) for x in row]
        made.append([e / sum(exps) for e in exps])
    exact = _exact(np.array(made, dtype=object))
    return exact, np.ones(exact.shape)


def _softmax(logits: Array) -> list[tuple[Array, Array]]:
    return [_shares(_mp(logits))]


def _logsumexp(logits: Array) -> list[tuple[Array, Array]]:
    """Measured beside the value or 1: near 0 it is a difference of larger numbers."""
    exact = _exact(np.array([[_log_sum(row)] for row in _mp(logits)], dtype=object))
    return [(exact, np.maximum(np.abs(exact), 1.0))]


def _logit_sweeps(answer: Callable[..., list[tuple[Array, Array]]]) -> tuple[Sweep, ...]:
    signs = np.array([[1.0], [-1.0], [0.0]])
    wide = np.array([[1.0, 0.5, -1.0, 0.25], [-0.5, -1.0, -0.5, -0.75], [1.0, 1.0, -1.0, 0.0]])
    inf = np.inf
    edges = {
        "ties": [np.array([[0.0] * 4, [720.0] * 4, [-760.0] * 4])],
        "-inf": [np.array([[0.5, -inf, 2.0, 1.0], [-inf, -inf, -800.0, -inf],
                           [-inf, 900.0, 901.0, -inf]])],
        "denormals": [np.array([[5e-324, 0.0, 1e-310, -5e-324], [1e-308, -1e-308, 0.0, 0.0]])],
        "gap of 745": [np.array([[0.0, -745.0, -744.5, -746.0], [745.0, 0.0, 745.0, -1.0]])],
    }  # fmt: skip
    return (
        _swept(
            "Rows near plus and minus an offset",
            "offset of the logits",
            (1e0, 1e2, 1e3, 1e4, 1e8, 1e12, 1e16, 1e100, 1e300),
            lambda o: (o * signs + LOGITS,),
            answer,
        ),
        _swept(
            "Rows from narrow to wide",
            "width of a row",
            (1e-300, 1e-150, 1e-8, 1e0, 1e2, 1e3, 1e4, 1e150, 1e300),
            lambda w: (w * wide,),
            answer,
        ),
        _swept(
            "float32 rows near plus and minus an offset",
            "offset of the logits",
            (1e0, 1e2, 1e3, 1e4, 1e6, 1e20, 1e38),
            lambda o: ((o * signs + LOGITS).astype(np.float32),),
            answer,
        ),
        _named("Edges", edges, answer),
    )


# Mixtures ---------------------------------------------------------------------

PI = np.array([0.25, 0.75])
MU = np.array([[0.5, -1.0], [2.0, 0.25]])
SIGMA = np.array([[0.5, 2.0], [1.25, 0.75]])
POINTS = np.array([[1.0, -0.5], [-0.75, 1.0], [0.25, 0.125]])


def _joint(points: Array, pi: Array, mu: Array, sigma: Array, power: int) -> tuple[Array, Array]:
    """log pi + log density, (N, K), and the sizes of its terms; sigma ** power is the variance."""
    x, pi, mu, sigma = (_mp(a) for a in (points, pi, mu, sigma))
    values = np.empty((len(x), len(mu)), dtype=object)
    sizes = np.empty_like(values)
    for n, k in np.ndindex(values.shape):
        variance = sigma[k] ** power
        terms = [mp.log(pi[k])]
        for d in range(x.shape[1]):
            terms += [
                -mp.log(2 * mp.pi) / 2,
                -mp.log(variance[d]) / 2,
                -((x[n, d] - mu[k, d]) ** 2) / (2 * variance[d]),
            ]
        values[n, k], sizes[n, k] = sum(terms), sum(abs(t) for t in terms)
    return values, sizes


def _ll_joint(*mixture: Array) -> list[tuple[Array, Array]]:
    """sigma as a deviation, and as a variance: another case charges that, and only that one.

    Measured beside the sum of the sizes of its terms, which may cancel.
    """
    return [(_exact(v), _exact(s)) for v, s in (_joint(*mixture, power) for power in (2, 1))]


def _gamma(*mixture: Array) -> list[tuple[Array, Array]]:
    """Responsibilities, for either reading of sigma."""
    return [_shares(_joint(*mixture, power)[0]) for power in (2, 1)]


def _ll_joint_sweeps() -> tuple[Sweep, ...]:
    single = np.float32
    return (
        _swept(
            "Points far from every component",
            "distance in deviations",
            (1e0, 1e1, 1e2, 1e4, 1e8, 1e50, 1e150),
            lambda t: (t * POINTS, PI, MU, SIGMA),
            _ll_joint,
        ),
        _swept(
            "Components from narrow to wide",
            "size of deviations, means and points",
            (1e-150, 1e-50, 1e-8, 1e0, 1e8, 1e50, 1e150),
            lambda w: (w * POINTS, PI, w * MU, w * SIGMA),
            _ll_joint,
        ),
        _swept(
            "Points and components far from the origin",
            "offset of points and means",
            (1e0, 1e2, 1e4, 1e6, 1e8, 1e12),
            lambda o: (o + POINTS, PI, o + MU, SIGMA),
            _ll_joint,
        ),
        _swept(
            "Narrow components beside each other",
            "deviation",
            (1e-12, 1e-8, 1e-6, 1e-4, 1e-2, 1e0),
            lambda w: (np.concatenate([MU + w * SIGMA, POINTS[:1]]), PI, MU, w * SIGMA),
            _ll_joint,
            asked=lambda w: w >= 1e-4,  # a square multiplied out, which is allowed, loses the rest
        ),
        _swept(
            "float32 points far from every component",
            "distance in deviations",
            (1e0, 1e1, 1e2, 1e4, 1e8),
            lambda t: tuple(a.astype(single) for a in (t * POINTS, PI, MU, SIGMA)),
            _ll_joint,
        ),
    )


def _e_step_sweeps() -> tuple[Sweep, ...]:
    mu = np.array([[0.0, -1.0], [0.0, 1.0]])
    unit = np.ones((2, 2))
    between = np.array([[1.0, 0.25], [-1.0, -0.375], [1.0, 0.0]])
    return (
        _swept(
            "Points far away between two components",
            "distance in deviations",
            (1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6),
            lambda t: (between * [t, 1.0], PI, mu, unit),
            _gamma,
            asked=lambda t: t <= 1e4,  # ll is about t squared, and gamma has what digits are left
        ),
        _swept(
            "Points far away, one component nearer",
            "distance in deviations",
            (1e0, 1e1, 1e2, 1e4, 1e8, 1e50, 1e150),
            lambda t: (t * POINTS, PI, MU, SIGMA),
            _gamma,
        ),
        _swept(
            "Components from narrow to wide",
            "size of deviations, means and points",
            (1e-150, 1e-50, 1e-8, 1e0, 1e8, 1e50, 1e150),
            lambda w: (w * POINTS, PI, w * MU, w * SIGMA),
            _gamma,
        ),
    )


if __name__ == "__main__":
    digits.write(FILE, sweeps())
    print(f"{FILE}: {FILE.stat().st_size / 1000:.0f} kB")
