"""Condition and shrinkage of covariances."""

import numpy as np
from scipy.stats import ortho_group

from autograder.compare import as_array, as_scalar, assert_close, assert_true, assert_unchanged
from autograder.session import CallFailed

KEYS = {"eigenvalues", "rank", "condition", "diagnosis"}


def _with_eigenvalues(rng, eigenvalues):
    """A symmetric matrix with these eigenvalues."""
    D = len(eigenvalues)
    axes = ortho_group.rvs(D, random_state=rng) if D > 1 else np.ones((1, 1))
    covariance = (axes * eigenvalues) @ axes.T
    return (covariance + covariance.T) / 2


def _hundred(rng):
    """The maximum-likelihood covariance of 100 points in 100 dimensions: of rank 99."""
    points = rng.normal(size=(100, 100)) * np.sqrt(0.2)
    points[50:] += 0.5
    centered = points - points.mean(axis=0)
    return centered.T @ centered / 100


def _report(student, covariance):
    got = student.condition_report(covariance)
    right = isinstance(got, dict) and set(got) >= KEYS
    assert_true(right, f"The result is not a dict with {', '.join(sorted(KEYS))}.")
    return got


def _diagnosis(report, want, hint=""):
    said = report["diagnosis"]
    right = isinstance(said, str) and said == want
    detail = f"got {said!r}, wanted {want!r}"
    assert_true(right, f"The diagnosis is not {want!r}.", detail=detail, hint=hint)


def _rank(report, want, hint=""):
    got = as_scalar(report["rank"], what="rank")
    assert_close(got, float(want), rtol=0, atol=0, what="rank", hint=hint)


def _infinite(report, hint=""):
    got = as_scalar(report["condition"], finite=False, what="condition")
    assert_true(got == np.inf, "condition is not infinite, although the rank is below D.",
                detail=f"got {got}", hint=hint)  # fmt: skip


def _refuses(call, *args, because):
    try:
        call(*args)
    except CallFailed as failure:
        if failure.message.startswith("ValueError raised"):
            return
        raise
    assert_true(False, f"No ValueError is raised, although {because}.")


def test_condition_values(student, rng, tolerance):
    """Eigenvalues from small to large, rank and condition of matrices of full rank."""
    for D in (1, 2, 5, 12):
        eigenvalues = np.sort(rng.uniform(0.5, 20.0, D))
        report = _report(student, _with_eigenvalues(rng, eigenvalues))
        _diagnosis(report, "well-conditioned")
        _rank(report, D)
        assert_close(report["eigenvalues"], eigenvalues, **tolerance, what="eigenvalues")
        condition = as_scalar(report["condition"], what="condition")
        assert_close(condition, eigenvalues[-1] / eigenvalues[0], **tolerance, what="condition")


def test_condition_singular(student, rng, part):
    """100 points in 100 dimensions span 99: singular, rank 99, infinite condition."""
    hint = "An eigenvalue below D * eps * the largest is a zero with rounding."
    with part(0.6, "100 points in 100 dimensions"):
        report = _report(student, _hundred(rng))
        _diagnosis(report, "singular", hint)
        _rank(report, 99, hint)
        _infinite(report, hint)
    with part(0.4, "columns that copy each other, and a matrix of zeros"):
        points = rng.normal(size=(40, 3)) @ rng.normal(size=(3, 7))
        for covariance, rank in ((np.cov(points.T, bias=True), 3), (np.zeros((4, 4)), 0)):
            report = _report(student, covariance)
            _diagnosis(report, "singular", hint)
            _rank(report, rank, hint)
            _infinite(report, hint)


def test_condition_scale(student, rng, part):
    """Units do not matter, nor does the number of dimensions: only the ratio does."""
    eigenvalues = np.linspace(1.0, 3.0, 6)
    with part(0.6, "small and large units"):
        for unit in (1e-18, 1e-9, 1e12):
            report = _report(student, unit * _with_eigenvalues(rng, eigenvalues))
            _diagnosis(report, "well-conditioned", "Compare with the largest eigenvalue.")
            _rank(report, 6)
    with part(0.4, "400 dimensions"):
        report = _report(student, np.diag(np.full(400, 0.01)))
        _diagnosis(report, "well-conditioned", "The determinant, 1e-800, is zero as a float.")
        _rank(report, 400)


