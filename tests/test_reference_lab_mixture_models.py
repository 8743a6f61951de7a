"""The reference solution of lab_mixture_models against SciPy, scikit-learn and closed forms.

Every other promise of the kit about this lab rests on this file: a wrong reference would mark
right students down.
"""

from __future__ import annotations

import builtins
import doctest
import importlib.util
import os
import re
import shutil
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import nbformat
import numpy as np
import pytest
import yaml
from scipy import optimize, stats
from scipy.special import softmax

from autograder.notebook import to_notebook

SOLUTION = Path(__file__).resolve().parent.parent / "solutions" / "lab_mixture_models"
TYPES = ("full", "tied", "diag", "spherical")


def load(name: str) -> ModuleType:
    """A fresh import of one module of the reference solution."""
    spec = importlib.util.spec_from_file_location(f"lab_{name}", SOLUTION / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


ref = load("mixture")


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(20211130)


@pytest.fixture(autouse=True)
def strict() -> Iterator[None]:
    """Numpy's warnings are errors."""
    with np.errstate(all="raise", under="ignore"):
        yield


def close(got: Any, want: Any, rtol: float = 1e-9, atol: float = 1e-12) -> None:
    assert np.shape(got) == np.shape(want)
    np.testing.assert_allclose(got, want, rtol=rtol, atol=atol, equal_nan=False)


def covariances(rng: np.random.Generator, kind: str, K: int, D: int) -> Any:
    roots = rng.normal(size=(K, D, D + 2))
    full = roots @ roots.transpose(0, 2, 1) / (D + 2) + 0.2 * np.eye(D)
    diagonal = np.einsum("kdd->kd", full)
    return {"full": full, "tied": full[0], "diag": diagonal, "spherical": diagonal[:, 0]}[kind]


def mixture(rng: np.random.Generator, kind: str, K: int, D: int) -> Any:
    return rng.dirichlet(np.full(K, 3.0)), rng.normal(size=(K, D)), covariances(rng, kind, K, D)


def blobs(rng: np.random.Generator, D: int = 3) -> Any:
    ids = np.repeat([0, 1, 2], [80, 30, 60])
    return 3.0 * rng.normal(size=(3, D))[ids] + rng.normal(size=(170, D)), ids


def precisions(kind: str, covariance: Any) -> Any:
    return np.linalg.inv(covariance) if kind in ("full", "tied") else 1.0 / covariance


# --- densities, likelihood and bound --------------------------------------------------------


@pytest.mark.parametrize("kind", TYPES)
@pytest.mark.parametrize(("N", "K", "D"), [(9, 3, 2), (5, 1, 4), (4, 2, 1), (1, 3, 3)])
def test_log_gaussian_is_that_of_scipy(
    rng: np.random.Generator, kind: str, N: int, K: int, D: int
) -> None:
    """All four types, any N, K and D."""
    _, means, spread = mixture(rng, kind, K, D)
    x = 2 * rng.normal(size=(N, D))
    matrices = ref.full_covariances(spread, kind, K, D)
    assert matrices.shape == (K, D, D)
    for k in range(K):
        want = stats.multivariate_normal.logpdf(x, means[k], matrices[k])
        close(ref.log_gaussian(x, means, spread, kind)[:, k], np.reshape(want, N))


def test_log_gaussian_is_right_for_ill_conditioned_covariances() -> None:
    """A condition of 1e12, where log densities are known in closed form."""
    scale = np.array([1e-6, 1.0, 1e6]) ** 2 * 1e-6
    x = np.sqrt(scale) * [[1.0, 2.0, -1.0]]
    got = ref.log_gaussian(x, np.zeros((1, 3)), np.diag(scale)[None])
    close(got, [[-3.0 - 1.5 * np.log(2 * np.pi) - 0.5 * np.log(scale).sum()]])


def test_an_indefinite_covariance_is_a_value_error() -> None:
    """Each type says that a covariance is not positive definite."""
    bad = {
        "full": np.array([[[1.0, 2.0], [2.0, 1.0]]]),
        "tied": np.zeros((2, 2)),
        "diag": np.array([[1.0, 0.0]]),
        "spherical": np.array([-1.0]),
    }
    for kind, spread in bad.items():
        with pytest.raises(ValueError, match="reg_covar"):
            ref.log_gaussian(np.zeros((1, 2)), np.zeros((1, 2)), spread, kind)


def test_unknown_words_are_value_errors() -> None:
    """A wrong covariance type or start is named; too few points are counted."""
    x = np.zeros((4, 2))
    with pytest.raises(ValueError, match="'banded'; legal are full, tied"):
        ref.log_gaussian(x, x, x, "banded")
    with pytest.raises(ValueError, match="'banded'"):
        ref.GaussianMixture(1, "banded").fit(x)
    with pytest.raises(ValueError, match="'banded'"):
        ref.m_step(x, np.ones((4, 1)), "banded")
    with pytest.raises(ValueError, match="'banded'; legal are kmeans, random"):
        ref.GaussianMixture(1, init_params="banded").fit(x)
    with pytest.raises(ValueError, match="4 points are too few for 5"):
        ref.GaussianMixture(5).fit(x)


@pytest.mark.parametrize("kind", TYPES)
def test_the_bound_is_below_the_likelihood_and_meets_it(
    rng: np.random.Generator, kind: str
) -> None:
    """For random responsibilities below, for those of the E step equal."""
    for _ in range(20):
        x, parts = rng.normal(size=(12, 2)), mixture(rng, kind, 3, 2)
        likelihood = ref.log_likelihood(x, *parts, kind)
        r = rng.dirichlet(np.full(3, 0.3), size=12)
        assert ref.lower_bound(x, r, *parts, kind) < likelihood
        posterior = ref.responsibilities(x, *parts, kind)
        close(posterior.sum(axis=1), np.ones(12))
        close(ref.lower_bound(x, posterior, *parts, kind), likelihood)


@pytest.mark.parametrize("kind", TYPES)
def test_em_never_lowers_bound_or_likelihood(rng: np.random.Generator, kind: str) -> None:
    """L(t) = B(r, t) <= B(r, t + 1) <= L(t + 1), without reg_covar."""
    x, _ = blobs(rng)
    parts = (np.full(3, 1 / 3), x[:3], 4 * covariances(rng, kind, 3, 3))
    climb = []
    for _ in range(25):
        r = ref.responsibilities(x, *parts, kind)
        climb.append(ref.log_likelihood(x, *parts, kind))
        parts = ref.m_step(x, r, kind, 0.0)
        climb.append(ref.lower_bound(x, r, *parts, kind))
    assert np.diff(climb).min() > -1e-8
    assert climb[-1] > climb[0] + 10


def test_weights_of_zero_and_far_points(rng: np.random.Generator) -> None:
    """Nothing is NaN where a weight or every density is zero as a float."""
    weights, (_, means, spread) = np.array([0.0, 1.0]), mixture(rng, "diag", 2, 2)
    x = np.array([[0.0, 0.0], [1e4, -1e4]])
    close(ref.responsibilities(x, weights, means, spread, "diag"), [[0.0, 1.0]] * 2)
    alone = ref.log_likelihood(x, weights[1:], means[1:], spread[1:], "diag")
    close(ref.log_likelihood(x, weights, means, spread, "diag"), alone)
    r = np.array([[0.0, 1.0], [0.0, 1.0]])
    close(ref.lower_bound(x, r, weights, means, spread, "diag"), alone)


# --- M step ---------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", TYPES)
def test_m_step_maximizes_the_bound(rng: np.random.Generator, kind: str) -> None:
    """No mixture nearby has a larger bound."""
    x, _ = blobs(rng)
    r = rng.dirichlet(np.ones(3), size=len(x))
    weights, means, spread = ref.m_step(x, r, kind, 0.0)
    most = ref.lower_bound(x, r, weights, means, spread, kind)
    for _ in range(30):
        near = weights * np.exp(0.01 * rng.normal(size=3))
        wider = spread * np.exp(0.01 * rng.normal())
        other = (near / near.sum(), means + 0.01 * rng.normal(size=means.shape), wider)
        assert ref.lower_bound(x, r, *other, kind) < most


@pytest.mark.parametrize("kind", TYPES)
def test_m_step_regularizes_singular_data(rng: np.random.Generator, kind: str) -> None:
    """Equal points, an empty component and points on a line give usable covariances."""
    line = np.outer(np.arange(6.0), [1.0, -2.0])
    for x in (np.full((6, 2), 3.0), line):
        r = np.zeros((6, 3))
        r[:, :2] = rng.dirichlet(np.ones(2), size=6)
        weights, means, spread = ref.m_step(x, r, kind)
        assert weights[2] == 0
        assert np.isfinite(ref.log_gaussian(x, means, spread, kind)).all()
    close(ref.m_step(np.full((6, 2), 3.0), np.ones((6, 1)), "spherical")[2], [1e-6])


# --- the class against scikit-learn -----------------------------------------------------------


@pytest.mark.parametrize("kind", TYPES)
@pytest.mark.parametrize("settings", [{}, {"tol": 1e-6}, {"max_iter": 3}, {"reg_covar": 0.1}])
def test_same_start_same_numbers_as_scikit_learn(
    rng: np.random.Generator, kind: str, settings: dict[str, Any]
) -> None:
    """Every attribute and prediction agrees to 1e-8 relative, iteration counts exactly."""
    sklearn = pytest.importorskip("sklearn.mixture")
    x, _ = blobs(rng)
    start = {
        "weights_init": np.array([0.2, 0.5, 0.3]),
        "means_init": x[[0, 90, 120]],
        "precisions_init": precisions(kind, 2 * covariances(rng, kind, 3, 3)),
    }
    ours = ref.GaussianMixture(3, kind, **start, **settings).fit(x)
    theirs = sklearn.GaussianMixture(3, covariance_type=kind, **start, **settings)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs.fit(x)
    for name in ("weights_", "means_", "covariances_"):
        close(getattr(ours, name), getattr(theirs, name), rtol=1e-8, atol=1e-10)
    close(ours.lower_bound_, theirs.lower_bound_, rtol=1e-8)
    assert (ours.n_iter_, ours.converged_) == (theirs.n_iter_, theirs.converged_)
    close(ours.predict_proba(x), theirs.predict_proba(x), rtol=1e-7, atol=1e-10)
    close(ours.score(x), theirs.score(x), rtol=1e-8)
    assert (ours.predict(x) == theirs.predict(x)).all()


@pytest.mark.parametrize("kind", TYPES)
def test_warm_start_is_that_of_scikit_learn(rng: np.random.Generator, kind: str) -> None:
    """Four fits of three iterations each, from one start."""
    sklearn = pytest.importorskip("sklearn.mixture")
    x, _ = blobs(rng)
    start = {
        "weights_init": np.full(3, 1 / 3),
        "means_init": x[:3],
        "precisions_init": precisions(kind, 4 * covariances(rng, kind, 3, 3)),
    }
    ours = ref.GaussianMixture(3, kind, warm_start=True, max_iter=3, **start)
    theirs = sklearn.GaussianMixture(3, covariance_type=kind, warm_start=True, max_iter=3, **start)
    for _ in range(4):
        ours.fit(x)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            theirs.fit(x)
        close(ours.means_, theirs.means_, rtol=1e-8, atol=1e-9)
        assert (ours.n_iter_, ours.converged_) == (theirs.n_iter_, theirs.converged_)
        close(ours.lower_bound_, theirs.lower_bound_, rtol=1e-8)


@pytest.mark.parametrize("kind", TYPES)
def test_iris_fits_are_those_of_scikit_learn(kind: str) -> None:
    """On real data from the true classes, as the lab does it."""
    sklearn = pytest.importorskip("sklearn.mixture")
    x, y = pytest.importorskip("sklearn.datasets").load_iris(return_X_y=True)
    weights, means, spread = ref.m_step(x, np.eye(3)[y], kind)
    start = {
        "weights_init": weights,
        "means_init": means,
        "precisions_init": precisions(kind, spread),
    }
    ours = ref.GaussianMixture(3, kind, max_iter=20, **start).fit(x)
    theirs = sklearn.GaussianMixture(3, covariance_type=kind, max_iter=20, **start)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs.fit(x)
    close(ours.means_, theirs.means_, rtol=1e-8)
    close(ours.covariances_, theirs.covariances_, rtol=1e-6, atol=1e-9)
    assert (ours.predict(x) == theirs.predict(x)).all()


@pytest.mark.parametrize("init_params", ["kmeans", "random"])
def test_starts_are_reproducible_and_finite(rng: np.random.Generator, init_params: str) -> None:
    """The same random_state gives the same start; with more iterations the likelihood rises."""
    x, ids = blobs(rng)
    settings: dict[str, Any] = {"init_params": init_params, "random_state": 3}
    for kind in TYPES:
        first = ref.GaussianMixture(3, kind, **settings)._start(x)
        again = ref.GaussianMixture(3, kind, **settings)._start(x)
        assert all((a == b).all() for a, b in zip(first, again, strict=True))
        one = ref.GaussianMixture(3, kind, max_iter=1, **settings).fit(x)
        many = ref.GaussianMixture(3, kind, max_iter=100, tol=1e-9, **settings).fit(x)
        assert many.score(x) >= one.score(x)
        assert one.n_iter_ == 1
        assert not one.converged_
    labels = ref.kmeans_labels(50 * rng.normal(size=(3, 3))[ids] + x, 3, rng)
    assert len({(a, b) for a, b in zip(labels.tolist(), ids.tolist(), strict=True)}) == 3


def test_more_components_than_different_points() -> None:
    """K-means with repeated points ends, and the fit is finite."""
    x = np.repeat([[0.0, 1.0], [2.0, 2.0]], 5, axis=0)
    fitted = ref.GaussianMixture(4, random_state=0).fit(x)
    assert np.isfinite(fitted.score(x))
    assert np.isfinite(fitted.covariances_).all()


@pytest.mark.parametrize("kind", TYPES)
def test_samples_follow_the_mixture(rng: np.random.Generator, kind: str) -> None:
    """Counts and covariances of 30,000 points; each test at 1e-9, 4 types x (1 + 3 x 9)."""
    weights, means, spread = mixture(rng, kind, 3, 3)
    fitted = ref.GaussianMixture(3, kind, random_state=11)
    fitted.weights_, fitted.means_, fitted.covariances_ = weights, means, spread
    x, z = fitted.sample(30_000)
    counts = np.bincount(z, minlength=3)
    assert stats.chisquare(counts, 30_000 * weights).pvalue > 1e-9
    matrices = ref.full_covariances(spread, kind, 3, 3)
    for k in range(3):
        noise = np.linalg.solve(np.linalg.cholesky(matrices[k]), (x[z == k] - means[k]).T)
        n = noise.shape[1]
        assert np.abs(noise.sum(axis=1)).max() / np.sqrt(n) < stats.norm.isf(5e-10)
        square = (noise**2).sum(axis=1)
        assert stats.chi2(n).ppf(5e-10) < square.min() <= square.max() < stats.chi2(n).isf(5e-10)
        for a, b in ((0, 1), (0, 2), (1, 2)):
            product = abs(noise[a] @ noise[b]) / np.linalg.norm(noise[a])
            assert product < stats.norm.isf(5e-10)
    assert (np.diff(z) < 0).any()


# --- K-means as a limit -----------------------------------------------------------------------


def test_kmeans_limit_is_the_e_step_of_a_shared_spherical_covariance(
    rng: np.random.Generator,
) -> None:
    """Equal weights and covariance sigma^2 I, by the mixture's own E step."""
    x, means = rng.normal(size=(20, 2)), rng.normal(size=(4, 2))
    for sigma in (0.3, 1.0, 5.0):
        want = ref.responsibilities(x, np.full(4, 0.25), means, np.full(4, sigma**2), "spherical")
        close(ref.kmeans_limit(x, means, sigma), want)


def test_kmeans_limit_shrinks_to_the_nearest_mean(rng: np.random.Generator) -> None:
    """Monotonely, without a warning, down to sigma = 5e-324 and 0; ties are shared."""
    x, means = rng.normal(size=(50, 2)), rng.normal(size=(3, 2))
    nearest = np.eye(3)[((x[:, None] - means) ** 2).sum(axis=2).argmin(axis=1)]
    before = np.inf
    for sigma in (1.0, 0.1, 0.01, 1e-8, 1e-200, 5e-324, 0.0):
        gap = np.abs(ref.kmeans_limit(x, means, sigma) - nearest).max()
        assert gap <= before
        before = gap
    assert before == 0
    for sigma in (3.0, 1e-9, 1e-200, 0.0):
        close(ref.kmeans_limit(np.zeros((1, 1)), np.array([[-1.0], [1.0]]), sigma), [[0.5, 0.5]])


# --- maximum a posteriori ---------------------------------------------------------------------


def a_prior(D: int, alpha: float = 2.0) -> dict[str, Any]:
    return {
        "alpha": alpha,
        "mean": np.linspace(-1, 1, D),
        "kappa": 0.7,
        "scale": np.eye(D) + 0.3,
        "nu": D + 2.5,
    }


def test_log_prior_is_that_of_scipy(rng: np.random.Generator) -> None:
    """Dirichlet, normal and inverse Wishart densities."""
    weights, means, spread = mixture(rng, "full", 3, 2)
    prior = a_prior(2, 1.7)
    want = stats.dirichlet.logpdf(weights, np.full(3, 1.7))
    for mean, matrix in zip(means, spread, strict=True):
        want += stats.multivariate_normal.logpdf(mean, prior["mean"], matrix / prior["kappa"])
        want += stats.invwishart.logpdf(matrix, prior["nu"], prior["scale"])
    close(ref.log_prior(weights, means, spread, prior), want)
    assert np.isfinite(ref.log_prior(np.array([0.0, 1, 0]), means, spread, a_prior(2, 1.0)))


def test_map_m_step_is_the_maximum_that_an_optimizer_finds(rng: np.random.Generator) -> None:
    """Bound plus log prior over log weights, means and Cholesky factors, by BFGS."""
    x, r, prior = rng.normal(size=(9, 2)) + 1, rng.dirichlet(np.ones(2), size=9), a_prior(2)

    def unpacked(flat: Any) -> Any:
        roots = np.zeros((2, 2, 2))
        roots[:, [0, 1, 1], [0, 0, 1]] = flat[6:].reshape(2, 3)
        return softmax(flat[:2]), flat[2:6].reshape(2, 2), roots @ roots.transpose(0, 2, 1)

    def loss(flat: Any) -> float:
        parts = unpacked(flat)
        return -ref.lower_bound(x, r, *parts) - ref.log_prior(*parts, prior)

    start = np.concatenate([np.zeros(6), [1.0, 0.0, 1.0] * 2])
    found = optimize.minimize(loss, start, method="BFGS", options={"gtol": 1e-7})
    for got, want in zip(ref.map_m_step(x, r, prior), unpacked(found.x), strict=True):
        close(got, want, rtol=1e-4, atol=1e-5)


def test_map_fit_of_one_component_is_the_closed_form(rng: np.random.Generator) -> None:
    """After one iteration, whatever the start; an empty sample gives the prior's mode."""
    x, prior = rng.normal(size=(15, 3)) + 2, a_prior(3)
    N, D = x.shape
    gap = x.mean(axis=0) - prior["mean"]
    scale = prior["scale"] + N * np.cov(x.T, ddof=0)
    scale += prior["kappa"] * N / (prior["kappa"] + N) * np.outer(gap, gap)
    start = (np.ones(1), np.full((1, D), -9.0), 3 * np.eye(D)[None])
    weights, means, spread, history = ref.map_fit(x, start, prior)
    close(weights, [1.0])
    close(means[0], prior["mean"] + N / (prior["kappa"] + N) * gap)
    close(spread[0], scale / (prior["nu"] + N + D + 2))
    assert len(history) == 3
    _, means, spread = ref.map_m_step(x, np.zeros((15, 2)), prior)
    close(means, [prior["mean"]] * 2)
    close(spread, [prior["scale"] / (prior["nu"] + D + 2)] * 2)


def test_map_fit_never_falls_and_stays_regular(rng: np.random.Generator) -> None:
    """Also where a component is led into a single point."""
    x, _ = blobs(rng, D=2)
    x = np.concatenate([x, [[40.0, 40.0]]])
    start = (np.full(3, 1 / 3), x[[0, 90, -1]], np.stack([np.eye(2), np.eye(2), 1e-3 * np.eye(2)]))
    *parts, history = ref.map_fit(x, start, a_prior(2), max_iter=300, tol=1e-9)
    assert np.diff(history).min() > -1e-8
    close(history[-1], ref.log_likelihood(x, *parts) + ref.log_prior(*parts, a_prior(2)))
    assert np.linalg.eigvalsh(parts[2]).min() > 0.05
    limited = ref.map_fit(x, start, a_prior(2), max_iter=4, tol=0.0)[3]
    assert len(limited) == 5


@pytest.mark.parametrize("K", [1, 2])
def test_map_agrees_with_scikit_learns_variational_posterior(
    rng: np.random.Generator, K: int
) -> None:
    """Where responsibilities are 0 or 1, both hold the same NIW and Dirichlet posterior.

    scikit-learn reports the posterior's E[w], mean and scale / nu'; the mode has other divisors.
    """
    sklearn = pytest.importorskip("sklearn.mixture")
    prior, D = a_prior(2, 3.0), 2
    x = np.concatenate([rng.normal(size=(20, 2)), rng.normal(size=(30, 2)) + 200.0])
    x = x if K == 2 else x[:20]
    theirs = sklearn.BayesianGaussianMixture(
        n_components=K,
        weight_concentration_prior_type="dirichlet_distribution",
        weight_concentration_prior=prior["alpha"],
        mean_prior=prior["mean"],
        mean_precision_prior=prior["kappa"],
        covariance_prior=prior["scale"],
        degrees_of_freedom_prior=prior["nu"],
        reg_covar=0.0,
        tol=1e-12,
        max_iter=500,
        random_state=0,
    )
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        theirs.fit(x)
    start = (np.full(K, 1 / K), theirs.means_, np.stack([np.eye(D)] * K))
    weights, means, spread, _ = ref.map_fit(x, start, prior)
    close(means, theirs.means_, rtol=1e-8)
    nu = theirs.degrees_of_freedom_
    close(spread, theirs.covariances_ * (nu / (nu + D + 2))[:, None, None], rtol=1e-8)
    mode = np.asarray(theirs.weight_concentration_) - 1
    close(weights, mode / mode.sum(), rtol=1e-8)


# --- irises -----------------------------------------------------------------------------------


def test_match_components_is_the_least_assignment(rng: np.random.Generator) -> None:
    """As linear_sum_assignment has it."""
    for K in (1, 2, 3, 5):
        for _ in range(10):
            y = np.concatenate([np.arange(K), rng.integers(0, K, 10)])
            x, means = rng.normal(size=(K + 10, 2)), rng.normal(size=(K, 2))
            centers = np.stack([x[y == c].mean(axis=0) for c in range(K)])
            square = ((means[:, None] - centers) ** 2).sum(axis=2)
            want = optimize.linear_sum_assignment(square)[1]
            assert (ref.match_components(means, x, y) == want).all()


@pytest.mark.parametrize("installed", [True, False], ids=["iris", "similar flowers"])
def test_flowers_are_told_apart(installed: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every type is right for most flowers, and the spherical one for the fewest."""
    if installed:
        pytest.importorskip("sklearn")
    else:
        true_import = builtins.__import__

        def without(name: str, *args: Any, **kwargs: Any) -> Any:
            if name.startswith("sklearn"):
                raise ImportError(name)
            return true_import(name, *args, **kwargs)

        monkeypatch.setattr(builtins, "__import__", without)
    data = load("iris_data")
    x, y, origin = data.load_flowers()
    assert (x.shape, y.shape) == ((150, 4), (150,))
    assert ("not installed" in origin) is not installed
    parts = data.split(x, y)
    assert sorted(len(part) for part in parts) == [36, 36, 114, 114]
    found = ref.compare_types(*parts)
    assert set(found) == set(TYPES)
    for train, test in found.values():
        assert 0.8 < train <= 1
        assert 0.75 < test <= 1
    assert min(found, key=lambda kind: found[kind][0]) == "spherical"


def test_ellipses_have_their_distance_and_area() -> None:
    """Mahalanobis distance n_std everywhere, once round."""
    mean, spread = np.array([1.0, -2.0]), np.array([[2.0, -1.2], [-1.2, 1.0]])
    points = ref.covariance_ellipse(mean, spread, 1.5, 200)
    gaps = points - mean
    square = np.einsum("nd,de,ne->n", gaps, np.linalg.inv(spread), gaps)
    close(square, np.full(200, 2.25))
    x, y = gaps.T
    area = 0.5 * abs(x @ np.roll(y, -1) - y @ np.roll(x, -1))
    close(area, np.pi * 2.25 * np.sqrt(np.linalg.det(spread)), rtol=1e-3)


# --- statement and notebook -------------------------------------------------------------------


def questions() -> Any:
    config = yaml.safe_load((SOLUTION.parent.parent / "grading_config.yaml").read_text("utf-8"))
    return config["assignments"]["lab_mixture_models"]["questions"]


def test_statement_has_the_points_of_the_config() -> None:
    """The points in the statement's headings are those of the configuration."""
    text = (SOLUTION / "README.md").read_text(encoding="utf-8")
    stated = {
        key: float(points)
        for key, points in re.findall(r"^#+ (\d\.\d) .*\((\d+) points?\)$", text, re.MULTILINE)
    }
    given = {key: float(question["points"]) for key, question in questions().items()}
    assert stated == {key: points for key, points in given.items() if points}
    public = sum(
        case["points"]
        for question in questions().values()
        for case in question.get("cases", {}).values()
        if case.get("visibility") == "visible"
    )
    assert f"words: {public:g} of\nthe 60 points" in text


def test_examples_of_the_statement_are_those_of_the_solution() -> None:
    """Every example in the statement, run as it stands."""
    text = (SOLUTION / "README.md").read_text(encoding="utf-8")
    blocks = re.findall(r"^```\n(>>> .*?)^```", text, re.MULTILINE | re.DOTALL)
    test = doctest.DocTestParser().get_doctest(
        "\n".join(blocks), vars(ref) | {"np": np}, "statement", "README.md", 0
    )
    result = doctest.DocTestRunner().run(test)
    assert result.attempted > 15
    assert result.failed == 0


def test_the_notebook_runs_from_top_to_bottom(tmp_path: Path) -> None:
    """With a right solution no cell fails, all pictures are drawn and EM climbs."""
    pytest.importorskip("ipykernel")
    nbclient = pytest.importorskip("nbclient")
    for name in ("mixture.py", "iris_data.py"):
        shutil.copyfile(SOLUTION / name, tmp_path / name)
    source = (SOLUTION / "notebook.py").read_text(encoding="utf-8")
    notebook: Any = nbformat.reads(to_notebook(source, "notebook.py"), as_version=4)
    client = nbclient.NotebookClient(
        notebook,
        timeout=300,
        kernel_name="python3",
        resources={"metadata": {"path": str(tmp_path)}},
    )
    client.execute(env=os.environ | {"OPENBLAS_NUM_THREADS": "1"})
    outputs = [o for cell in notebook.cells if cell.cell_type == "code" for o in cell.outputs]
    assert sum("image/png" in o.get("data", {}) for o in outputs) == 5
    printed = "".join(o["text"] for o in outputs if o.output_type == "stream")
    assert "never fall: True" in printed
    for example in re.findall(
        r"expected\n(.*?)yours\n(.*?)\n(?=\D*expected|gap|\d+%)", printed, re.S
    ):
        expected, yours = (re.findall(r"-?\d+\.?\d*", part) for part in example)
        assert [float(n) for n in yours] == pytest.approx([float(n) for n in expected], abs=2e-6)


def test_the_reference_needs_no_scikit_learn() -> None:
    """Only numpy, scipy and the standard library are imported."""
    text = (SOLUTION / "mixture.py").read_text(encoding="utf-8")
    modules = re.findall(r"^(?:from|import) (\w+)", text, re.MULTILINE)
    assert set(modules) - set(sys.stdlib_module_names) == {"numpy", "scipy"}
