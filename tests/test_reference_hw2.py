"""The reference solution of hw2_clustering against independent oracles, edges included.

Every other promise of the kit about this homework rests on this file: a wrong
reference would mark right students down.
"""

from __future__ import annotations

import builtins
import doctest
import importlib.util
import re
import sys
import tracemalloc
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
import yaml
from scipy import special
from scipy.spatial.distance import cdist
from scipy.stats import binom, norm

SOLUTION = Path(__file__).resolve().parent.parent / "solutions" / "hw2_clustering"
SEED = 20190618


def load(name: str = "hw2_reference") -> ModuleType:
    """A fresh import of the reference solution."""
    spec = importlib.util.spec_from_file_location(name, SOLUTION / "clustering.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


ref = load()


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(SEED)


@pytest.fixture(autouse=True)
def fixed_global_generator() -> Iterator[None]:
    """Seeds numpy's global generator and turns its warnings into errors."""
    np.random.seed(SEED % 2**31)
    with np.errstate(all="raise", under="ignore"):
        yield


@pytest.fixture(params=[7, 10**9], ids=["small blocks", "one block"])
def blocks(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> int:
    """Runs a test twice: in many blocks with a short last one, and in one block."""

    def row_blocks(num_rows: int, numbers_per_row: int) -> list[slice]:
        return [slice(i, i + request.param) for i in range(0, num_rows, request.param)]

    monkeypatch.setattr(ref, "row_blocks", row_blocks)
    return int(request.param)


def close(got: Any, want: Any, rtol: float = 1e-9, atol: float = 1e-12) -> None:
    """Same shape, floats, and equal to the tolerance."""
    want = np.asarray(want)
    assert isinstance(got, np.ndarray)
    assert got.shape == want.shape
    assert got.dtype.kind == "f"
    np.testing.assert_allclose(got, want, rtol=rtol, atol=atol)


def frozen(*arrays: np.ndarray) -> tuple[np.ndarray, ...]:
    """Copies that raise when written to."""
    copies = tuple(array.copy() for array in arrays)
    for copy in copies:
        copy.flags.writeable = False
    return copies


# 1. Helper functions --------------------------------------------------------------------------


def test_pairwise_dist_printed_example() -> None:
    """The statement's example comes out to the digits printed."""
    np.random.seed(1)
    x, y = np.random.randn(2, 2), np.random.randn(3, 2)
    want = [[1.85239052, 0.19195729, 1.35467638], [1.85780729, 2.29426447, 1.18155842]]
    close(ref.pairwise_dist(x, y), want, rtol=0, atol=5.1e-9)


@pytest.mark.parametrize(("N", "M", "D"), [(1, 1, 1), (5, 3, 2), (4, 9, 1), (30, 20, 400)])
def test_pairwise_dist_is_cdist(rng: np.random.Generator, N: int, M: int, D: int) -> None:
    """Distances are scipy's, for N, M, D all different and in 400 dimensions."""
    X, Y = frozen(rng.normal(2, 3, (N, D)), rng.normal(-1, 2, (M, D)))
    close(ref.pairwise_dist(X, Y), cdist(X, Y))


@pytest.mark.parametrize("offset", [0.0, 1e3, 1e6])
def test_pairwise_dist_near_zero(rng: np.random.Generator, offset: float) -> None:
    """dist(X, X) is finite and off by the root of the precision times the data's scale, no more."""
    X = rng.normal(size=(40, 3)) + offset
    got = ref.pairwise_dist(X, X)
    # The scale is the spread of the data: where the origin lies does not matter.
    scale = np.ptp(X)
    assert np.all(np.isfinite(got))
    assert np.max(np.abs(got - cdist(X, X))) <= 2 * np.sqrt(np.finfo(float).eps) * scale


def test_pairwise_dist_keeps_float32_accuracy(rng: np.random.Generator) -> None:
    """float32 points give distances with float32's accuracy or better."""
    X, Y = rng.normal(size=(9, 4)).astype(np.float32), rng.normal(size=(6, 4)).astype(np.float32)
    close(ref.pairwise_dist(X, Y), cdist(X, Y), rtol=1e-6)


def test_softmax_and_logsumexp_printed_examples() -> None:
    """The statement's examples come out to float32's seven digits."""
    logits = np.array([[1000, 1000], [1, 2]], dtype=np.float32)
    close(ref.softmax(logits), [[0.5, 0.5], [0.26894143, 0.7310586]], rtol=2e-7)
    close(ref.logsumexp(logits), [[1000.6932], [2.3132617]], rtol=2e-7)


@pytest.mark.parametrize("dtype", [np.float64, np.float32, np.int64])
def test_softmax_and_logsumexp_are_scipys(rng: np.random.Generator, dtype: type) -> None:
    """Both agree with scipy for any N and D, at the accuracy of the dtype."""
    rtol = 1e-5 if dtype is np.float32 else 1e-12
    for N, D in [(1, 1), (7, 3), (4, 11), (3, 400)]:
        (logits,) = frozen(rng.normal(0, 20, (N, D)).astype(dtype))
        wide = logits.astype(np.float64)
        close(ref.softmax(logits), special.softmax(wide, axis=1), rtol=rtol)
        close(ref.logsumexp(logits), special.logsumexp(wide, axis=1, keepdims=True), rtol=rtol)


def test_softmax_and_logsumexp_of_large_logits() -> None:
    """Rows near 0, 5000 and -5000 do not disturb each other, nor do such entries in one row."""
    logits = np.array(
        [[0.0, 1.0, 2.0], [5000.0, 5001.0, 4999.0], [-5000.0, -5001.0, -5000.5], [0, 5000, -5000]]
    )
    close(ref.softmax(logits), special.softmax(logits, axis=1))
    close(ref.logsumexp(logits), special.logsumexp(logits, axis=1, keepdims=True))


def test_softmax_and_logsumexp_of_log_zero() -> None:
    """log 0 has probability 0; a row of nothing else is shared evenly and sums to log 0."""
    logits = np.array([[0.0, -np.inf, 1.0], [-np.inf, -np.inf, -np.inf]])
    for dtype, tiny in ((np.float64, 1e-300), (np.float32, 1e-37)):
        prob = ref.softmax(logits.astype(dtype))
        close(prob[0], special.softmax(logits[0]), rtol=1e-6, atol=tiny)
        close(prob[1], np.full(3, 1 / 3), rtol=1e-6)
        assert ref.logsumexp(logits.astype(dtype))[1, 0] == -np.inf


# 2. KMeans ------------------------------------------------------------------------------------


def test_init_centers_are_different_rows(rng: np.random.Generator) -> None:
    """The start is K rows of the data, never one twice, and not the same at every call."""
    (points,) = frozen(rng.normal(10, 3, (12, 2)))
    starts = set()
    for _ in range(20):
        centers = ref.KMeans()._init_centers(points, 11)
        row = cdist(centers, points).argmin(axis=1)
        np.testing.assert_array_equal(centers, points[row])
        assert len(set(row)) == 11
        starts.add(tuple(row))
    assert len(starts) > 1


def test_init_centers_of_integers_are_floats() -> None:
    """Integer points give a start in floats, so that means of it are not cut."""
    assert ref.KMeans()._init_centers(np.arange(12).reshape(6, 2), 3).dtype == np.float64


@pytest.mark.parametrize(("N", "K", "D"), [(1, 1, 1), (50, 4, 3), (23, 9, 2), (40, 3, 400)])
def test_assignment_is_nearest(
    rng: np.random.Generator, blocks: int, N: int, K: int, D: int
) -> None:
    """Every point goes to the nearest centre, counted from 0, as integers."""
    points, centers = frozen(rng.normal(5, 3, (N, D)), rng.normal(5, 3, (K, D)))
    got = ref.KMeans()._update_assignment(centers, points)
    assert got.dtype.kind == "i"
    np.testing.assert_array_equal(got, cdist(points, centers).argmin(axis=1))


def test_assignment_ties_go_to_the_first() -> None:
    """Pixels at equal distance from several centres go to the first of them."""
    points = np.array([[x, y, 7] for x in range(0, 256, 5) for y in range(0, 256, 5)], float)
    centers = np.array([[0, 0, 7], [100, 0, 7], [0, 100, 7], [100, 100, 7], [100, 100, 7]], float)
    want = ((points[:, None] - centers) ** 2).sum(axis=2).argmin(axis=1)
    np.testing.assert_array_equal(ref.KMeans()._update_assignment(centers, points), want)


def test_assignment_far_from_the_origin(rng: np.random.Generator) -> None:
    """Where the data lie far from the origin, the nearest centre is found all the same."""
    points, centers = rng.normal(size=(60, 2)), rng.normal(size=(4, 2))
    got = ref.KMeans()._update_assignment(centers + 1e7, points + 1e7)
    want = cdist(points + 1e7, centers + 1e7).argmin(axis=1)
    np.testing.assert_array_equal(got, want)


def test_assignment_to_many_centres(rng: np.random.Generator) -> None:
    """More than 255 clusters have their numbers as well."""
    points, centers = rng.normal(size=(900, 3)), rng.normal(size=(300, 3))
    got = ref.KMeans()._update_assignment(centers, points)
    np.testing.assert_array_equal(got, cdist(points, centers).argmin(axis=1))


@pytest.mark.parametrize("dtype", [np.int64, np.int32, np.uint8])
def test_centers_are_means(rng: np.random.Generator, dtype: type) -> None:
    """Every centre becomes the mean of its points, whatever integers the ids are."""
    points, old = frozen(rng.normal(4, 3, (30, 5)), rng.normal(size=(4, 5)))
    (ids,) = frozen(np.resize(np.array([2, 0, 3, 1, 1], dtype=dtype), 30))
    want = [points[ids == k].mean(axis=0) for k in range(4)]
    close(ref.KMeans()._update_centers(old, ids, points), want)


def test_empty_cluster_keeps_its_centre(rng: np.random.Generator) -> None:
    """A cluster without points keeps its old centre: K rows, never NaN."""
    points, old = rng.normal(size=(10, 3)), rng.normal(size=(5, 3))
    got = ref.KMeans()._update_centers(old, np.repeat([1, 3], 5), points)
    close(got, [old[0], points[:5].mean(axis=0), old[2], points[5:].mean(axis=0), old[4]])


def test_integer_points_do_not_cut_the_means() -> None:
    """Means of integers keep their fractions."""
    points = np.array([[1, 2], [2, 4], [7, 7]])
    got = ref.KMeans()._update_centers(points[:2], np.array([0, 0, 1]), points)
    close(got, [[1.5, 3.0], [7.0, 7.0]])


def test_loss_is_mean_squared_distance_to_own_centre(rng: np.random.Generator, blocks: int) -> None:
    """The loss is one float: the mean over the points, to the centre that the ids name."""
    points, centers = frozen(rng.normal(size=(33, 4)), rng.normal(size=(3, 4)))
    ids = rng.integers(0, 3, 33)
    loss = ref.KMeans()._get_loss(centers, ids, points)
    assert type(loss) is float
    assert loss == pytest.approx(np.mean(cdist(points, centers)[np.arange(33), ids] ** 2))
    assert ref.KMeans()._get_loss(centers, ids, centers[ids]) == 0.0


def blobs(rng: np.random.Generator, N: int = 200) -> np.ndarray:
    """Four overlapping groups in three dimensions, on which K-means takes a while."""
    middles = np.array([[0, 0, 0], [2.5, 0, 1], [0, 3, -1], [3, 3, 0]], float)
    return middles[rng.integers(0, 4, N)] + rng.normal(size=(N, 3))


def test_kmeans_ends_at_a_fixed_point(rng: np.random.Generator) -> None:
    """At the end ids are the nearest centres, and centres the means of their points."""
    (points,) = frozen(blobs(rng))
    ids, centers = ref.KMeans()(points, 4)
    np.testing.assert_array_equal(ids, cdist(points, centers).argmin(axis=1))
    close(centers, [points[ids == k].mean(axis=0) for k in range(4)])


def test_kmeans_loss_never_rises(rng: np.random.Generator) -> None:
    """No iteration makes the loss larger, and ids always belong to the centres returned."""
    points = blobs(rng)
    losses = []
    for max_iters in range(12):
        np.random.seed(3)
        ids, centers = ref.KMeans()(points, 4, max_iters=max_iters)
        np.testing.assert_array_equal(ids, cdist(points, centers).argmin(axis=1))
        losses.append(ref.KMeans()._get_loss(centers, ids, points))
    assert np.all(np.diff(losses) <= 1e-12)
    assert losses[5] < losses[0]


def test_kmeans_of_repeated_points() -> None:
    """Fewer different points than clusters: no NaN, loss zero, and it stops at once."""
    points = np.repeat([[1.0, 2.0], [30.0, -4.0]], [6, 2], axis=0)
    ids, centers = ref.KMeans()(points, 4)
    assert np.all(np.isfinite(centers))
    np.testing.assert_array_equal(centers[ids], points)


def test_kmeans_takes_integer_points() -> None:
    """Integer pixels, unsigned ones included, are clustered like floats."""
    pixels = np.array([[0, 0, 0], [1, 0, 0], [255, 255, 255], [254, 255, 255]], dtype=np.uint8)
    ids, centers = ref.KMeans()(pixels, 2)
    assert sorted(centers[:, 0].tolist()) == [0.5, 254.5]
    assert ids[0] == ids[1] != ids[2] == ids[3]


@pytest.mark.parametrize(
    ("previous", "loss", "abs_tol", "rel_tol", "stops"),
    [
        (1.0, 1.0, 1e-16, 1e-16, True),
        (0.0, 0.0, 1e-16, 1e-16, True),  # nothing is divided by zero
        (-1000.0, -1001.0, 10.0, 1e-6, False),  # a negative loss does not satisfy rel_tol
        (-1000.0, -1001.0, 10.0, 1e-2, True),
        (1000.0, 999.0, 10.0, 1e-6, False),
        (1000.0, 999.0, 0.5, 1.0, False),
        (1000.0, 999.0, 0.0, 1.0, False),
        (float("nan"), float("nan"), 1.0, 1.0, False),
    ],
)
def test_stop_rule(
    previous: float, loss: float, abs_tol: float, rel_tol: float, stops: bool
) -> None:
    """Both tolerances must hold, with the loss zero or negative as with any other."""
    assert bool(ref.converged(previous, loss, abs_tol, rel_tol)) is stops


@pytest.mark.parametrize("losses", [[5.0, 3.0, 3.0, 1.0], [5.0, 3.0, 2.0, 1.0]])
def test_kmeans_stops_by_its_rule(monkeypatch: pytest.MonkeyPatch, losses: list[float]) -> None:
    """The loop ends with the first loss that did not change, else after max_iters."""
    seen = iter(losses)
    monkeypatch.setattr(ref.KMeans, "_get_loss", lambda *args: next(seen))
    ref.KMeans()(np.arange(8.0)[:, None], 2, max_iters=4)
    assert list(seen) == ([1.0] if losses[1] == losses[2] else [])


# 3. GMM ---------------------------------------------------------------------------------------


def ll_oracle(points: np.ndarray, pi: np.ndarray, mu: np.ndarray, sigma: np.ndarray) -> np.ndarray:
    """log pi + the sum of scipy's log densities."""
    with np.errstate(divide="ignore"):
        return np.log(np.ravel(pi)) + norm.logpdf(points[:, None], mu, sigma).sum(axis=2)


def mixture(rng: np.random.Generator, K: int, D: int) -> tuple[np.ndarray, ...]:
    """Unequal weights, means, and deviations far from 1."""
    return rng.dirichlet(np.ones(K)), rng.normal(2, 3, (K, D)), rng.uniform(0.1, 4, (K, D))


@pytest.mark.parametrize(("N", "K", "D"), [(1, 1, 1), (25, 4, 3), (9, 2, 7), (30, 3, 400)])
def test_ll_joint_is_scipys(rng: np.random.Generator, blocks: int, N: int, K: int, D: int) -> None:
    """The joint log density is log pi plus scipy's log densities, with pi as (K,) or (1, K)."""
    points, pi, mu, sigma = frozen(rng.normal(2, 3, (N, D)), *mixture(rng, K, D))
    want = ll_oracle(points, pi, mu, sigma)
    close(ref.GMM()._ll_joint(points, pi, mu, sigma), want)
    close(ref.GMM()._ll_joint(points, pi[None], mu, sigma), want)


@pytest.mark.parametrize(
    ("points_by", "mu_by", "sigma_by", "offset"),
    [
        (1, 1, 1e-8, 0),  # 10^8 sigma away
        (1e-3, 1e-3, 1e-6, 0),
        (1e8, 1, 1, 0),
        (1, 1, 1, 1e8),  # far from the origin
        (1, 1, 1e-4, 1e4),
        (1, 1e9, 1, 0),
    ],
)
def test_ll_joint_far_points_and_small_sigma(
    rng: np.random.Generator,
    blocks: int,
    points_by: float,
    mu_by: float,
    sigma_by: float,
    offset: float,
) -> None:
    """Nothing underflows or cancels, however far the points and however small sigma."""
    pi, mu, sigma = mixture(rng, 3, 4)
    points = np.concatenate([rng.normal(2, 3, (20, 4)) * points_by, mu * mu_by]) + offset
    mu, sigma = mu * mu_by + offset, sigma * sigma_by
    close(ref.GMM()._ll_joint(points, pi, mu, sigma), ll_oracle(points, pi, mu, sigma))


def test_ll_joint_of_mixed_widths(rng: np.random.Generator, blocks: int) -> None:
    """A component of tiny deviation beside a wide one takes nothing from the other's digits."""
    pi, mu, sigma = mixture(rng, 4, 3)
    sigma[2] *= 1e-7
    points = np.concatenate([rng.normal(2, 3, (20, 3)), mu[2] + sigma[2] * rng.normal(size=(9, 3))])
    close(ref.GMM()._ll_joint(points, pi, mu, sigma), ll_oracle(points, pi, mu, sigma))


def test_zero_weight(rng: np.random.Generator) -> None:
    """log 0 is -inf without a warning, and no point comes from such a component."""
    _, mu, sigma = mixture(rng, 3, 2)
    pi = np.array([0.5, 0.0, 0.5])
    points = rng.normal(size=(8, 2))
    ll = ref.GMM()._ll_joint(points, pi, mu, sigma)
    assert np.all(ll[:, 1] == -np.inf)
    close(ll[:, [0, 2]], ll_oracle(points, pi, mu, sigma)[:, [0, 2]])
    gamma = ref.GMM()._E_step(points, pi, mu, sigma)
    close(gamma.sum(axis=1), np.ones(8))
    assert np.all(gamma[:, 1] < 1e-300)


@pytest.mark.parametrize("offset", [0.0, 500.0])
def test_e_step_is_posterior(rng: np.random.Generator, blocks: int, offset: float) -> None:
    """Responsibilities are scipy's softmax of the joint log density, for far points too."""
    points, pi, mu, sigma = frozen(rng.normal(2, 3, (25, 3)) + offset, *mixture(rng, 4, 3))
    want = special.softmax(ll_oracle(points, pi, mu, sigma), axis=1)
    close(ref.GMM()._E_step(points, pi, mu, sigma), want)


def test_e_step_takes_any_ll_joint(monkeypatch: pytest.MonkeyPatch) -> None:
    """The E step works on what _ll_joint gives, also on read-only arrays and integers."""
    joint = np.array([[0, 1], [5, 3]])
    joint.flags.writeable = False
    monkeypatch.setattr(ref.GMM, "_ll_joint", lambda *args: joint)
    close(ref.GMM()._E_step(np.zeros((2, 1)), None, None, None), special.softmax(joint, axis=1))


def m_step_oracle(points: np.ndarray, gamma: np.ndarray) -> tuple[np.ndarray, ...]:
    """Component by component, with np.average."""
    mu = np.array([np.average(points, axis=0, weights=g) for g in gamma.T])
    variance = [
        np.average((points - m) ** 2, axis=0, weights=g) for g, m in zip(gamma.T, mu, strict=True)
    ]
    return gamma.mean(axis=0), mu, np.sqrt(variance)


@pytest.mark.parametrize(("scale", "offset"), [(1, 0), (1e-3, 1), (1e-4, 1e4), (1, 1e8), (50, 0)])
def test_m_step_is_weighted_average(
    rng: np.random.Generator, blocks: int, scale: float, offset: float
) -> None:
    """pi, mu and sigma are weighted means and deviations, with no digits lost far from zero."""
    points = rng.normal(2, 3, (31, 5)) * scale + offset
    points, gamma = frozen(points, rng.dirichlet([0.3, 1, 2], 31))
    for got, want in zip(
        ref.GMM()._M_step(points, gamma), m_step_oracle(points, gamma), strict=True
    ):
        close(got, want)


def test_m_step_of_narrow_components(rng: np.random.Generator, blocks: int) -> None:
    """Two groups, each a millionth as wide as the gap between them, get their own deviations."""
    points = np.concatenate([rng.normal(-1, 1e-5, (20, 2)), rng.normal(1, 1e-5, (20, 2))])
    gamma = np.repeat(np.eye(2), 20, axis=0)
    _, mu, sigma = ref.GMM()._M_step(points, gamma)
    _, want_mu, want_sigma = m_step_oracle(points, gamma)
    close(mu, want_mu)
    close(sigma, want_sigma)


def test_m_step_of_a_dead_component(rng: np.random.Generator) -> None:
    """A component without weight gets weight 0, finite numbers, and spoils no other."""
    points = rng.normal(size=(20, 2))
    gamma = rng.dirichlet([1, 1], 20)
    for nothing in (0.0, 1e-300):
        with_dead = np.insert(gamma, 1, nothing, axis=1)
        pi, mu, sigma = ref.GMM()._M_step(points, with_dead)
        assert pi[1] == 0
        assert np.all(np.isfinite(mu))
        assert np.all(sigma > 0)
        for got, want in zip((pi, mu, sigma), m_step_oracle(points, gamma), strict=True):
            close(got[[0, 2]], want)


def test_m_step_of_repeated_points() -> None:
    """Points that are all equal give the smallest deviation allowed, not zero and not NaN."""
    pi, mu, sigma = ref.GMM()._M_step(np.full((9, 2), 0.1), np.ones((9, 1)))
    close(pi, [1.0])
    close(mu, [[0.1, 0.1]])
    close(sigma, np.full((1, 2), ref.MIN_SIGMA))


def test_init_components_is_a_usable_start(rng: np.random.Generator) -> None:
    """The start is finite, weights sum to one and deviations lie above zero; constant data too."""
    for points in (blobs(rng), np.full((6, 2), 3.0), np.repeat([[0.0], [1.0]], 4, axis=0)):
        pi, mu, sigma = ref.GMM()._init_components(points, 3)
        assert pi.shape == (3,)
        assert pi.sum() == pytest.approx(1)
        assert mu.shape == sigma.shape == (3, points.shape[1])
        assert np.all(np.isfinite(mu))
        assert np.all(sigma > 0)


def likelihood(points: np.ndarray, components: tuple[np.ndarray, ...]) -> float:
    """The log-likelihood by scipy."""
    return float(special.logsumexp(ll_oracle(points, *components), axis=1).sum())


def test_gmm_likelihood_never_falls(rng: np.random.Generator) -> None:
    """No iteration makes the likelihood smaller, and gamma belongs to the components returned."""
    points = blobs(rng)
    reached = []
    for max_iters in range(10):
        np.random.seed(3)
        gamma, components = ref.GMM()(points, 3, max_iters=max_iters)
        close(gamma, special.softmax(ll_oracle(points, *components), axis=1))
        reached.append(likelihood(points, components))
    assert np.all(np.diff(reached) >= -1e-9)
    assert reached[9] > reached[0]


def test_gmm_ends_at_a_fixed_point(rng: np.random.Generator) -> None:
    """At the end further steps leave the likelihood where it is."""
    points = blobs(rng)
    _, components = ref.GMM()(points, 2, max_iters=2000)
    start = likelihood(points, components)
    for _ in range(50):
        components = ref.GMM()._M_step(points, ref.GMM()._E_step(points, *components))
    assert likelihood(points, components) == pytest.approx(start, abs=1e-6)


def test_gmm_of_constant_data() -> None:
    """Data without any variance are fitted without NaN or warnings."""
    gamma, (pi, mu, sigma) = ref.GMM()(np.full((7, 2), 3.0), 2, max_iters=5)
    for array in (gamma, pi, mu, sigma):
        assert np.all(np.isfinite(array))


def test_gmm_agrees_with_scikit_learn(rng: np.random.Generator) -> None:
    """From one start, scikit-learn's EM with diagonal covariance reaches the same components."""
    mixture_of = pytest.importorskip("sklearn.mixture").GaussianMixture
    points = blobs(rng)
    start = (np.full(3, 1 / 3), points[[0, 9, 17]], np.full((3, 3), 1.5))

    class Pinned(ref.GMM):  # type: ignore[misc, name-defined]
        def _init_components(self, points: np.ndarray, K: int, **kwargs: Any) -> Any:
            return start

    _, (pi, mu, sigma) = Pinned()(points, 3, max_iters=30)
    model = mixture_of(3, covariance_type="diag", tol=0, reg_covar=0, max_iter=30,
                       weights_init=start[0], means_init=start[1],
                       precisions_init=start[2] ** -2)  # fmt: skip
    with pytest.warns(Warning, match="did not converge"):
        model.fit(points)
    close(pi, model.weights_, rtol=1e-6)
    close(mu, model.means_, rtol=1e-6)
    close(sigma, np.sqrt(model.covariances_), rtol=1e-6)


def test_kmeans_agrees_with_scikit_learn(rng: np.random.Generator) -> None:
    """From one start, scikit-learn's Lloyd iterations reach the same centres."""
    cluster = pytest.importorskip("sklearn.cluster")
    points = blobs(rng)

    class Pinned(ref.KMeans):  # type: ignore[misc, name-defined]
        def _init_centers(self, points: np.ndarray, K: int, **kwargs: Any) -> np.ndarray:
            return points[:K]

    ids, centers = Pinned()(points, 4)
    with np.errstate(all="warn"):
        model = cluster.KMeans(4, init=points[:4], n_init=1, tol=0, algorithm="lloyd").fit(points)
    close(centers, model.cluster_centers_, rtol=1e-6)
    np.testing.assert_array_equal(ids, model.labels_)


# 4. Comparison --------------------------------------------------------------------------------

PI = np.array([0.8, 0.1, 0.1])
MU = np.array([[0.5, 0.5], [0.25, 0.75], [0.75, 0.75]])
SIGMA = np.array([[0.1, 0.1], [0.05, 0.05], [0.05, 0.05]])


def test_sampling_follows_the_mixture() -> None:
    """Counts, means, deviations and independence are those of the mixture."""
    N = 20_000
    for pi in (PI, PI[None], PI.astype(np.float32)):
        samples, ids = ref.gmm_sampling(N, *frozen(pi, MU, SIGMA))
        assert samples.shape == (N, 2)
        assert ids.shape == (N,)
        assert ids.dtype.kind == "i"
        for k in range(3):
            own = samples[ids == k]
            # Each bound is missed by chance once in a million at most.
            assert 1e-7 < binom.cdf(len(own), N, PI[k]) < 1 - 1e-7
            z = (own - MU[k]) / SIGMA[k]
            assert np.all(np.abs(z.mean(axis=0)) < 5.5 / np.sqrt(len(own)))
            assert np.all(np.abs(z.std(axis=0) - 1) < 5.5 / np.sqrt(2 * len(own)))
            assert abs(np.mean(z[:, 0] * z[:, 1])) < 5.5 / np.sqrt(len(own))
        same = np.mean(ids[1:] == ids[:-1])
        assert same == pytest.approx(np.sum(PI**2), abs=5.5 * 0.5 / np.sqrt(N))


def test_sampling_matches_ids_and_is_random() -> None:
    """Each sample comes from the component that ids names; two draws differ; none is possible."""
    mu = np.array([[0.0], [100.0], [200.0]])
    samples, ids = ref.gmm_sampling(101, PI, mu, np.ones((3, 1)))
    np.testing.assert_array_equal(ids, cdist(samples, mu).argmin(axis=1))
    assert not np.array_equal(samples, ref.gmm_sampling(101, PI, mu, np.ones((3, 1)))[0])
    assert ref.gmm_sampling(0, PI, mu, np.ones((3, 1)))[0].shape == (0, 1)


def test_mixture_tells_gmm_from_kmeans() -> None:
    """On the sampled mixture GMM finds the components from its own start, and KMeans does not."""
    samples, ids = ref.gmm_sampling(4000, PI, MU, SIGMA)
    gamma, (_, mu, _) = ref.GMM()(samples, 3, max_iters=200)
    order = cdist(mu, MU).argmin(axis=1)
    assert sorted(order) == [0, 1, 2]
    assert np.mean(order[gamma.argmax(axis=1)] == ids) > 0.97
    labels, centers = ref.KMeans()(samples, 3)
    order = cdist(centers, MU).argmin(axis=1)
    assert np.mean(order[labels] == ids) < 0.92


# The file as a whole --------------------------------------------------------------------------


def test_blocks_cover_every_row_once() -> None:
    """row_blocks covers 0 .. N - 1 in order, and holds memory flat for wide rows."""
    for num_rows, width in [(0, 3), (1, 3), (100_000, 5), (70_000, 401)]:
        rows = np.concatenate(
            [np.arange(num_rows)[b] for b in ref.row_blocks(num_rows, width)] or [[]]
        )
        np.testing.assert_array_equal(rows, np.arange(num_rows))
    steps = [b.stop - b.start for b in ref.row_blocks(10**6, 401)]
    assert max(steps) * 401 <= 2 * ref.BLOCK_NUMBERS


def test_memory_stays_flat(rng: np.random.Generator) -> None:
    """Beside the answer, each step needs a fraction of what all N x K x D differences take."""
    N, K, D = 120_000, 6, 4
    points = np.asfortranarray(rng.normal(size=(N, D)))
    km, gmm = ref.KMeans(), ref.GMM()
    centers, sigma = points[:K].copy(), np.ones((K, D))
    ids = km._update_assignment(centers, points)
    gamma = gmm._E_step(points, np.full(K, 1 / K), centers, sigma)
    answer = N * K * 8
    for step, arguments in [
        (km._update_assignment, (centers, points)),
        (km._get_loss, (centers, ids, points)),
        (gmm._ll_joint, (points, np.full(K, 1 / K), centers, sigma)),
        (gmm._E_step, (points, np.full(K, 1 / K), centers, sigma)),
        (gmm._M_step, (points, gamma)),
    ]:
        tracemalloc.start()
        step(*arguments)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert peak < answer + 4e6, step.__name__


def test_two_calls_give_the_same(rng: np.random.Generator) -> None:
    """Nothing is kept between calls: the same start gives the same answer, also from one object."""
    points = blobs(rng)
    km, gmm = ref.KMeans(), ref.GMM()
    results = []
    for _ in range(2):
        np.random.seed(5)
        ids, centers = km(points, 3)
        gamma, (pi, mu, sigma) = gmm(points, 3, max_iters=5)
        results.append([ids, centers, gamma, pi, mu, sigma])
    for first, second in zip(*results, strict=True):
        np.testing.assert_array_equal(first, second)
    assert vars(km) == vars(gmm) == {}


def test_runs_without_tqdm(monkeypatch: pytest.MonkeyPatch, rng: np.random.Generator) -> None:
    """Where tqdm is not installed, the loops run without a progress bar."""
    real = builtins.__import__

    def no_tqdm(name: str, *args: Any, **kwargs: Any) -> Any:
        if name.split(".")[0] == "tqdm":
            raise ImportError(name)
        return real(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", no_tqdm)
    module = load("hw2_reference_without_tqdm")
    assert module.tqdm is None
    monkeypatch.setattr(sys, "stderr", type("Terminal", (), {"isatty": lambda self: True})())
    assert list(module.progress(3)) == [0, 1, 2]


def test_every_answer_stands_in_marks() -> None:
    """Marks come in pairs, hold a task for each stub, and no answer stands outside."""
    text = (SOLUTION / "clustering.py").read_text(encoding="utf-8")
    marks = re.findall(r"^ *### (BEGIN|END) SOLUTION", text, re.MULTILINE)
    assert marks == ["BEGIN", "END"] * (len(marks) // 2)
    tasks = re.findall(r"^ +### BEGIN SOLUTION: (.+)$", text, re.MULTILINE)
    assert len(tasks) == 12
    outside = re.sub(r"^ *### BEGIN.*?### END SOLUTION$", "", text, flags=re.MULTILINE | re.DOTALL)
    for leak in ("einsum", "bincount", "matmul", "_exp_below_peak", "_powers", "np.exp", "argmin"):
        assert leak not in outside


def test_statement_prints_what_the_reference_does() -> None:
    """Every example of the statement is what the reference answers, to the digits printed."""
    text = (SOLUTION / "README.md").read_text(encoding="utf-8")
    names: dict[str, Any] = {"np": np, "array": np.array, "float32": np.float32, **vars(ref)}
    judged = 0
    for example in doctest.DocTestParser().get_examples(text):
        printed = example.want.split("```")[0].strip()
        if not printed:
            exec(example.source, names)
            continue
        # Compared as numbers: which last digit is printed depends on numpy's version.
        got, want = eval(example.source, names), eval(printed, names)
        assert np.shape(got) == np.shape(want)
        rtol = 2e-7 if np.asarray(got).dtype == np.float32 else 5e-9
        np.testing.assert_allclose(got, want, rtol=rtol, atol=5.1e-9)
        judged += 1
    assert judged >= 12


def test_statement_has_the_points_of_the_config() -> None:
    """The points in the statement's headings are those of the configuration."""
    text = (SOLUTION / "README.md").read_text(encoding="utf-8")
    stated = {
        key: float(points)
        for key, points in re.findall(r"^#+ (\d\.\d) .*\((\d+) points\)$", text, re.MULTILINE)
    }
    config = yaml.safe_load((SOLUTION.parent.parent / "grading_config.yaml").read_text("utf-8"))
    questions = config["assignments"]["hw2_clustering"]["questions"]
    given = {key: float(question["points"]) for key, question in questions.items()}
    assert stated == {key: points for key, points in given.items() if points}
