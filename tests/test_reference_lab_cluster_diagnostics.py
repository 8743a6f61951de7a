"""The reference solution of lab_cluster_diagnostics against independent oracles, edges included.

Every other promise of the kit about this lab rests on this file: a wrong reference would mark
right students down. At the end, the lab's notebook runs from top to bottom, and its experiments
show what they are said to show.
"""

from __future__ import annotations

import importlib
import itertools
import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import nbformat
import numpy as np
import pytest
from scipy import stats
from scipy.special import logsumexp

from autograder.notebook import to_notebook

SOLUTION = Path(__file__).resolve().parent.parent / "solutions" / "lab_cluster_diagnostics"
SEED = 20250130


def load() -> tuple[ModuleType, ModuleType]:
    """Fresh imports of the reference solution and of the given module."""
    sys.path.insert(0, str(SOLUTION))
    try:
        return importlib.import_module("diagnostics"), importlib.import_module("lab_tools")
    finally:
        sys.path.remove(str(SOLUTION))


ref, tools = load()


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(SEED)


@pytest.fixture(autouse=True)
def fixed_global_generator() -> Iterator[None]:
    """Seeds numpy's global generator and turns its warnings into errors."""
    np.random.seed(SEED)  # noqa: NPY002  the reference draws from it
    with np.errstate(all="raise", under="ignore"):
        yield


def frozen(array: np.ndarray) -> np.ndarray:
    """A copy that raises when written to."""
    copy = array.copy()
    copy.flags.writeable = False
    return copy


# The given algorithms --------------------------------------------------------------------------


def test_given_kmeans_ends_at_a_fixed_point(rng: np.random.Generator) -> None:
    """Costs fall, end at the cost returned, and centres are the means of the nearest points."""
    points = tools.three_blobs(rng)
    run = tools.kmeans(frozen(points), points[:3])
    assert np.all(np.diff(run["costs"]) <= 1e-9)
    assert run["costs"][-1] == run["cost"]
    square = ((points[:, None, :] - run["centers"]) ** 2).sum(axis=2)
    np.testing.assert_array_equal(run["cluster_idx"], square.argmin(axis=1))
    assert run["cost"] == pytest.approx(square.min(axis=1).sum())
    for k in range(3):
        own = points[run["cluster_idx"] == k]
        np.testing.assert_allclose(run["centers"][k], own.mean(axis=0))


def test_given_gmm_is_em(rng: np.random.Generator) -> None:
    """The cost is the mean negative log-likelihood and never rises; scikit-learn ends there too."""
    points = tools.uneven_clouds(rng)
    start = np.array([[0.0, 0.0], [4.0, 0.0], [2.0, 3.0]])
    run = tools.gmm(frozen(points), start, max_iters=500, tol=1e-12)
    joint = stats.norm.logpdf(points[:, None, :], run["mu"], run["sigma"]).sum(axis=2)
    total = logsumexp(joint + np.log(run["pi"]), axis=1).sum()
    assert run["log_likelihood"] == pytest.approx(total)
    assert run["costs"][-1] == pytest.approx(-total / len(points))
    assert np.all(np.diff(run["costs"]) <= 1e-12)
    mixture = pytest.importorskip("sklearn.mixture")
    theirs = mixture.GaussianMixture(
        3, covariance_type="diag", means_init=start, tol=1e-10, max_iter=500
    ).fit(points)
    assert theirs.score(points) == pytest.approx(-run["costs"][-1], abs=1e-5)


@pytest.mark.parametrize("kind", ["kmeans", "gmm"])
def test_given_models_are_mixtures(rng: np.random.Generator, kind: str) -> None:
    """A fitted model has weights that sum to one, and is the same at every call."""
    points = tools.uneven_clouds(rng)
    first, second = tools.fit_model(points, 3, kind), tools.fit_model(points, 3, kind)
    for name in ("pi", "mu", "sigma", "labels"):
        np.testing.assert_array_equal(first[name], second[name])
    assert first["pi"].sum() == pytest.approx(1)
    assert len(np.unique(first["sigma"])) == (1 if kind == "kmeans" else 6)
    with pytest.raises(ValueError, match="kind"):
        tools.fit_model(points, 3, "other")


