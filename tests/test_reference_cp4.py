"""The reference solution of cp4_gmm against independent oracles, edges included.

Every other promise of the kit about this assignment rests on this file: a wrong
reference would mark right students down.
"""

from __future__ import annotations

import csv
import importlib
import sys
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from scipy import special
from scipy.stats import norm

autograd = pytest.importorskip("autograd")

SOLUTION = Path(__file__).resolve().parent.parent / "solutions" / "cp4_gmm"
SEED = 20240418
Parameters = tuple[np.ndarray, np.ndarray, np.ndarray]


def load(name: str) -> ModuleType:
    """A module of the reference solution; its modules import each other by their plain names."""
    sys.path.insert(0, str(SOLUTION))
    try:
        return importlib.import_module(name)
    finally:
        sys.path.remove(str(SOLUTION))


lik = load("calc_neg_log_lik__np")
lik_ag = load("calc_neg_log_lik__ag")
base = load("GMM_PenalizedMLEstimator")
em = load("GMM_PenalizedMLEstimator_EM")
lbfgs = load("GMM_PenalizedMLEstimator_LBFGS")
penalty = load("calc_penalty_stddev")
simplex = load("transform__probability_vector")
positive = load("transform__all_positive_arr")
gradient = load("neg_log_lik_gradient")
EM = em.GMM_PenalizedMLEstimator_EM
LBFGS = lbfgs.GMM_PenalizedMLEstimator_LBFGS


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(SEED)


@pytest.fixture(autouse=True)
def strict() -> Iterator[None]:
    """Every warning is an error."""
    with np.errstate(all="raise", under="ignore"), warnings.catch_warnings():
        warnings.simplefilter("error")
        yield


