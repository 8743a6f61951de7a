"""Speed of the clustering reference beside other ways to do the same work, as ratios.

Everything runs in this one process, on one thread, in float64, on the same pixels, from the
same start and for the same number of iterations; rounds are interleaved, so that a machine
that slows down slows everybody. Times are CPU seconds, the smallest of the rounds. Results are
compared too: it is said who ends elsewhere.

    python benchmarks/hw2_kernels.py [--quick]

Exit status: 0 when every demanded ratio holds, 1 when one does not.
"""

from __future__ import annotations

import os

# Before numpy is imported: the BLAS libraries read these once.
for _name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[_name] = "1"

import argparse
import importlib.util
import sys
import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

try:
    import sklearn.cluster
    import sklearn.datasets
    import sklearn.mixture
except ImportError:
    sklearn = None
try:
    import scipy.cluster.vq
except ImportError:
    scipy = None

ROOT = Path(__file__).resolve().parent.parent
PHOTOGRAPH_PIXELS = 427 * 640
SEED = 20190618


def load_reference() -> ModuleType:
    """The reference solution, imported from its file."""
    path = ROOT / "solutions" / "hw2_clustering" / "clustering.py"
    spec = importlib.util.spec_from_file_location("clustering", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def load_pixels() -> tuple[str, np.ndarray]:
    """Name and pixels, (N, 3) float64 in 0..255, of the photograph or what stands in for it."""
    if sklearn is not None:
        image = sklearn.datasets.load_sample_image("china.jpg")
        return "scikit-learn's china.jpg", image.reshape(-1, 3).astype(np.float64)
    import imageio.v3

    pixels = imageio.v3.imread(ROOT / "data" / "fruit.bmp")[..., :3].reshape(-1, 3)
    tiles = -(-PHOTOGRAPH_PIXELS // len(pixels))
    return "data/fruit.bmp, tiled", np.tile(pixels, (tiles, 1))[:PHOTOGRAPH_PIXELS].astype(
        np.float64
    )


# --- K-means: each returns the centres after exactly ``iterations`` iterations -----------------


def kmeans_all_differences_twice(
    points: np.ndarray, start: np.ndarray, iterations: int
) -> np.ndarray:
    """What is usually handed in: all N x K x D differences, for the ids and again for the loss."""

    def distance(a: np.ndarray, b: np.ndarray) -> np.ndarray:
        return np.sqrt(np.sum((a[:, None] - b[None]) ** 2, axis=-1))

    centers = start
    for _ in range(iterations):
        ids = np.argmin(distance(points, centers), axis=1)
        centers = np.array([points[ids == k].mean(axis=0) for k in range(len(centers))])
        own = distance(points, centers)[np.arange(len(points)), ids]
        np.mean(own**2)  # the loss
    return centers


def kmeans_all_differences_once(
    points: np.ndarray, start: np.ndarray, iterations: int
) -> np.ndarray:
    """The same, with one distance matrix per iteration and its loss taken from the minimum."""
    centers = start
    for _ in range(iterations):
        square = np.sum((points[:, None] - centers[None]) ** 2, axis=-1)
        ids = np.argmin(square, axis=1)
        np.mean(np.min(square, axis=1))  # the loss
        centers = np.array([points[ids == k].mean(axis=0) for k in range(len(centers))])
    return centers


def kmeans_reference(
    reference: ModuleType, points: np.ndarray, start: np.ndarray, iterations: int
) -> np.ndarray:
    """The reference's own loop, every step included; only the start is pinned."""

    class Pinned(reference.KMeans):
        def _init_centers(self, points: np.ndarray, K: int, **kwargs: Any) -> np.ndarray:
            return start

    # abs_tol 0: no change is smaller, so the loop never stops early.
    return Pinned()(points, len(start), max_iters=iterations, abs_tol=0.0)[1]


def kmeans_sklearn(points: np.ndarray, start: np.ndarray, iterations: int) -> np.ndarray:
    """scikit-learn's Lloyd iterations."""
    model = sklearn.cluster.KMeans(
        len(start), init=start, n_init=1, max_iter=iterations, tol=0.0, algorithm="lloyd"
    )
    return model.fit(points).cluster_centers_


def kmeans_scipy(points: np.ndarray, start: np.ndarray, iterations: int) -> np.ndarray:
    """scipy.cluster.vq.kmeans2, which computes no loss."""
    return scipy.cluster.vq.kmeans2(points, start, iter=iterations, minit="matrix")[0]


# --- Mixtures: each returns the means after exactly ``iterations`` iterations ------------------

Components = tuple[np.ndarray, np.ndarray, np.ndarray]


def gmm_all_differences(points: np.ndarray, start: Components, iterations: int) -> np.ndarray:
    """What is usually handed in: all N x K x D differences in every step."""
    pi, mu, sigma = start
    D = points.shape[1]

    def joint() -> np.ndarray:
        difference = points[:, None] - mu[None]
        normal = -0.5 * D * np.log(2 * np.pi) - 0.5 * np.log(np.prod(sigma**2, axis=1))
        return np.log(pi) + normal - 0.5 * np.sum(difference**2 / sigma**2, axis=-1)

    for _ in range(iterations):
        logits = joint()
        logits = logits - np.max(logits, axis=1, keepdims=True)
        gamma = np.exp(logits) / np.sum(np.exp(logits), axis=1, keepdims=True)
        pi = np.mean(gamma, axis=0)
        mass = np.sum(gamma, axis=0)[:, None]
        mu = np.sum(gamma[:, :, None] * points[:, None, :], axis=0) / mass
        square = (points[:, None] - mu[None]) ** 2
        sigma = np.sqrt(np.sum(square * gamma[:, :, None], axis=0) / mass)
        logits = joint()
        peak = np.max(logits, axis=1, keepdims=True)
        np.sum(np.log(np.sum(np.exp(logits - peak), axis=1, keepdims=True)) + peak)  # the loss
    return mu


def gmm_reference(
    reference: ModuleType, points: np.ndarray, start: Components, iterations: int
) -> np.ndarray:
    """The reference's own loop, every step included; only the start is pinned."""

    class Pinned(reference.GMM):
        def _init_components(self, points: np.ndarray, K: int, **kwargs: Any) -> Components:
            return start

    _, (_, mu, _) = Pinned()(points, len(start[0]), max_iters=iterations, abs_tol=0.0)
    return mu


def gmm_sklearn(points: np.ndarray, start: Components, iterations: int) -> np.ndarray:
    """scikit-learn's GaussianMixture with diagonal covariance; its loop makes every iteration."""
    pi, mu, sigma = start
    model = sklearn.mixture.GaussianMixture(
        len(pi),
        covariance_type="diag",
        tol=0.0,
        reg_covar=0.0,
        max_iter=iterations,
        weights_init=pi,
        means_init=mu,
        precisions_init=sigma**-2.0,
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that it did not converge is what was asked for
        model.fit(points)
    if model.n_iter_ != iterations:
        print(f"  (scikit-learn stopped after {model.n_iter_} of {iterations} iterations)")
    return model.means_


# --- The race ----------------------------------------------------------------------------------


@dataclass
class Runner:
    """One way to do the work: ``run(iterations)`` gives centres or means."""

    name: str
    run: Callable[[int], np.ndarray]
    iterations: int
    seconds: float = np.inf
    result: np.ndarray | None = None

    def once(self) -> None:
        """Run once; keep the CPU time if it is the smallest so far."""
        begin = time.process_time()
        self.result = self.run(self.iterations)
        self.seconds = min(self.seconds, time.process_time() - begin)


@dataclass(frozen=True)
class Demand:
    """The reference must be at least ``ratio`` times as fast as ``other``."""

    other: str
    ratio: float


REFERENCE = "reference"
NAIVE = "all differences"


def race(
    title: str, runners: list[Runner], demands: list[Demand], iterations: int, rounds: int
) -> bool:
    """Run interleaved rounds, print the table and the demands; True when every demand holds."""
    for _ in range(rounds):
        for runner in runners:
            runner.once()
    seconds = {r.name: r.seconds * iterations / r.iterations for r in runners}
    ours = seconds[REFERENCE]
    print(f"\n{title}, {iterations} iterations, best of {rounds}")
    print(f"  {'':24} {'CPU s':>8} {'to the reference':>17}")
    for runner in runners:
        note = f"  scaled from {runner.iterations} iterations"
        time_s = seconds[runner.name]
        print(
            f"  {runner.name:24} {time_s:8.3f} {time_s / ours:16.2f}x"
            + note * (runner.iterations != iterations)
        )
    say_who_ends_elsewhere(runners, iterations)
    verdicts = [holds(demand, seconds) for demand in demands if demand.other in seconds]
    return all(verdicts)


def say_who_ends_elsewhere(runners: list[Runner], iterations: int) -> None:
    """Print by how much results differ; a pixel half-way between two centres may do that."""
    (wanted,) = (r.result for r in runners if r.name == REFERENCE)
    for runner in runners:
        if runner.iterations == iterations:
            gap = float(np.max(np.abs(runner.result - wanted)))
            if not gap < 1e-3:
                print(f"  {runner.name}: a centre differs by up to {gap:.2g} grey levels")


def holds(demand: Demand, seconds: dict[str, float]) -> bool:
    """Print PASS or FAIL for one demand."""
    ratio = seconds[demand.other] / seconds[REFERENCE]
    word = "PASS" if ratio >= demand.ratio else "FAIL"
    if demand.ratio >= 1:
        claim = f"{ratio:.1f} times as fast as {demand.other} (at least {demand.ratio:g})"
    else:
        claim = f"{1 / ratio:.2f} times {demand.other}'s time (at most {1 / demand.ratio:g})"
    print(f"  {word}  reference: {claim}")
    return ratio >= demand.ratio


def race_kmeans(reference: ModuleType, points: np.ndarray, start: np.ndarray, quick: bool) -> bool:
    """K-means from ``start`` (K, D)."""
    iterations = 10 if quick else 20

    def runner(name: str, function: Callable[..., np.ndarray], *first: Any) -> Runner:
        return Runner(name, lambda n: function(*first, points, start, n), iterations)

    runners = [
        runner(NAIVE, kmeans_all_differences_twice),
        runner("all differences, once", kmeans_all_differences_once),
        runner(REFERENCE, kmeans_reference, reference),
    ]
    if sklearn is not None:
        runners.append(runner("scikit-learn", kmeans_sklearn))
    if scipy is not None:
        runners.append(runner("scipy kmeans2", kmeans_scipy))
    demands = [Demand(NAIVE, 8.0), Demand("scikit-learn", 1 / 3)]
    return race(f"KMeans, K = {len(start)}", runners, demands, iterations, 2 if quick else 3)


def race_gmm(reference: ModuleType, points: np.ndarray, start: Components, quick: bool) -> bool:
    """The mixture from ``start``."""
    iterations = 40 if quick else 200
    few = 4 if quick else 10
    runners = [
        Runner(NAIVE, lambda n: gmm_all_differences(points, start, n), few),
        Runner(REFERENCE, lambda n: gmm_reference(reference, points, start, n), iterations),
    ]
    if sklearn is not None:
        runners.append(Runner("scikit-learn", lambda n: gmm_sklearn(points, start, n), iterations))
    demands = [Demand(NAIVE, 20.0), Demand("scikit-learn", 1.0)]
    return race(f"GMM, K = {len(start[0])}", runners, demands, iterations, 2)


def main(arguments: list[str]) -> int:
    """Run the races; 0 when every demanded ratio holds, 1 otherwise."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("--quick", action="store_true", help="fewer rounds and iterations")
    quick = parser.parse_args(arguments).quick

    reference = load_reference()
    name, points = load_pixels()
    print(f"{name}: {len(points):,} pixels; numpy {np.__version__}, one thread, float64")
    rng = np.random.default_rng(SEED)

    def rows(K: int) -> np.ndarray:
        return points[rng.choice(len(points), K, replace=False)]

    good = [race_kmeans(reference, points, rows(K), quick) for K in (5, 16)]
    start = (np.full(5, 0.2), rows(5), np.tile(points.std(axis=0), (5, 1)))
    good.append(race_gmm(reference, points, start, quick))
    return 0 if all(good) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