def test_given_kmeans_model_is_the_likeliest_of_its_kind(rng: np.random.Generator) -> None:
    """No other single deviation gives the points in their clusters a larger likelihood."""
    points = tools.three_blobs(rng)
    model = tools.fit_model(points, 3, "kmeans")
    own, sigma = model["mu"][model["labels"]], model["sigma"][0, 0]
    best = stats.norm.logpdf(points, own, sigma).sum()
    for factor in (0.98, 1.02):
        assert stats.norm.logpdf(points, own, factor * sigma).sum() < best


# 1. Initialization -----------------------------------------------------------------------------


def test_kmeans_plus_plus_follows_its_law() -> None:
    """Ordered triples of centres come as often as the product of the three laws says."""
    places = np.array([[0.0, 0.0], [1.0, 0.0], [1.0, 0.0], [0.0, 4.0], [6.0, 3.0]])
    square = ((places[:, None, :] - places) ** 2).sum(axis=2)
    chance = {}
    for i, j, k in itertools.product(range(5), repeat=3):
        second = square[i] / square[i].sum()
        nearest = np.minimum(square[i], square[j])
        key = tuple(map(tuple, places[[i, j, k]]))
        chance[key] = chance.get(key, 0) + 0.2 * second[j] * nearest[k] / nearest.sum()
    count = dict.fromkeys(chance, 0)
    for _ in range(6000):
        count[tuple(map(tuple, ref.kmeans_plus_plus(frozen(places), 3)))] += 1
    # Exact binomial laws: below 125 counts at level 1e-9 each.
    for key, p in chance.items():
        law = stats.binom(6000, min(p, 1.0))
        assert law.cdf(count[key]) > 5e-10
        assert law.sf(count[key] - 1) > 5e-10
    assert sum(chance.values()) == pytest.approx(1)


def test_kmeans_plus_plus_edges(rng: np.random.Generator) -> None:
    """Every place once, few places, far from the origin, one row, and what is refused."""
    points = rng.normal(size=(7, 3)) + 1e8
    for _ in range(50):
        assert len(np.unique(ref.kmeans_plus_plus(points, 7), axis=0)) == 7
    same = np.ones((4, 2))
    np.testing.assert_array_equal(ref.kmeans_plus_plus(same, 4), same)
    assert ref.kmeans_plus_plus(np.array([[3.0]]), 1).shape == (1, 1)
    for K in (0, 5):
        with pytest.raises(ValueError, match=r"in 1\.\.4"):
            ref.kmeans_plus_plus(same, K)


@pytest.mark.parametrize("algorithm", ["kmeans", "gmm"])
def test_best_of_n_init_is_the_best(rng: np.random.Generator, algorithm: str) -> None:
    """With the same random numbers, the best of the single runs is what comes back."""
    points = tools.uneven_clouds(rng, 120)
    state = np.random.get_state()  # noqa: NPY002
    best = ref.best_of_n_init(frozen(points), 4, 6, algorithm)
    np.random.set_state(state)  # noqa: NPY002
    runs = [getattr(tools, algorithm)(points, ref.kmeans_plus_plus(points, 4)) for _ in range(6)]
    if algorithm == "kmeans":
        assert best["cost"] == min(run["cost"] for run in runs)
    else:
        assert best["log_likelihood"] == max(run["log_likelihood"] for run in runs)