@pytest.fixture(params=["small blocks", "one block"])
def blocks(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Runs a test twice: in many blocks and chunks with short last ones, and in one block."""
    step = 7 if request.param == "small blocks" else 10**6
    for module in (lik, em):
        monkeypatch.setattr(module, "block_rows", lambda D: step)
    monkeypatch.setattr(lik, "CHUNK_ROWS", 3 * step)


# --- oracles ----------------------------------------------------------------------------------


def parameters(rng: np.random.Generator, K: int, D: int, width: float = 1.0) -> Parameters:
    """Unequal weights, means a few units apart, deviations around ``width``."""
    pi_K = rng.dirichlet(np.full(K, 3.0))
    return np.log(pi_K), rng.normal(0, 2, (K, D)), width * rng.uniform(0.3, 2.5, (K, D))


def scipy_log_joint(x_ND: np.ndarray, log_pi_K: np.ndarray, mu: np.ndarray, sd: np.ndarray) -> Any:
    """(N, K) by scipy.stats, one component after the other."""
    columns = [
        log_pi + norm.logpdf(x_ND, mu_D, sd_D).sum(axis=1)
        for log_pi, mu_D, sd_D in zip(log_pi_K, mu, sd, strict=True)
    ]
    return np.stack(columns, axis=1)


def long_log_joint(x_ND: np.ndarray, log_pi_K: np.ndarray, mu: np.ndarray, sd: np.ndarray) -> Any:
    """The same from differences in extended precision."""
    x, mu, sd = (np.asarray(array, dtype=np.longdouble) for array in (x_ND, mu, sd))
    z_NKD = (x[:, None] - mu) / sd
    terms = -np.log(sd) - np.log(2 * np.longdouble(np.pi)) / 2 - z_NKD**2 / 2
    return terms.sum(axis=2) + np.asarray(log_pi_K, dtype=np.longdouble)


def long_responsibilities(*args: np.ndarray) -> tuple[Any, Any]:
    """Negative log likelihood and (N, K) responsibilities in extended precision."""
    log_joint = long_log_joint(*args)
    peak = log_joint.max(axis=1, keepdims=True)
    total = np.exp(log_joint - peak).sum(axis=1, keepdims=True)
    return -(peak + np.log(total)).sum(), np.exp(log_joint - peak) / total


def long_gradients(x_ND: np.ndarray, log_pi_K: np.ndarray, mu: np.ndarray, sd: np.ndarray) -> Any:
    """Derivatives of the negative log likelihood by their formulas, in extended precision."""
    _, r = long_responsibilities(x_ND, log_pi_K, mu, sd)
    sd = np.asarray(sd, dtype=np.longdouble)
    difference = np.asarray(x_ND, dtype=np.longdouble)[:, None] - mu
    of_mu = -(r[:, :, None] * difference).sum(axis=0) / sd**2
    of_sd = (r[:, :, None] * (1 / sd - difference**2 / sd**3)).sum(axis=0)
    return -r.sum(axis=0), of_mu, of_sd


def close(got: Any, want: Any, rtol: float = 1e-10, atol: float = 1e-12) -> None:
    """Same shape, floats, and equal to the tolerance."""
    want = np.asarray(want, dtype=np.float64)
    assert np.shape(got) == want.shape
    assert np.asarray(got).dtype == np.float64
    np.testing.assert_allclose(got, want, rtol=rtol, atol=atol)


def frozen(*arrays: np.ndarray) -> tuple[np.ndarray, ...]:
    """Copies that raise when written to."""
    copies = tuple(array.copy() for array in arrays)
    for copy in copies:
        copy.flags.writeable = False
    return copies


def model(cls: Any, start: Parameters, **settings: Any) -> Any:
    """An estimator that already has parameters."""
    gmm = cls(*start[1].shape, **settings)
    gmm.log_pi_K, gmm.mu_KD, gmm.stddev_KD = start
    return gmm


def by_scipy(x_ND: np.ndarray, start: Parameters, m: float, s: float, rounds: int) -> Any:
    """Parameters and losses of EM, written in the plainest way there is."""
    log_pi_K, mu_KD, sd_KD = (array.copy() for array in start)
    losses = []
    for _ in range(rounds):
        log_joint = scipy_log_joint(x_ND, log_pi_K, mu_KD, sd_KD)
        price = np.sum(np.log(sd_KD) / (m * m * s) + 0.5 / (m * s * sd_KD**2))
        losses.append(price - special.logsumexp(log_joint, axis=1).sum())
        r_NK = special.softmax(log_joint, axis=1)
        log_pi_K = np.log(r_NK.mean(axis=0))
        for k in range(len(mu_KD)):
            weight = r_NK[:, k].sum()
            mu_KD[k] = sum(r * x for r, x in zip(r_NK[:, k], x_ND, strict=True)) / weight
            square = sum(r * (x - mu_KD[k]) ** 2 for r, x in zip(r_NK[:, k], x_ND, strict=True))
            sd_KD[k] = np.sqrt((1 / (s * m) + square) / (1 / (s * m * m) + weight))
    return (log_pi_K, mu_KD, sd_KD), losses


def three_blobs(rng: np.random.Generator, each: int = 25) -> np.ndarray:
    """Three round clouds 0.1 wide, one unit apart."""
    return np.vstack([rng.normal(c, 0.1, (each, 2)) for c in ([0, 0], [-1, 0], [0, 1])])


# 1. Negative log likelihood -------------------------------------------------------------------


SIZES = [(1, 1, 1), (5, 3, 2), (40, 2, 7), (3, 6, 1), (60, 4, 400)]


def test_neg_log_lik_by_hand() -> None:
    """At its mean, a standard normal in two dimensions has density 1 / (2 pi)."""
    got = lik.calc_neg_log_lik(np.zeros((3, 2)), np.zeros(1), np.zeros((1, 2)), np.ones((1, 2)))
    assert isinstance(got, float)
    assert got == pytest.approx(3 * np.log(2 * np.pi), rel=1e-14)


@pytest.mark.usefixtures("blocks")
@pytest.mark.parametrize(("N", "K", "D"), SIZES)
def test_neg_log_lik_is_scipys(rng: np.random.Generator, N: int, K: int, D: int) -> None:
    """Both versions agree with scipy.stats for N, K, D all different and in 400 dimensions."""
    args = frozen(rng.normal(0, 2, (N, D)), *parameters(rng, K, D))
    want = -special.logsumexp(scipy_log_joint(*args), axis=1).sum()
    assert lik.calc_neg_log_lik(*args) == pytest.approx(want, rel=1e-12)
    assert lik_ag.calc_neg_log_lik(*args) == pytest.approx(want, rel=1e-12)


@pytest.mark.parametrize("calc", [lik.calc_neg_log_lik, lik_ag.calc_neg_log_lik])
def test_neg_log_lik_of_no_rows(rng: np.random.Generator, calc: Callable[..., float]) -> None:
    """Without rows it is exactly 0."""
    assert calc(np.zeros((0, 3)), *parameters(rng, 2, 3)) == 0.0


def narrow_and_far(
    rng: np.random.Generator, width: float, origin: float, apart: float
) -> tuple[np.ndarray, ...]:
    """Four components ``width`` wide around ``origin``, two pairs ``apart``; points in them."""
    D, each = 5, 30
    mu_KD = origin + np.array([0.0, 0.0, apart, -apart])[:, None] + np.zeros(D)
    mu_KD[1] += 2.0 * width
    sd_KD = width * rng.uniform(0.5, 2.0, (4, D))
    x_ND = np.vstack(
        [rng.normal(mu_D, sd_D, (each, D)) for mu_D, sd_D in zip(mu_KD, sd_KD, strict=True)]
    )
    return x_ND, np.log(rng.dirichlet(np.full(4, 3.0))), mu_KD, sd_KD


@pytest.mark.usefixtures("blocks")
@pytest.mark.parametrize("width", [1.0, 1e-2, 1e-3, 1e-4])
@pytest.mark.parametrize(("origin", "apart"), [(0.0, 1.0), (0.0, 1e3), (1e3, 1.0), (1e3, 1e3)])
def test_narrow_components_far_away(
    rng: np.random.Generator, width: float, origin: float, apart: float
) -> None:
    """Components narrow beside their distance from 0 and each other keep eight digits."""
    args = frozen(*narrow_and_far(rng, width, origin, apart))
    want, r_NK = long_responsibilities(*args)
    want = float(want)
    assert lik.calc_neg_log_lik(*args) == pytest.approx(want, rel=1e-9, abs=1e-8)
    assert lik_ag.calc_neg_log_lik(*args) == pytest.approx(want, rel=1e-9, abs=1e-8)
    assert np.sum((r_NK > 1e-3) & (r_NK < 1 - 1e-3)) > 10  # there is something to tell apart
    close(model(EM, args[1:]).estep__calc_r_NK(args[0]), r_NK, rtol=1e-8, atol=1e-9)


def test_narrow_pixels_beside_wide_ones(rng: np.random.Generator) -> None:
    """Pixels that hardly vary, as in the corners of images, cost no digits elsewhere."""
    D = 400
    sd_KD = np.where(np.arange(D) < 100, 1e-4, rng.uniform(0.1, 0.5, (3, D)))
    mu_KD = np.where(np.arange(D) < 100, -1.0, rng.normal(0, 0.05, (3, D)))
    x_ND = rng.normal(mu_KD[rng.integers(0, 3, 50)], 0.5 * sd_KD[0])
    args = (x_ND, np.log(np.full(3, 1 / 3)), mu_KD, sd_KD)
    want, r_NK = long_responsibilities(*args)
    assert lik.calc_neg_log_lik(*args) == pytest.approx(float(want), rel=1e-10)
    close(model(EM, args[1:]).estep__calc_r_NK(x_ND), r_NK, rtol=1e-8, atol=1e-9)


def test_points_very_far_from_narrow_components(rng: np.random.Generator) -> None:
    """A million deviations away from everything, the likelihood is right and nothing underflows."""
    _, *start = narrow_and_far(rng, 1e-3, 0.0, 1.0)
    x_ND = rng.normal(0, 1e3, (20, 5))
    want, r_NK = long_responsibilities(x_ND, *start)
    assert lik.calc_neg_log_lik(x_ND, *start) == pytest.approx(float(want), rel=1e-12)
    got = model(EM, tuple(start)).estep__calc_r_NK(x_ND)
    close(got.sum(axis=1), np.ones(20))
    np.testing.assert_array_equal(got.argmax(axis=1), r_NK.argmax(axis=1))


@pytest.mark.usefixtures("blocks")
def test_weight_of_zero(rng: np.random.Generator) -> None:
    """A component whose log pi is -inf changes nothing, and its responsibilities are 0."""
    x_ND, start = rng.normal(size=(20, 3)), parameters(rng, 2, 3)
    extra = (np.append(start[0], -np.inf), *(np.vstack([a, np.ones(3)]) for a in start[1:]))
    want = lik.calc_neg_log_lik(x_ND, *start)
    assert lik.calc_neg_log_lik(x_ND, *extra) == pytest.approx(want, rel=1e-13)
    assert lik_ag.calc_neg_log_lik(x_ND, *extra) == pytest.approx(want, rel=1e-13)
    r_NK = model(EM, extra).estep__calc_r_NK(x_ND)
    assert np.all(r_NK[:, 2] == 0)
    close(r_NK[:, :2], model(EM, start).estep__calc_r_NK(x_ND))


def test_row_that_no_component_can_have() -> None:
    """A row infinitely far away makes the value infinite, not NaN; its row of r sums to one."""
    x_ND = np.array([[0.0, 1.0], [1e250, -1e250]])
    start = (np.log([0.5, 0.5]), np.array([[0.0, 0.0], [1.0, 1.0]]), np.full((2, 2), 1e-3))
    assert lik.calc_neg_log_lik(x_ND, *start) == np.inf
    close(model(EM, start).estep__calc_r_NK(x_ND).sum(axis=1), np.ones(2))


LAYOUTS: dict[str, Callable[[np.ndarray], Any]] = {
    "float32": lambda x: x.astype(np.float32),
    "integers": lambda x: np.round(3 * x).astype(np.int64),
    "bytes": lambda x: np.round(np.abs(3 * x)).astype(np.uint8),
    "columns": np.asfortranarray,
    "every second": lambda x: np.repeat(np.repeat(x, 2, axis=0), 3, axis=1)[::2, ::3],
    "backwards": lambda x: x[::-1, ::-1].copy()[::-1, ::-1],
}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_layouts_and_dtypes(rng: np.random.Generator, layout: str) -> None:
    """Any dtype and layout of x gives what its values as plain float64 give; x stays as it was."""
    start = parameters(rng, 3, 4)
    x_ND = LAYOUTS[layout](rng.normal(0, 2, (30, 4)))
    plain = np.array(x_ND, dtype=np.float64, order="C")
    before = x_ND.copy()
    gmm = model(EM, start)
    r_NK = gmm.estep__calc_r_NK(plain)
    want = lik.calc_neg_log_lik(plain, *start)
    assert lik.calc_neg_log_lik(x_ND, *start) == pytest.approx(want, rel=1e-13)
    assert lik_ag.calc_neg_log_lik(x_ND, *start) == pytest.approx(want, rel=1e-13)
    close(gmm.estep__calc_r_NK(x_ND), r_NK)
    close(gmm.mstep__update_mu_KD(r_NK, x_ND), gmm.mstep__update_mu_KD(r_NK, plain))
    close(gmm.mstep__update_stddev_KD(r_NK, x_ND), gmm.mstep__update_stddev_KD(r_NK, plain))
    losses = [EM(3, 4, max_iter=3).fit(x, verbose=False).history for x in (x_ND, plain)]
    close(np.array(losses[0]["train_loss"]), losses[1]["train_loss"])
    np.testing.assert_array_equal(x_ND, before)


# 2. E step ------------------------------------------------------------------------------------


def test_estep_by_hand() -> None:
    """Equal widths and weights 1 and 3: half-way, the responsibilities are the weights."""
    start = (np.log([0.25, 0.75]), np.array([[-1.0], [1.0]]), np.ones((2, 1)))
    got = model(EM, start).estep__calc_r_NK(np.array([[0.0], [1.0]]))
    odds = 3 * np.exp(2.0)
    close(got, [[0.25, 0.75], [1 / (1 + odds), odds / (1 + odds)]], rtol=1e-14)


@pytest.mark.usefixtures("blocks")
@pytest.mark.parametrize(("N", "K", "D"), SIZES)
def test_estep_is_scipys(rng: np.random.Generator, N: int, K: int, D: int) -> None:
    """Responsibilities are the softmax of scipy's joint log densities, and rows sum to one."""
    x_ND, *start = frozen(rng.normal(0, 2, (N, D)), *parameters(rng, K, D))
    r_NK = model(EM, tuple(start)).estep__calc_r_NK(x_ND)
    close(r_NK, special.softmax(scipy_log_joint(x_ND, *start), axis=1), rtol=1e-9)
    close(r_NK.sum(axis=1), np.ones(N))


def test_estep_of_equal_rows_and_of_none(rng: np.random.Generator) -> None:
    """Equal rows get equal responsibilities; no rows give an array of no rows."""
    start = parameters(rng, 3, 4)
    r_NK = model(EM, start).estep__calc_r_NK(np.tile(rng.normal(size=4), (200, 1)))
    close(r_NK, np.tile(r_NK[0], (200, 1)))
    assert model(EM, start).estep__calc_r_NK(np.zeros((0, 4))).shape == (0, 3)


def test_responsibilities_are_normal_floats(rng: np.random.Generator) -> None:
    """No responsibility lies between 0 and the normal floats, where processors are slow."""
    x_ND = np.linspace(-60, 60, 2000)[:, None]
    r_NK = model(EM, parameters(rng, 3, 1, width=0.5)).estep__calc_r_NK(x_ND)
    assert np.any(r_NK == 0)
    assert not np.any((r_NK > 0) & (r_NK < np.finfo(float).tiny))


# 3. M steps -----------------------------------------------------------------------------------


def test_msteps_are_sklearns_without_penalty(rng: np.random.Generator) -> None:
    """With a penalty too weak to count, one iteration is scikit-learn's."""
    mixture = pytest.importorskip("sklearn.mixture")
    x_ND, start = rng.normal(0, 2, (200, 4)), parameters(rng, 3, 4)
    want = mixture.GaussianMixture(
        3,
        covariance_type="diag",
        max_iter=1,
        reg_covar=0,
        weights_init=np.exp(start[0]),
        means_init=start[1],
        precisions_init=start[2] ** -2.0,
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it says that it did not converge
        want.fit(x_ND)
    gmm = model(EM, start, variance_penalty_spread=1e13, max_iter=0).fit(x_ND, verbose=False)
    close(np.exp(gmm.log_pi_K), want.weights_)
    close(gmm.mu_KD, want.means_)
    close(gmm.stddev_KD, np.sqrt(want.covariances_))


@pytest.mark.usefixtures("blocks")
@pytest.mark.parametrize(("N", "K", "D"), [*SIZES, (1000, 3, 2)])
def test_msteps_follow_their_formulas(rng: np.random.Generator, N: int, K: int, D: int) -> None:
    """Sums in extended precision agree, penalty included, for any means that the object has."""
    m, s = 4.0, 0.05
    x_ND, r_NK, mu_KD = frozen(
        rng.normal(1, 3, (N, D)), rng.dirichlet(np.ones(K), N), rng.normal(0, 2, (K, D))
    )
    gmm = EM(K, D, variance_penalty_mode=m, variance_penalty_spread=s)
    gmm.mu_KD = mu_KD
    x, r = x_ND.astype(np.longdouble), r_NK.astype(np.longdouble)
    weight_K1 = r.sum(axis=0)[:, None]
    square_KD = (r[:, :, None] * (x[:, None] - mu_KD) ** 2).sum(axis=0)
    variance_KD = (1 / (s * m) + square_KD) / (1 / (s * m**2) + weight_K1)
    close(gmm.mstep__update_log_pi_K(r_NK), np.log(r.mean(axis=0)))
    close(gmm.mstep__update_mu_KD(r_NK, x_ND), (r[:, :, None] * x[:, None]).sum(axis=0) / weight_K1)
    close(gmm.mstep__update_stddev_KD(r_NK, x_ND), np.sqrt(variance_KD))


@pytest.mark.usefixtures("blocks")
@pytest.mark.parametrize("width", [1.0, 1e-3, 1e-5])
@pytest.mark.parametrize(("origin", "apart"), [(0.0, 1e3), (1e3, 1.0), (1e3, 1e3), (1e6, 0.0)])
def test_mstep_stddev_of_narrow_components(
    rng: np.random.Generator, width: float, origin: float, apart: float
) -> None:
    """Deviations of narrow components far away keep eight digits, however weak the penalty."""
    x_ND, _, mu_KD, _ = narrow_and_far(rng, width, origin, apart)
    r_NK = np.repeat(np.eye(4), len(x_ND) // 4, axis=0)
    for spread in (100.0, 1e30):
        gmm = EM(4, 5, variance_penalty_mode=2.0, variance_penalty_spread=spread)
        gmm.mu_KD = mu_KD
        x = x_ND.astype(np.longdouble)
        square_KD = (r_NK[:, :, None] * (x[:, None] - mu_KD) ** 2).sum(axis=0)
        variance = (0.5 / spread + square_KD) / (0.25 / spread + r_NK.sum(axis=0)[:, None])
        close(gmm.mstep__update_stddev_KD(r_NK, x_ND), np.sqrt(variance), rtol=1e-8)


def test_msteps_of_an_empty_component(rng: np.random.Generator) -> None:
    """Without responsibility: log pi -inf, the old mean, variance m; the others are untouched."""
    x_ND, (_, mu_KD, _) = rng.normal(size=(9, 2)), parameters(rng, 3, 2)
    r_NK = np.insert(rng.dirichlet(np.ones(2), 9), 1, 0.0, axis=1)
    gmm = EM(3, 2, variance_penalty_mode=2.5)
    gmm.mu_KD = mu_KD
    log_pi_K, new_mu_KD = gmm.mstep__update_log_pi_K(r_NK), gmm.mstep__update_mu_KD(r_NK, x_ND)
    close(np.exp(log_pi_K), r_NK.mean(axis=0))
    assert log_pi_K[1] == -np.inf
    np.testing.assert_array_equal(new_mu_KD[1], mu_KD[1])
    close(new_mu_KD[[0, 2]], (r_NK.T @ x_ND / r_NK.sum(axis=0)[:, None].clip(1e-9))[[0, 2]])
    close(gmm.mstep__update_stddev_KD(r_NK, x_ND)[1], np.full(2, np.sqrt(2.5)))


def test_msteps_set_nothing_and_keep_their_inputs(rng: np.random.Generator) -> None:
    """The three steps return new arrays; parameters and inputs stay as they were."""
    start = frozen(*parameters(rng, 3, 2))
    x_ND, r_NK = frozen(rng.normal(size=(9, 2)), rng.dirichlet(np.ones(3), 9))
    gmm = model(EM, start)
    gmm.mstep__update_log_pi_K(r_NK)
    gmm.mstep__update_mu_KD(r_NK, x_ND)[:] = 7.0
    gmm.mstep__update_stddev_KD(r_NK, x_ND)[:] = 7.0
    for got, want in zip((gmm.log_pi_K, gmm.mu_KD, gmm.stddev_KD), start, strict=True):
        assert got is want  # and cannot have been written to: it is frozen


def test_em_loss_is_the_loss_at_the_best_responsibilities(rng: np.random.Generator) -> None:
    """After the E step it is penalty - log likelihood; for other responsibilities it is larger."""
    x_ND = rng.normal(0, 2, (30, 3))
    gmm = model(EM, parameters(rng, 4, 3), variance_penalty_mode=3.0, variance_penalty_spread=0.1)
    r_NK = gmm.estep__calc_r_NK(x_ND)
    want = gmm.calc_penalty_stddev() - gmm.score(x_ND)
    assert gmm.calc_EM_loss(r_NK, x_ND) == pytest.approx(want, rel=1e-12)
    other = 0.99 * r_NK + 0.01 * rng.dirichlet(np.ones(4), 30)
    assert gmm.calc_EM_loss(other, x_ND) > want


def test_em_loss_of_an_empty_component(rng: np.random.Generator) -> None:
    """r = 0, or the next float to it, with log pi = -inf adds nothing."""
    x_ND, start = rng.normal(size=(9, 2)), parameters(rng, 2, 2)
    r_NK = rng.dirichlet(np.ones(2), 9)
    want = model(EM, start).calc_EM_loss(r_NK, x_ND)
    extra = (np.append(start[0], -np.inf), *(np.vstack([a, np.ones(2)]) for a in start[1:]))
    price = penalty.calc_penalty_stddev(np.ones(2), 1.0, 100.0)
    for almost_nothing in (0.0, 5e-324):
        r_N3 = np.insert(r_NK, 2, almost_nothing, axis=1)
        got = model(EM, extra).calc_EM_loss(r_N3, x_ND)
        assert got == pytest.approx(want + price, rel=1e-12)


def test_msteps_are_stationary_points_of_the_em_loss(rng: np.random.Generator) -> None:
    """Any small change of the new weights, means or deviations makes the EM loss larger."""
    x_ND, r_NK = rng.normal(0, 2, (40, 2)), rng.dirichlet(np.ones(3), 40)
    gmm = model(EM, parameters(rng, 3, 2), variance_penalty_mode=3.0, variance_penalty_spread=0.02)
    gmm.log_pi_K = gmm.mstep__update_log_pi_K(r_NK)
    gmm.mu_KD = gmm.mstep__update_mu_KD(r_NK, x_ND)
    gmm.stddev_KD = gmm.mstep__update_stddev_KD(r_NK, x_ND)
    best = gmm.calc_EM_loss(r_NK, x_ND)
    h = 1e-4
    for name in ("mu_KD", "stddev_KD"):
        found = getattr(gmm, name)
        for index in np.ndindex(3, 2):
            losses = []
            for sign in (1, -1):
                changed = found.copy()
                changed[index] += sign * h
                setattr(gmm, name, changed)
                losses.append(gmm.calc_EM_loss(r_NK, x_ND))
            setattr(gmm, name, found)
            assert min(losses) > best
            slope, bend = (losses[0] - losses[1]) / (2 * h), (sum(losses) - 2 * best) / h**2
            assert abs(slope) < 1e-4 * bend
    found = gmm.log_pi_K
    for direction in rng.normal(size=(6, 3)):
        moved = found + h * direction
        gmm.log_pi_K = moved - special.logsumexp(moved)
        assert gmm.calc_EM_loss(r_NK, x_ND) > best


# 4. fit by EM ---------------------------------------------------------------------------------


def test_fit_is_em_written_plainly(rng: np.random.Generator) -> None:
    """Losses and parameters of six iterations are those of EM with scipy.stats and loops."""
    x_ND, start = rng.normal(0, 2, (60, 3)), parameters(rng, 4, 3)
    m, s = 3.0, 0.2
    gmm = model(EM, start, variance_penalty_mode=m, variance_penalty_spread=s, max_iter=5, ftol=-1)
    assert gmm.fit(x_ND, verbose=False) is gmm
    wanted, losses = by_scipy(x_ND, start, m, s, 6)
    close(np.array(gmm.history["train_loss"]), losses)
    for got, want in zip((gmm.log_pi_K, gmm.mu_KD, gmm.stddev_KD), wanted, strict=True):
        close(got, want, rtol=1e-8)


def test_history_keys_lengths_and_values(rng: np.random.Generator) -> None:
    """One entry an iteration, taken before its E step; per pixel counts each set's own rows."""
    x_ND, valid_ND, start = rng.normal(size=(30, 4)), rng.normal(size=(7, 4)), parameters(rng, 2, 4)
    gmm = model(EM, start, max_iter=3, ftol=-1.0)
    gmm.fit(x_ND, valid_ND, verbose=False)
    history = gmm.history
    assert set(history) == {
        "iter",
        "train_loss",
        "train_loss_per_pixel",
        "train_score_per_pixel",
        "valid_score_per_pixel",
    }
    assert history["iter"] == [0, 1, 2, 3]
    assert {len(values) for values in history.values()} == {4}
    score, valid = -lik.calc_neg_log_lik(x_ND, *start), -lik.calc_neg_log_lik(valid_ND, *start)
    loss = penalty.calc_penalty_stddev(start[2], 1.0, 100.0) - score
    assert history["train_loss"][0] == pytest.approx(loss)
    assert history["train_loss_per_pixel"][0] == pytest.approx(loss / 120)
    assert history["train_score_per_pixel"][0] == pytest.approx(score / 120)
    assert history["valid_score_per_pixel"][0] == pytest.approx(valid / 28)
    gmm.fit(x_ND, verbose=False)
    assert "valid_score_per_pixel" not in gmm.history


@pytest.mark.parametrize("seed", [1001, 3001, 4001, 7001])
def test_loss_never_rises(rng: np.random.Generator, seed: int) -> None:
    """Over 50 iterations the loss never rises, and the double check finds nothing."""
    x_ND = np.vstack([rng.normal(c, w, (40, 5)) for c, w in ((0, 1), (3, 0.1), (-2, 0.5))])
    gmm = EM(6, 5, seed, 0.5, 1.0, max_iter=50, ftol=-1.0, do_double_check_correctness=True)
    gmm.fit(x_ND, verbose=False)
    losses = np.array(gmm.history["train_loss"])
    assert len(losses) == 51
    assert np.all(np.diff(losses) <= 1e-9 * np.abs(losses[:-1]))
    assert losses[-1] < losses[0]
    assert len(gmm.history["train_loss_em"]) == 2 * 51


@pytest.mark.parametrize(
    ("losses", "last"),
    [
        ([50.0, 50.0, 50.0, 0.0, 0.0], 2),  # not before iteration 2, whatever happens there
        ([100.0, 90.0, 80.0, 79.9, 79.83, 0.0], 4),  # 0.1 / 80 is more than 0.001
        ([100.0, 90.0, 80.0, 79.95, 0.0], 3),
        ([9.0, 8.0, 0.5, 0.4995, 0.0], 3),  # relative to 1 where both are smaller
        ([-9.0, -50.0, -100.0, -100.09, -200.0], 3),  # relative to the size, not the sign
        ([9.0, 8.0, 9.5, 0.0], 2),  # a loss that rises stops it
        ([90.0, 80.0, 70.0, 60.0], 3),  # max_iter
    ],
)
def test_stopping_iteration(losses: list[float], last: int) -> None:
    """fit stops at the first iteration from 2 on that gains at most ftol of the loss's size."""

    class Scripted(EM):  # type: ignore[misc, valid-type]
        def score(self, x_ND: np.ndarray) -> float:
            return -losses[len(self.history["iter"])]

        def calc_penalty_stddev(self) -> float:
            return 0.0

    gmm = Scripted(1, 1, max_iter=len(losses) - 1, ftol=1e-3)
    gmm.fit(np.zeros((4, 1)), verbose=False)
    assert gmm.history["iter"] == list(range(last + 1))
    assert gmm.history["train_loss"] == losses[: last + 1]


def test_fit_keeps_the_start_and_goes_on(rng: np.random.Generator) -> None:
    """Two fits of one object are one longer fit: parameters that are set are the start."""
    x_ND = rng.normal(0, 2, (50, 3))
    twice = EM(3, 3, max_iter=2, ftol=-1.0)
    twice.fit(x_ND, verbose=False)
    twice.fit(x_ND, verbose=False)
    once = EM(3, 3, max_iter=5, ftol=-1.0).fit(x_ND, verbose=False)
    np.testing.assert_array_equal(twice.mu_KD, once.mu_KD)
    assert twice.history["train_loss"] == once.history["train_loss"][3:]


def test_fit_of_no_rows(rng: np.random.Generator) -> None:
    """Without rows only the deviations move, to variance m, and the loss is the penalty."""
    start = parameters(rng, 3, 2)
    gmm = model(EM, start, variance_penalty_mode=2.0, max_iter=4, do_double_check_correctness=True)
    gmm.fit(np.zeros((0, 2)), np.zeros((0, 2)), verbose=False)
    np.testing.assert_array_equal(gmm.log_pi_K, start[0])
    np.testing.assert_array_equal(gmm.mu_KD, start[1])
    close(gmm.stddev_KD, np.full((3, 2), np.sqrt(2.0)))
    first = penalty.calc_penalty_stddev(start[2], 2.0, 100.0)
    assert gmm.history["train_loss_per_pixel"][0] == pytest.approx(first / 2)
    assert set(gmm.history["valid_score_per_pixel"]) == {0.0}


@pytest.mark.parametrize("N", [1, 2, 4])
def test_fit_of_fewer_rows_than_components(rng: np.random.Generator, N: int) -> None:
    """One row, and fewer rows than components, end in finite numbers and weights that sum to 1."""
    gmm = EM(5, 3, max_iter=20, do_double_check_correctness=True)
    gmm.fit(rng.normal(size=(N, 3)), verbose=False)
    assert np.all(np.isfinite(gmm.mu_KD))
    assert np.all(np.isfinite(gmm.stddev_KD))
    assert np.all(gmm.stddev_KD > 0)
    assert special.logsumexp(gmm.log_pi_K) == pytest.approx(0.0, abs=1e-12)


def test_fit_of_duplicate_rows() -> None:
    """Equal rows are the mean of every component that has weight, with a small deviation."""
    x_ND = np.tile([3.0, -1.0], (50, 1))
    gmm = EM(3, 2, max_iter=30, do_double_check_correctness=True).fit(x_ND, verbose=False)
    close(gmm.mu_KD, np.tile([3.0, -1.0], (3, 1)))
    # The penalty alone keeps it from 0: sigma squared is (1 / 100) / (1 / 100 + 50).
    heaviest = np.argmax(gmm.log_pi_K)
    close(gmm.stddev_KD[heaviest], np.full(2, np.sqrt(0.01 / 50.01)), rtol=1e-3)
    assert np.all(gmm.stddev_KD > 0)


def test_fit_with_a_dead_component(rng: np.random.Generator) -> None:
    """A component that no row needs keeps its mean, ends at variance m, and harms nobody."""
    x_ND = three_blobs(rng)
    log_pi_K, sd_KD = np.log(np.full(3, 1 / 3)), np.full((3, 2), 0.2)
    mu_KD = np.array([[0.0, 0.0], [1e3, 1e3], [0.0, 1.0]])
    gmm = model(
        EM,
        (log_pi_K, mu_KD, sd_KD),
        variance_penalty_mode=2.0,
        max_iter=10,
        do_double_check_correctness=True,
    )
    gmm.fit(x_ND, x_ND, verbose=False)
    assert gmm.log_pi_K[1] == -np.inf
    np.testing.assert_array_equal(gmm.mu_KD[1], [1e3, 1e3])
    close(gmm.stddev_KD[1], np.full(2, np.sqrt(2.0)))
    alive = [0, 2]
    two = model(EM, (log_pi_K[alive], mu_KD[alive], sd_KD[alive]), variance_penalty_mode=2.0)
    two.set_params(max_iter=len(gmm.history["iter"]) - 1, ftol=-1.0).fit(x_ND, verbose=False)
    close(gmm.mu_KD[alive], two.mu_KD, rtol=1e-6, atol=1e-9)


def wrong_variance(self: Any, r_NK: np.ndarray, x_ND: np.ndarray) -> np.ndarray:
    return np.asarray(EM.mstep__update_stddev_KD(self, r_NK, x_ND) ** 2)


def wrong_mean(self: Any, r_NK: np.ndarray, x_ND: np.ndarray) -> np.ndarray:
    return np.asarray(EM.mstep__update_mu_KD(self, r_NK, x_ND) + 0.5)


def wrong_responsibilities(self: Any, x_ND: np.ndarray) -> np.ndarray:
    return np.full((len(x_ND), self.K), 1.0 / self.K)


@pytest.mark.parametrize(
    ("name", "wrong", "said"),
    [
        ("mstep__update_stddev_KD", wrong_variance, "M step raised"),
        ("mstep__update_mu_KD", wrong_mean, "M step raised"),
        ("estep__calc_r_NK", wrong_responsibilities, "must be equal"),
    ],
)
def test_double_check_finds_a_wrong_step(
    rng: np.random.Generator, name: str, wrong: Any, said: str
) -> None:
    """With the double check on, a wrong step raises AssertionError; with it off, nothing does."""
    broken = type("Broken", (EM,), {name: wrong})
    settings = {"variance_penalty_mode": 2.0, "max_iter": 10, "ftol": -1.0}
    broken(3, 2, **settings).fit(three_blobs(rng), verbose=False)
    with pytest.raises(AssertionError, match=said):
        broken(3, 2, do_double_check_correctness=True, **settings).fit(
            three_blobs(rng), verbose=False
        )


def test_fit_prints_a_line_per_iteration(
    rng: np.random.Generator, capsys: pytest.CaptureFixture[str]
) -> None:
    """verbose prints one line per iteration, with the validation score if there is one."""
    for cls in (EM, LBFGS):
        cls(2, 2, max_iter=2, ftol=0.0).fit(three_blobs(rng), three_blobs(rng, 3), verbose=True)
        lines = capsys.readouterr().out.splitlines()
        assert len(lines) == 3
        assert all("validation score" in line for line in lines)
        cls(2, 2, max_iter=2).fit(three_blobs(rng), verbose=False)
        assert capsys.readouterr().out == ""


# 5. What is given -----------------------------------------------------------------------------


def test_initial_parameters_are_pinned(rng: np.random.Generator) -> None:
    """RandomState(seed): first the rows of the means, then the deviations; weights are equal."""
    x_ND = rng.normal(size=(20, 3))
    log_pi_K, mu_KD, sd_KD = EM(
        4, 3, seed=7, variance_penalty_mode=9.0
    ).generate_initial_parameters(x_ND)
    prng = np.random.RandomState(7)
    rows = prng.choice(20, 4, replace=False)
    np.testing.assert_array_equal(log_pi_K, np.log(np.full(4, 0.25)))
    np.testing.assert_array_equal(mu_KD, x_ND[rows])
    np.testing.assert_array_equal(sd_KD, 3.0 * (1 + prng.rand(4, 3)))
    assert rows.tolist() == [1, 17, 2, 5]


def test_initial_parameters_keep_the_data_and_the_global_generator(
    rng: np.random.Generator,
) -> None:
    """They are copies, floats even of integers, and no global random state moves."""
    x_ND = rng.integers(0, 9, (20, 3))
    before = np.random.get_state()[1].copy()  # noqa: NPY002
    _, mu_KD, _ = EM(4, 3).generate_initial_parameters(x_ND)
    assert mu_KD.dtype == np.float64
    assert not np.shares_memory(mu_KD, x_ND)
    EM(4, 3).generate_initial_parameters(np.zeros((0, 3)))
    np.testing.assert_array_equal(np.random.get_state()[1], before)  # noqa: NPY002


@pytest.mark.parametrize("N", [0, 1, 3])
def test_initial_parameters_of_few_rows(rng: np.random.Generator, N: int) -> None:
    """Fewer rows than components: every row is a mean, the rest are drawn, the same each time."""
    x_ND = rng.normal(5, 1, (N, 2))
    first, again = (EM(4, 2).generate_initial_parameters(x_ND) for _ in range(2))
    for one, other in zip(first, again, strict=True):
        np.testing.assert_array_equal(one, other)
    _, mu_KD, sd_KD = first
    assert sorted(map(tuple, mu_KD[:N])) == sorted(map(tuple, x_ND))
    assert mu_KD.shape == sd_KD.shape == (4, 2)
    assert np.all((sd_KD >= 1) & (sd_KD < 2))


def test_initial_parameters_of_wrong_width() -> None:
    """Data with another number of columns than D are refused, with both shapes in the message."""
    with pytest.raises(ValueError, match=r"\(N, 3\), not \(5, 2\)"):
        EM(2, 3).generate_initial_parameters(np.zeros((5, 2)))


def test_params() -> None:
    """get_params gives what __init__ took; set_params changes it, returns self, knows its names."""
    gmm = EM(K=3, D=2, seed=5, max_iter=7)
    settings = gmm.get_params()
    assert (settings["K"], settings["D"], settings["seed"], settings["max_iter"]) == (3, 2, 5, 7)
    assert settings["variance_penalty_mode"] == 1.0
    assert settings["variance_penalty_spread"] == 100.0
    assert settings["ftol"] == 1e-9
    assert settings["do_double_check_correctness"] is False
    assert EM(**settings).get_params() == settings
    assert gmm.set_params(K=4, ftol=0.5) is gmm
    assert gmm.get_params() == {**settings, "K": 4, "ftol": 0.5}
    with pytest.raises(ValueError, match="no k; there are K, D"):
        gmm.set_params(k=4)


def test_module_names_that_real_solutions_import() -> None:
    """The base module hands on calc_neg_log_lik, and both estimators are its subclasses."""
    assert base.calc_neg_log_lik is lik.calc_neg_log_lik
    assert issubclass(EM, base.GMM_PenalizedMLEstimator)
    assert issubclass(LBFGS, base.GMM_PenalizedMLEstimator)


def test_write_history_to_csv(rng: np.random.Generator, tmp_path: Path) -> None:
    """A column per key that has an entry for every iteration, exact numbers, and no other file."""
    gmm = EM(2, 2, max_iter=3, ftol=-1.0, do_double_check_correctness=True)
    gmm.fit(three_blobs(rng), verbose=False)
    target = tmp_path / "history.csv"
    target.write_text("old")
    gmm.write_history_to_csv(str(target))
    with open(target, newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0]) == ["iter", "train_loss", "train_loss_per_pixel", "train_score_per_pixel"]
    assert [int(row["iter"]) for row in rows] == [0, 1, 2, 3]
    assert [float(row["train_loss"]) for row in rows] == gmm.history["train_loss"]
    assert list(tmp_path.iterdir()) == [target]


@pytest.mark.parametrize(("m", "s"), [(25.0, 100.0), (0.3, 2.0)])
def test_penalty(m: float, s: float) -> None:
    """It follows its formula, for arrays and floats, and is smallest where sigma squared is m."""
    sigma = np.sqrt(m) * np.linspace(0.2, 5.0, 9601)
    values = np.array([penalty.calc_penalty_stddev(one, m, s) for one in sigma])
    close(values, [np.log(one) / (m * m * s) + 1 / (2 * m * s * one * one) for one in sigma])
    assert sigma[values.argmin()] == pytest.approx(np.sqrt(m), rel=1e-3)
    assert penalty.calc_penalty_stddev(sigma[:12].reshape(3, 4), m, s) == pytest.approx(
        values[:12].sum()
    )
    slope = autograd.elementwise_grad(lambda one: penalty.calc_penalty_stddev(one, m, s))(sigma)
    close(slope, 1 / (m * m * s * sigma) - 1 / (m * s * sigma**3), rtol=1e-8, atol=1e-13)


def test_positive_transform_goes_there_and_back() -> None:
    """softplus and its inverse keep twelve digits from 1e-6 to 1e6, arrays and floats alike."""
    sigma = np.logspace(-6, 6, 241)
    nu = positive.to_unconstrained_arr(sigma)
    close(positive.to_common_arr(nu), sigma, rtol=1e-12)
    long_nu = np.log(np.expm1(sigma[:200].astype(np.longdouble)))
    close(nu[:200], long_nu, rtol=1e-12, atol=1e-15)
    close(positive.to_common_arr(nu.reshape(1, 241, 1)), sigma.reshape(1, 241, 1), rtol=1e-12)
    assert positive.to_common_arr(positive.to_unconstrained_arr(0.3)) == pytest.approx(0.3)
    assert positive.to_common_arr(-700.0) > 0
    assert positive.to_common_arr(1e6) == 1e6


def test_positive_transform_has_the_derivative_of_softplus() -> None:
    """autograd's derivative is the sigmoid, at 0 and far out too, and 1 / sigmoid back."""
    nu = np.concatenate([[-1e6, -700.0, 0.0, 700.0, 1e6], np.linspace(-40, 40, 81)])
    slope = autograd.elementwise_grad(positive.to_common_arr)(nu)
    close(slope, special.expit(nu), rtol=1e-12)
    sigma = np.logspace(-6, 6, 49)
    back = autograd.elementwise_grad(positive.to_unconstrained_arr)(sigma)
    close(back, -1 / np.expm1(-sigma), rtol=1e-9)


def test_probability_transform() -> None:
    """Every rho gives log weights that sum to one in exp, from 1e-6 to 1e6 and with -inf."""
    for rho in ([0.0], [1e6, -1e6, 1e6], [1e-6, 0.0, -1e-6], [-1e6, -1e6], [0.5, -np.inf, 1.0]):
        rho_K = np.array(rho)
        log_pi_K = simplex.to_common_arr(rho_K)
        close(log_pi_K, special.log_softmax(rho_K), rtol=1e-12)
        assert special.logsumexp(log_pi_K) == pytest.approx(0.0, abs=1e-12)
        close(simplex.to_common_arr(simplex.to_unconstrained_arr(log_pi_K)), log_pi_K)
    pi_K = np.array([1e-6, 0.25, 0.749999])
    close(np.exp(simplex.to_common_arr(simplex.to_unconstrained_arr(np.log(pi_K)))), pi_K)
    assert simplex.to_common_arr(3.0) == 0.0
    rows = simplex.to_common_arr(np.arange(6.0).reshape(2, 3))
    close(np.exp(rows).sum(axis=1), np.ones(2))


def test_probability_transform_has_its_derivative(rng: np.random.Generator) -> None:
    """The Jacobian is the identity minus the weights in every row."""
    rho_K = rng.normal(size=4)
    want = np.eye(4) - special.softmax(rho_K)
    close(autograd.jacobian(simplex.to_common_arr)(rho_K), want)


# 6. Gradients and L-BFGS ----------------------------------------------------------------------


@pytest.mark.parametrize(("N", "K", "D"), SIZES)
def test_gradient_follows_its_formula(rng: np.random.Generator, N: int, K: int, D: int) -> None:
    """autograd's gradient is that of the formulas in extended precision."""
    args = frozen(rng.normal(0, 2, (N, D)), *parameters(rng, K, D))
    value, *got = gradient.neg_log_lik_and_gradients(*args)
    assert value == pytest.approx(lik.calc_neg_log_lik(*args), rel=1e-12)
    for one, want in zip(got, long_gradients(*args), strict=True):
        close(one, want, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("width", [1.0, 1e-3])
@pytest.mark.parametrize(("origin", "apart"), [(0.0, 1e3), (1e3, 1.0), (1e3, 1e3)])
def test_gradient_of_narrow_components_far_away(
    rng: np.random.Generator, width: float, origin: float, apart: float
) -> None:
    """Narrow components far away keep seven digits of the gradient, in units of 1 / width."""
    args = narrow_and_far(rng, width, origin, apart)
    _, *got = gradient.neg_log_lik_and_gradients(*args)
    for one, want in zip(got, long_gradients(*args), strict=True):
        close(one, want, rtol=1e-7, atol=1e-7 / width)


def test_gradient_agrees_with_central_differences(rng: np.random.Generator) -> None:
    """Value and gradients of both given functions agree to six digits."""
    args = frozen(rng.normal(0, 2, (7, 3)), *parameters(rng, 4, 3))
    for one, other in zip(
        gradient.neg_log_lik_and_gradients(*args), gradient.central_differences(*args), strict=True
    ):
        close(np.asarray(one), other, rtol=1e-6, atol=1e-7)


def test_gradient_of_no_rows(rng: np.random.Generator) -> None:
    """Without rows value and gradients are 0."""
    start = parameters(rng, 3, 2)
    value, *got = gradient.neg_log_lik_and_gradients(np.zeros((0, 2)), *start)
    assert value == 0.0
    for one, parameter in zip(got, start, strict=True):
        np.testing.assert_array_equal(one, np.zeros_like(parameter))


def test_gradient_script_prints_both(capsys: pytest.CaptureFixture[str]) -> None:
    """Run as a script, the comparison prints value and gradients in both ways."""
    gradient.main()
    out = capsys.readouterr().out
    assert out.count("by autograd") == out.count("by central differences") == 4


def test_packing_goes_there_and_back(rng: np.random.Generator) -> None:
    """rho, then mu, then nu in one vector of K + 2 K D numbers, and back to the same parameters."""
    start = parameters(rng, 3, 4)
    gmm = LBFGS(3, 4)
    vec_M = gmm.to_flat_array_of_unconstrained_parameters(*start)
    assert vec_M.shape == (3 + 2 * 12,)
    close(vec_M[:3], start[0])
    close(vec_M[3:15], start[1].ravel())
    close(vec_M[15:], np.log(np.expm1(start[2])).ravel())
    for got, want in zip(gmm.to_common_parameters_from_flat_array(vec_M), start, strict=True):
        close(got, want)
    for got, want in zip(
        lbfgs.to_common_parameters(*lbfgs.to_unconstrained_parameters(*start)), start, strict=True
    ):
        close(got, want)


def test_lbfgs_first_loss_and_gradient(rng: np.random.Generator) -> None:
    """The first entry of history is the start: loss per pixel and mean absolute gradient."""
    x_ND, valid_ND = rng.normal(size=(30, 2)), rng.normal(size=(9, 2))
    gmm = LBFGS(3, 2, seed=5, variance_penalty_mode=2.0, variance_penalty_spread=0.1, max_iter=1)
    assert gmm.fit(x_ND, valid_ND, verbose=False) is gmm
    start = gmm.generate_initial_parameters(x_ND)

    def loss(vec_M: np.ndarray) -> float:
        log_pi_K, mu_KD, sd_KD = gmm.to_common_parameters_from_flat_array(vec_M)
        log_joint = scipy_log_joint(x_ND, log_pi_K, mu_KD, sd_KD)
        price = np.sum(np.log(sd_KD) / 0.4 + 1 / (0.4 * sd_KD**2))
        return float(price - special.logsumexp(log_joint, axis=1).sum()) / 60

    vec_M = gmm.to_flat_array_of_unconstrained_parameters(*start)
    steps = 1e-6 * np.eye(len(vec_M))
    slopes = [(loss(vec_M + step) - loss(vec_M - step)) / 2e-6 for step in steps]
    assert gmm.history["iter"] == [0, 1]
    assert gmm.history["train_loss_per_pixel"][0] == pytest.approx(loss(vec_M), rel=1e-12)
    assert gmm.history["grad_norm"][0] == pytest.approx(np.mean(np.abs(slopes)), rel=1e-6)
    valid = -lik.calc_neg_log_lik(valid_ND, *start) / 18
    assert gmm.history["valid_score_per_pixel"][0] == pytest.approx(valid, rel=1e-12)


def test_lbfgs_finds_three_blobs(rng: np.random.Generator) -> None:
    """The loss falls at every iteration; means, weights and deviations end at the three clouds."""
    x_ND = three_blobs(rng)
    gmm = LBFGS(3, 2, seed=402).fit(x_ND, verbose=False)
    losses = np.array(gmm.history["train_loss_per_pixel"])
    assert np.all(np.diff(losses) <= 0)
    assert gmm.message.startswith("CONVERGENCE")
    assert len(losses) == gmm.result.nit + 1 == len(gmm.history["grad_norm"])
    assert gmm.history["iter"] == list(range(len(losses)))
    order = np.lexsort(gmm.mu_KD.round(1).T)
    close(gmm.mu_KD[order], [[-1, 0], [0, 0], [0, 1]], rtol=0, atol=0.08)
    close(np.exp(gmm.log_pi_K), np.full(3, 1 / 3), rtol=1e-2)
    # It ends where EM does.
    best = model(EM, (gmm.log_pi_K, gmm.mu_KD, gmm.stddev_KD), max_iter=200, ftol=0.0)
    best.fit(x_ND, verbose=False)
    assert best.history["train_loss_per_pixel"][-1] == pytest.approx(losses[-1], abs=1e-5)


def test_lbfgs_evaluates_each_vector_once(
    rng: np.random.Generator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Loss and gradient come from one pass, and the callback makes no pass of its own."""
    calls: list[int] = []

    def counted(*args: Any) -> Any:
        calls.append(1)
        return lik_ag.calc_neg_log_lik(*args)

    monkeypatch.setattr(lbfgs, "calc_neg_log_lik", counted)
    gmm = LBFGS(3, 2, max_iter=8).fit(three_blobs(rng), verbose=False)
    assert len(calls) == gmm.result.nfev


def test_lbfgs_of_no_rows() -> None:
    """Without rows the penalty alone is minimized: variances end near m."""
    gmm = LBFGS(3, 2, variance_penalty_mode=2.0).fit(np.zeros((0, 2)), verbose=False)
    close(gmm.stddev_KD**2, np.full((3, 2), 2.0), rtol=0, atol=0.02)
    assert gmm.message.startswith("CONVERGENCE")


def test_lbfgs_starts_anew_and_keeps_its_input(rng: np.random.Generator) -> None:
    """A second fit gives the first one's history again; x is only read."""
    (x_ND,) = frozen(three_blobs(rng))
    gmm = LBFGS(3, 2, max_iter=5).fit(x_ND, x_ND, verbose=False)
    first = dict(gmm.history)
    assert dict(gmm.fit(x_ND, x_ND, verbose=False).history) == first