def test_condition_ill(student, rng):
    """Full rank with a condition beyond 1e8 is ill-conditioned, below it is well-conditioned."""
    for smallest, want in ((1e-10, "ill-conditioned"), (1e-7, "well-conditioned")):
        report = _report(student, np.diag([1.0, smallest, 0.5]))
        _diagnosis(report, want)
        _rank(report, 3)
        condition = as_scalar(report["condition"], what="condition")
        assert_close(condition, 1 / smallest, rtol=1e-4, atol=0, what="condition")


def test_condition_indefinite(student, rng, part):
    """An eigenvalue clearly below zero: indefinite, with infinite condition."""
    with part(0.6, "one negative eigenvalue"):
        report = _report(student, _with_eigenvalues(rng, np.array([-0.5, 1.0, 2.0, 4.0])))
        _diagnosis(report, "indefinite", "No covariance of points is like this.")
        _rank(report, 3)
        _infinite(report)
    with part(0.4, "the negative one is the largest in size"):
        report = _report(student, _with_eigenvalues(rng, np.array([-8.0, -1.0, 2.0])))
        _diagnosis(report, "indefinite")
        _rank(report, 1)
        _infinite(report)


def test_condition_refuses(student):
    """A matrix that is not square, not symmetric or not finite raises ValueError."""
    call = student.condition_report
    _refuses(call, np.ones((2, 3)), because="the matrix is not square")
    _refuses(call, np.array([[2.0, 1.0], [0.0, 2.0]]), because="the matrix is not symmetric")
    _refuses(call, np.array([[2.0, np.nan], [np.nan, 2.0]]), because="the matrix holds NaN")


# Shrinkage


def test_regularize_values(student, rng, tolerance):
    """(1 - s) S + s (trace S / D) I, for any D, s from 0 to 1, and any unit."""
    for D, shrinkage, unit in ((3, 0.25, 1.0), (5, 0.9, 1e-3), (2, 1.0, 40.0), (4, 0.0, 7.0)):
        covariance = unit * _with_eigenvalues(rng, rng.uniform(0.1, 5.0, D))
        want = (1 - shrinkage) * covariance + shrinkage * np.trace(covariance) / D * np.eye(D)
        got = student.regularize(covariance, shrinkage)
        assert_close(got, want, **tolerance, float32_ok=True, what="the covariance",
                     hint="The trace stays what it is.")  # fmt: skip


def test_regularize_positive_definite(student, rng, part):
    """A singular covariance becomes positive definite; its trace and its axes stay."""
    covariance = _hundred(rng)
    values, axes = np.linalg.eigh(covariance)
    got = as_array(student.regularize(covariance, 0.05), shape=(100, 100), kind="f",
                   what="the covariance").astype(np.float64)  # fmt: skip
    with part(0.5, "no eigenvalue is below s times the mean eigenvalue"):
        least = float(np.linalg.eigvalsh((got + got.T) / 2)[0])
        assert_true(
            least > 0.999 * 0.05 * values.mean(),
            "The result is not positive definite, or hardly.",
            detail=f"the smallest eigenvalue is {least:.3g}, wanted {0.05 * values.mean():.3g}",
        )
    with part(0.5, "trace and axes"):
        assert_close(np.trace(got), values.sum(), rtol=1e-4, atol=0, what="the trace",
                     hint="What the diagonal gains, the matrix has to lose.")  # fmt: skip
        turned = axes.T @ got @ axes
        off = np.abs(turned - np.diag(np.diag(turned))).max()
        assert_true(bool(off < 1e-4), "The axes (eigenvectors) of the covariance have changed.")


def test_regularize_refuses(student):
    """A shrinkage below 0 or above 1 raises ValueError."""
    for shrinkage in (-0.1, 1.5):
        _refuses(student.regularize, np.eye(2), shrinkage, because=f"shrinkage is {shrinkage}")


def test_regularize_keeps_input(student, rng):
    """regularize leaves its caller's covariance as it was."""
    covariance = _with_eigenvalues(rng, np.array([1.0, 2.0, 6.0]))
    kept = student.put(covariance)
    student.regularize(kept, 0.3)
    assert_unchanged(student.fetch(kept), covariance, what="covariance")