def test_best_of_n_init_refuses(monkeypatch: pytest.MonkeyPatch) -> None:
    """No run, an unknown algorithm, and runs that all end in NaN raise ValueError."""
    points = np.zeros((3, 1))
    with pytest.raises(ValueError, match="n_init"):
        ref.best_of_n_init(points, 1, 0)
    with pytest.raises(ValueError, match="algorithm"):
        ref.best_of_n_init(points, 1, 1, "other")
    monkeypatch.setattr(ref, "kmeans", lambda points, centers: {"cost": float("nan")})
    with pytest.raises(ValueError, match="finite"):
        ref.best_of_n_init(points, 1, 3)


def test_label_agreement_is_the_best_permutation(rng: np.random.Generator) -> None:
    """The agreement is that of the best permutation, symmetric, and 1 for new names."""
    for _ in range(30):
        K = int(rng.integers(1, 6))
        a, b = rng.integers(K, size=20), rng.integers(K, size=20)
        best = max(np.mean(np.array(p)[a] == b) for p in itertools.permutations(range(K)))
        assert ref.label_agreement(a, b) == pytest.approx(best)
        assert ref.label_agreement(b, a) == pytest.approx(best)
        assert ref.label_agreement(a, rng.permutation(K)[a] * 10**9 - 5) == 1.0
    with pytest.raises(ValueError, match="shape"):
        ref.label_agreement(np.zeros(3, int), np.zeros(2, int))


# 2. Convergence --------------------------------------------------------------------------------


def history(first: float, ratio: float, steps: int, start: float = 50.0) -> np.ndarray:
    return start - np.concatenate([[0.0], np.cumsum(first * ratio ** np.arange(steps))])


@pytest.mark.parametrize(
    ("costs", "max_iters", "tol", "want"),
    [
        ([3.0, np.nan, 4.0], 9, 0.1, "not finite"),
        ([3.0, 4.0, 2.0, 2.0], 3, 0.1, "rises"),
        (history(8, 0.9, 5), 5, 1e-6, "too few iterations"),
        (history(8, 0.9, 5), 6, 1e-6, "stopped early"),
        (history(0.4, 0.99, 9), 20, 0.1, "tolerance too loose"),
        (history(8, 0.3, 15), 15, 1e-4, "converged"),
        (history(8, 0.3, 15, start=-50), 99, 1e-4, "converged"),
        ([5.0, 5.0], 1, 0.0, "converged"),
        ([5.0, 4.999], 1, 0.1, "tolerance too loose"),
    ],
)
def test_convergence_report(costs: Any, max_iters: int, tol: float, want: str) -> None:
    """Every diagnosis comes where the statement says."""
    report = ref.convergence_report(frozen(np.array(costs)), max_iters, tol)
    assert report["diagnosis"] == want
    assert report["iterations"] == len(costs) - 1
    assert (report["first_rise"] is not None) == (want == "rises")
    assert (report["remaining"] is None) == (want in ("rises", "not finite"))


