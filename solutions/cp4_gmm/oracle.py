"""The exact answers that the `_digits` cases measure with, by mpmath at 50 digits.

    python solutions/cp4_gmm/oracle.py

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
Answer = Callable[..., tuple[Array, Array]]
"""Exact answer and scale, for x_ND, log_pi_K, mu_KD and stddev_KD."""


def sweeps(dps: int = DPS) -> dict[str, tuple[Sweep, ...]]:
    """Every sweep of this assignment, by the name of its case; worked out at ``dps`` digits."""
    with mp.workdps(dps):
        likelihood = _sweeps(_neg_log_lik)
        return {
            "neg_log_lik_digits": likelihood,
            "ag_neg_log_lik_digits": likelihood,
            "estep_digits": (_between(), *_sweeps(_responsibilities)),
        }


def _exact(values: Array) -> Array:
    """Numbers of mpmath as the float64 nearest to each."""
    return np.array([float(v) for v in values.ravel()]).reshape(values.shape)


def _mp(array: Array) -> Array:
    """Floats as numbers of mpmath, exactly."""
    return np.array([mp.mpf(float(v)) for v in array.ravel()], dtype=object).reshape(array.shape)


def _joint(x_ND: Array, log_pi_K: Array, mu_KD: Array, stddev_KD: Array) -> tuple[Array, Array]:
    """log pi + log density, (N, K), and the sum of the sizes of its terms."""
    x_ND, log_pi_K, mu_KD, stddev_KD = (_mp(a) for a in (x_ND, log_pi_K, mu_KD, stddev_KD))
    values = np.empty((len(x_ND), len(mu_KD)), dtype=object)
    sizes = np.empty_like(values)
    for n, k in np.ndindex(values.shape):
        terms = [log_pi_K[k]]
        for x, mu, stddev in zip(x_ND[n], mu_KD[k], stddev_KD[k], strict=True):
            terms += [-mp.log(2 * mp.pi) / 2, -mp.log(stddev), -((x - mu) ** 2) / (2 * stddev**2)]
        values[n, k], sizes[n, k] = sum(terms), sum(abs(t) for t in terms)
    return values, sizes


def _log_sum(row: Array) -> Number:
    """log of the sum of exp(row), exact also where it is a little above the largest entry."""
    *others, peak = sorted(row)
    return peak + mp.log1p(sum(mp.exp(x - peak) for x in others))


def _neg_log_lik(*mixture: Array) -> tuple[Array, Array]:
    """Measured beside the sizes of the terms, of every row's most probable component."""
    values, sizes = _joint(*mixture)
    total = -sum(_log_sum(row) for row in values)
    best = [max(range(len(row)), key=lambda k, row=row: row[k]) for row in values]
    size = sum(row[k] for row, k in zip(sizes, best, strict=True))
    return _exact(np.array(total)), _exact(np.array(size))


def _responsibilities(*mixture: Array) -> tuple[Array, Array]:
    """Measured beside 1, the sum of a row."""
    values, _ = _joint(*mixture)
    rows = []
    for row in values:
        exps = [mp.exp(x - max(row)) for x in row]
        rows.append([e / sum(exps) for e in exps])
    exact = _exact(np.array(rows, dtype=object))
    return exact, np.ones(exact.shape)


def _name(at: float) -> str:
    return f"{at:.0e}".replace("e+0", "e").replace("e-0", "e-").replace("e+", "e")


def _swept(
    title: str,
    axis: str,
    at: Iterable[float],
    inputs: Callable[[float], Sequence[Array]],
    answer: Answer,
    asked: Callable[[float], bool] = lambda _: True,
) -> Sweep:
    """A sweep along a logarithmic axis."""
    made = []
    for place in at:
        args = tuple(inputs(place))
        exact, scale = answer(*args)
        made.append(Condition(_name(place), place, args, (exact,), (scale,), asked(place)))
    return Sweep(title, axis, tuple(made))


LOG_PI = np.log([0.25, 0.75])
MU = np.array([[0.5, -1.0], [2.0, 0.25]])
STDDEV = np.array([[0.5, 2.0], [1.25, 0.75]])
ROWS = np.array([[1.0, -0.5], [-0.75, 1.0], [0.25, 0.125]])


def _sweeps(answer: Answer) -> tuple[Sweep, ...]:
    """The sweeps that the likelihood and the E step share."""
    edges = {
        "equal components": (40 * ROWS, LOG_PI, MU[[0, 0]], STDDEV[[0, 0]]),
        "near and far": (np.concatenate([ROWS, 1e5 * ROWS]), LOG_PI, MU, STDDEV),
    }
    named = tuple(
        Condition(name, None, args, *((value,) for value in answer(*args)))
        for name, args in edges.items()
    )
    return (
        _swept(
            "Rows far from every component",
            "distance in deviations",
            (1e0, 1e1, 1e2, 1e4, 1e8, 1e50, 1e150),
            lambda t: (t * ROWS, LOG_PI, MU, STDDEV),
            answer,
        ),
        _swept(
            "Components from narrow to wide",
            "size of deviations, means and rows",
            (1e-150, 1e-50, 1e-8, 1e0, 1e8, 1e50, 1e150),
            lambda w: (w * ROWS, LOG_PI, w * MU, w * STDDEV),
            answer,
        ),
        _swept(
            "Rows and components far from the origin",
            "offset of rows and means",
            (1e0, 1e2, 1e4, 1e6, 1e8, 1e12),
            lambda o: (o + ROWS, LOG_PI, o + MU, STDDEV),
            answer,
            asked=lambda o: o <= 1e4,  # a square multiplied out, which is allowed, loses the rest
        ),
        _swept(
            "float32 rows far from every component",
            "distance in deviations",
            (1e0, 1e2, 1e4, 1e8),
            lambda t: ((t * ROWS).astype(np.float32), LOG_PI, MU, STDDEV),
            answer,
        ),
        Sweep("Edges", "", named),
    )


def _between() -> Sweep:
    mu_KD = np.array([[0.0, -1.0], [0.0, 1.0]])
    rows = np.array([[1.0, 0.25], [-1.0, -0.375], [1.0, 0.0]])
    return _swept(
        "Rows far away between two components",
        "distance in deviations",
        (1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6),
        lambda t: (rows * [t, 1.0], LOG_PI, mu_KD, np.ones((2, 2))),
        _responsibilities,
        # The log densities are about t squared, and r_NK has what digits those leave.
        asked=lambda t: t <= 1e4,
    )


if __name__ == "__main__":
    digits.write(FILE, sweeps())
    print(f"{FILE}: {FILE.stat().st_size / 1000:.0f} kB")
