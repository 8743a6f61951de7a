"""Components and classes, the four types compared on flowers, ellipses."""

import numpy as np
from scipy.optimize import linear_sum_assignment

from autograder.compare import (
    as_array,
    as_labels,
    as_scalar,
    assert_close,
    assert_true,
    unpack,
)

TYPES = ("full", "tied", "diag", "spherical")


def _matched(student, means, x, y):
    K = len(means)
    got = as_labels(student.match_components(means, x, y), K, K, what="match_components")
    class_means = np.stack([x[y == c].mean(axis=0) for c in range(K)])
    square = ((means[:, None] - class_means) ** 2).sum(axis=2)
    return got, linear_sum_assignment(square)[1]


def test_match_components_one_to_one(student, part, rng):
    """Every class goes to one component, and the sum of the squared distances is least."""
    y = np.array([2, 0, 1, 1, 0, 2, 2, 0, 1, 1, 1])
    x = np.array([[10.0, 0.0], [0.0, 0.0], [4.0, 1.0]])[y]
    hint = "No class twice and none left out; try all orders and take the one of least sum."
    with part(0.5, "two components nearest to one class"):
        for means in (
            np.array([[0.5, 0.0], [0.0, 1.0], [9.0, 0.0]]),
            np.array([[9.0, 1.0], [3.0, 0.0], [4.5, 2.0]]),
            np.array([[4.0, 1.0], [7.0, 0.0], [6.5, 0.5]]),
        ):
            got, want = _matched(student, means, x, y)
            what = "match_components"
            assert_close(got, want, rtol=0, atol=0, kind="i", what=what, hint=hint)
    with part(0.5, "any number of classes and dimensions"):
        for K, D in [(1, 2), (2, 3), (3, 4), (4, 2), (5, 3), (4, 1)]:
            for _ in range(4):
                labels = rng.permutation(np.concatenate([np.arange(K), rng.integers(0, K, 20)]))
                points = 3 * rng.normal(size=(K, D))[labels] + rng.normal(size=(K + 20, D))
                got, want = _matched(student, 3 * rng.normal(size=(K, D)), points, labels)
                assert_close(
                    got, want, rtol=0, atol=0, kind="i", what=f"match_components, K={K}", hint=hint
                )


def _flowers(rng):
    """Three classes of 60 flowers, 4 measures in cm; two overlap and are long and narrow."""
    means = np.array([[5.0, 3.4, 1.5, 0.3], [5.9, 2.8, 4.3, 1.3], [6.5, 3.0, 5.4, 1.9]])
    roots = np.array([[0.3, 0.2, 0.1, 0.05], [0.5, 0.2, 0.45, 0.1], [0.6, 0.25, 0.5, 0.12]])
    y = np.repeat([0, 1, 2], 60)
    common = rng.normal(size=(180, 1))
    return means[y] + roots[y] * (0.8 * common + 0.6 * rng.normal(size=(180, 4))), y


def test_compare_types_flowers(student, reference, part, rng):
    """Train and test accuracy of every type are about those of the reference solution."""
    x, y = _flowers(rng)
    order = rng.permutation(180)
    train, test = order[:120], order[120:]
    wrong = np.where(np.arange(60) % 5 == 0, (y[test] + 1) % 3, y[test])
    runs = {
        "three classes of flowers": (x[train], y[train], x[test], y[test]),
        "test labels of which a fifth is wrong": (x[train], y[train], x[test], wrong),
        "two classes": (x[y < 2][::2], y[y < 2][::2], x[y < 2][1::2], y[y < 2][1::2]),
    }
    for what, data in runs.items():
        want = reference.compare_types(*data)
        got = student.compare_types(*data)
        right = isinstance(got, dict) and set(got) == set(TYPES)
        assert_true(right, "Compare_types does not return a dict of the four covariance types.")
        for kind in TYPES:
            pair = unpack(got[kind], ("train", "test"), what=kind)
            for value, wanted, name in zip(pair, want[kind], ("train", "test"), strict=True):
                assert_close(
                    as_scalar(value, what=f"{name} accuracy of {kind}"),
                    wanted,
                    rtol=0,
                    # Two of the test flowers: EM stopped by another rounding.
                    atol=0.04,
                    what=f"{name} accuracy of {kind}, {what}",
                    hint="Start from the M step of the true classes, fit to x_train alone, match "
                    "by the training data; then the share of right classes.",
                )


def test_covariance_ellipse_correlated(student, part, rng):
    """The ellipse lies n_std deviations away in every direction, and goes once round."""
    cases = [
        (np.array([1.0, 2.0]), np.array([[4.0, 3.0], [3.0, 3.0]]), 2.0, 100),
        (np.array([-5.0, 0.5]), np.array([[0.2, -0.5], [-0.5, 3.0]]), 1.0, 60),
        (np.array([0.0, 9.0]), np.array([[1.0, 0.2], [0.2, 0.5]]), 3.0, 80),
    ]
    found = []
    for mean, covariance, n_std, n_points in cases:
        got = student.covariance_ellipse(mean, covariance, n_std, n_points)
        found.append(as_array(got, shape=(n_points, 2), kind="f", what="the ellipse"))
    with part(0.6, "the distance"):
        for points, (mean, covariance, n_std, n_points) in zip(found, cases, strict=True):
            gaps = points - mean
            square = np.einsum("nd,de,ne->n", gaps, np.linalg.inv(covariance), gaps)
            assert_close(
                np.sqrt(np.maximum(square, 0.0)),
                np.full(n_points, n_std),
                rtol=1e-6,
                atol=0,
                float32_ok=True,
                what="sqrt((x - mean)^T covariance^-1 (x - mean))",
                hint="mean + n_std * L (cos, sin): roots of eigenvalues, eigenvectors in columns.",
            )
    with part(0.4, "once round"):
        for points, (mean, covariance, n_std, _) in zip(found, cases, strict=True):
            gaps = points - mean
            x, y = gaps.T
            # The area of the polygon; that of n even steps is short by 2 pi^2 / (3 n^2), 0.2 %.
            area = 0.5 * abs(float(x @ np.roll(y, -1) - y @ np.roll(x, -1)))
            right = np.pi * n_std**2 * float(np.sqrt(np.linalg.det(covariance)))
            assert_true(
                bool(0.97 * right < area < 1.001 * right),
                "The points do not go once round the ellipse, in order and without large gaps.",
                detail=f"their polygon has area {area:.6g}, the ellipse {right:.6g}",
                hint="Angles from 0 to 2 pi, n_points of them.",
            )