def test_remaining_foresees_the_end_of_em(rng: np.random.Generator) -> None:
    """Half way down a run of EM the estimate is within a third of what is really still to come."""
    points = tools.two_overlapping(rng, 400)
    costs = tools.gmm(points, np.array([[-0.5, 0.0], [1.0, 0.5]]), 4000, 1e-14)["costs"]
    assert ref.convergence_report(costs, 4000, 1e-14)["diagnosis"] == "converged"
    for T in (len(costs) // 3, len(costs) // 2):
        remaining = ref.convergence_report(costs[: T + 1], T, 0.0)["remaining"]
        assert remaining == pytest.approx(costs[T] - costs[-1], rel=1 / 3)


def test_convergence_report_refuses() -> None:
    """A history without an iteration, or with too many, raises ValueError."""
    with pytest.raises(ValueError, match="at least one"):
        ref.convergence_report(np.array([1.0]), 3, 0.1)
    with pytest.raises(ValueError, match="max_iters=1"):
        ref.convergence_report(np.array([3.0, 2.0, 1.0]), 1, 0.1)


# 3. Covariances --------------------------------------------------------------------------------


def test_condition_of_hundred_points_in_hundred_dimensions(rng: np.random.Generator) -> None:
    """It is singular with rank 99 however often; shrinkage makes it positive definite."""
    for _ in range(5):
        covariance = np.cov(tools.many_dimensions(rng).T, bias=True)
        report = ref.condition_report(frozen(covariance))
        assert report["diagnosis"] == "singular"
        assert report["rank"] == 99 == np.linalg.matrix_rank(covariance, hermitian=True)
        assert report["condition"] == np.inf
        shrunk = ref.regularize(frozen(covariance), 0.01)
        np.linalg.cholesky(shrunk)
        assert ref.condition_report(shrunk)["diagnosis"] == "well-conditioned"
        assert np.trace(shrunk) == pytest.approx(np.trace(covariance))
        want = 0.99 * report["eigenvalues"] + 0.01 * report["eigenvalues"].mean()
        np.testing.assert_allclose(ref.condition_report(shrunk)["eigenvalues"], want, atol=1e-12)


@pytest.mark.parametrize("unit", [1e-150, 1e-9, 1.0, 1e150])
def test_condition_does_not_depend_on_units(rng: np.random.Generator, unit: float) -> None:
    """Condition and diagnosis are those of numpy's singular values, in any unit."""
    raw = rng.normal(size=(30, 6))
    covariance = raw.T @ raw / 30
    report = ref.condition_report(unit * covariance)
    assert report["condition"] == pytest.approx(np.linalg.cond(covariance))
    assert report["diagnosis"] == "well-conditioned"
    assert report["rank"] == 6


@pytest.mark.parametrize(
    ("matrix", "want"),
    [
        (np.zeros((2, 2)), "singular"),
        (np.diag([1.0, -1.0]), "indefinite"),
        (np.diag([1.0, 1e-9]), "ill-conditioned"),
        (np.diag([1.0, 1e-7]), "well-conditioned"),
        (np.array([[3.0]]), "well-conditioned"),
        (-np.eye(2), "indefinite"),
    ],
)
def test_condition_diagnoses(matrix: np.ndarray, want: str) -> None:
    """Every diagnosis comes where the statement says."""
    assert ref.condition_report(matrix)["diagnosis"] == want


@pytest.mark.parametrize(
    "matrix",
    [np.ones((2, 3)), np.ones(4), np.array([[1.0, 2.0], [0.0, 1.0]]), np.full((2, 2), np.inf)],
)
def test_condition_refuses(matrix: np.ndarray) -> None:
    """Not square, not symmetric, not finite."""
    with pytest.raises(ValueError, match="covariance"):
        ref.condition_report(matrix)


def test_regularize_refuses() -> None:
    """A shrinkage outside 0..1 raises ValueError; NaN does."""
    for shrinkage in (-1e-9, 1.1, float("nan")):
        with pytest.raises(ValueError, match="shrinkage"):
            ref.regularize(np.eye(2), shrinkage)


# 4. Preprocessing ------------------------------------------------------------------------------


def test_standardize_is_sklearns(rng: np.random.Generator) -> None:
    """z, mean and scale are scikit-learn's; constant columns become zeros of scale 1."""
    points = rng.normal(4.0, 9.0, (31, 5))
    points[:, 2], points[:, 4] = 0.1, 0.0
    z, mean, scale = ref.standardize(frozen(points))
    theirs = pytest.importorskip("sklearn.preprocessing").StandardScaler().fit(points)
    np.testing.assert_allclose(mean, theirs.mean_)
    np.testing.assert_allclose(scale, theirs.scale_)
    np.testing.assert_allclose(z, theirs.transform(points), atol=1e-9)
    np.testing.assert_array_equal(z[:, [2, 4]], 0.0)
    np.testing.assert_array_equal(scale[[2, 4]], 1.0)
    assert mean[2] == 0.1


def test_standardize_far_from_zero(rng: np.random.Generator) -> None:
    """A column near 1e8 with deviation 1 loses no more digits than its numbers have."""
    points = 1e8 + rng.normal(size=(40, 1))
    z, _, _ = ref.standardize(points)
    exact = points - points[0]
    np.testing.assert_allclose(z, (exact - exact.mean()) / exact.std(), atol=1e-7)


@pytest.mark.parametrize(("N", "D"), [(40, 5), (6, 30), (9, 9)])
def test_pca_is_sklearns(rng: np.random.Generator, N: int, D: int) -> None:
    """Components, scores and variances are scikit-learn's up to signs (and N for N - 1)."""
    points = rng.normal(size=(N, D)) * np.linspace(1, 3, D) + 7
    P = min(N, D) - 1
    scores, components, variances = ref.pca(frozen(points), P)
    theirs = pytest.importorskip("sklearn.decomposition").PCA(P, svd_solver="full").fit(points)
    sign = np.sign(np.sum(components * theirs.components_, axis=1))
    np.testing.assert_allclose(sign[:, None] * components, theirs.components_, atol=1e-8)
    np.testing.assert_allclose(sign * scores, theirs.transform(points), atol=1e-8)
    np.testing.assert_allclose(variances, theirs.explained_variance_ * (N - 1) / N)
    np.testing.assert_allclose(scores.var(axis=0), variances)


def test_pca_refuses() -> None:
    """More components than points or columns, or none, raise ValueError."""
    for shape, P in (((5, 3), 4), ((3, 5), 4), ((5, 3), 0)):
        with pytest.raises(ValueError, match="n_components"):
            ref.pca(np.ones(shape), P)


# 5. Model choice -------------------------------------------------------------------------------


def test_bic_is_sklearns(rng: np.random.Generator) -> None:
    """For the GMM with diagonal covariances BIC is scikit-learn's."""
    points = tools.uneven_clouds(rng)
    mixture = pytest.importorskip("sklearn.mixture")
    model = mixture.GaussianMixture(3, covariance_type="diag", random_state=0).fit(points)
    got = ref.bic(model.score(points) * 400, "gmm", 400, 2, 3)
    assert got == pytest.approx(model.bic(points))
    # K-means: as many parameters as three spheres that share one deviation.
    assert ref.bic(0.0, "kmeans", 400, 2, 3) == pytest.approx(9 * np.log(400))
    with pytest.raises(ValueError, match="kind"):
        ref.bic(0.0, "other", 4, 2, 1)


@pytest.mark.parametrize("N", [12, 255, 256, 257, 600])
def test_silhouette_is_sklearns(rng: np.random.Generator, N: int) -> None:
    """The silhouette is scikit-learn's, clusters of one point and all block sizes included."""
    points = rng.normal(size=(N, 3))
    labels = rng.integers(-2, 3, size=N) * 7
    labels[0] = 99
    theirs = pytest.importorskip("sklearn.metrics").silhouette_score(points, labels)
    assert ref.silhouette(frozen(points), frozen(labels)) == pytest.approx(theirs)


def test_silhouette_edges() -> None:
    """One cluster, and clusters on one place, give 0."""
    assert ref.silhouette(np.ones((3, 1)), np.array([4, 4, 4])) == 0.0
    assert ref.silhouette(np.ones((4, 2)), np.array([0, 1, 0, 1])) == 0.0


def test_choose_model_finds_the_right_model(rng: np.random.Generator) -> None:
    """On uneven clouds likelihood and BIC find the GMM with 3; on equal balls K-means is enough."""
    train, valid = tools.uneven_clouds(rng), tools.uneven_clouds(rng)
    table, best = ref.choose_model(frozen(train), frozen(valid), [4, 2, 3])
    assert best["held_out"] == ("gmm", 3)
    assert best["bic"] == ("gmm", 3)
    assert {name: scores.shape for name, scores in table.items()} == dict.fromkeys(table, (2, 3))
    assert table["bic"].min() == table["bic"][1, 2]
    balls = np.repeat([[0.0, 0.0], [9.0, 0.0], [0.0, 9.0]], 60, axis=0)
    train, valid = (balls + rng.normal(size=balls.shape) for _ in range(2))
    _, best = ref.choose_model(train, valid, [2, 3, 4])
    assert best["bic"] == ("kmeans", 3)
    assert best["silhouette"] == ("kmeans", 3)


def test_choose_model_ties_and_nan(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of equals the fewest clusters win, then K-means; NaN never wins, and alone it is refused."""
    points = np.arange(10.0).reshape(5, 2)
    monkeypatch.setattr(ref, "silhouette", lambda points, labels: 0.5)
    monkeypatch.setattr(ref, "bic", lambda log_likelihood, kind, N, D, K: np.nan if K == 1 else 3.0)
    _, best = ref.choose_model(points, points, [3, 2, 1])
    assert best["silhouette"] == ("kmeans", 1)
    assert best["bic"] == ("kmeans", 2)
    with pytest.raises(ValueError, match="bic"):
        ref.choose_model(points, points, [1])


# The notebook ----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def executed(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The student's notebook, run as in its handout, with the reference for the stub."""
    pytest.importorskip("ipykernel")
    nbclient = pytest.importorskip("nbclient")
    home = tmp_path_factory.mktemp("lab_cluster_diagnostics")
    for name in ("diagnostics.py", "lab_tools.py"):
        shutil.copyfile(SOLUTION / name, home / name)
    source = (SOLUTION / "notebook.py").read_text(encoding="utf-8")
    notebook = nbformat.reads(to_notebook(source, "notebook.py"), as_version=4)
    client = nbclient.NotebookClient(
        notebook, timeout=300, kernel_name="python3", resources={"metadata": {"path": str(home)}}
    )
    # One thread: on a busy machine several wait for each other.
    client.execute(env=os.environ | {"OPENBLAS_NUM_THREADS": "1"})
    return notebook


def printed(notebook: Any) -> str:
    """Everything that the notebook prints."""
    return "".join(
        output["text"]
        for cell in notebook.cells
        if cell.cell_type == "code"
        for output in cell.outputs
        if output.output_type == "stream" and output.name == "stdout"
    )


def test_the_notebook_draws_its_pictures(executed: Any) -> None:
    """No cell fails or warns, and every experiment ends in a picture."""
    outputs = [o for c in executed.cells if c.cell_type == "code" for o in c.outputs]
    assert sum("image/png" in o.get("data", {}) for o in outputs) == 7
    assert not [o for o in outputs if o.output_type == "stream" and o.name == "stderr"]


@pytest.mark.parametrize(
    "line",
    [
        "labels differ, agreement 1.00",
        "best of 10: 100% of the runs reach the lowest cost",
        "10 iterations: too few iterations after 10 iterations",
        "loose tolerance: tolerance too loose",
        "patient: converged",
        "with a bug: rises",
        "100 points: singular, rank 99, condition inf",
        "one cloud of 50: singular, rank 49, condition inf",
        "shrunk by 0.1: well-conditioned, rank 100",
        "standardized: K-means agrees with the groups on 100% of the points",
        "held_out: gmm with K = 3",
        "bic: gmm with K = 3",
        "silhouette: kmeans",
    ],
)
def test_the_experiments_show_what_they_are_said_to_show(executed: Any, line: str) -> None:
    """Every experiment of the article comes out as the lab tells it."""
    assert line in printed(executed)


def test_random_starts_and_raw_units_are_worse(executed: Any) -> None:
    """Random rows find the best start more rarely than k-means++; grams hide the groups."""
    lines = dict(line.split(": ", 1) for line in printed(executed).splitlines() if ": " in line)
    share = {name: float(lines[name].split("%")[0]) for name in ("random rows", "k-means++")}
    assert share["random rows"] + 10 < share["k-means++"]
    agreement = lines["as measured"].split(" on ")[1]
    assert float(agreement.split("%")[0]) < 50
