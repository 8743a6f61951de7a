"""Model choice: a formula, four points, and a table of one column."""

import math

import numpy as np

from autograder.compare import as_array, as_scalar, assert_close, assert_true, unpack


def test_bic_by_hand(student, tolerance):
    """With N = 100, D = 2 and K = 3, K-means has 9 parameters and the GMM has 14."""
    hint = "Means, deviations, and weights, the last of which follows from the others."
    for kind, parameters in (("kmeans", 9), ("gmm", 14)):
        got = as_scalar(student.bic(-50.0, kind, 100, 2, 3), what=f"bic of {kind}")
        want = parameters * math.log(100) + 100.0
        assert_close(got, want, **tolerance, what=f"bic of {kind}", hint=hint)


def test_silhouette_by_hand(student, tolerance):
    """Two pairs of points on a line, at 0, 1 and 4, 6, have the mean silhouette 0.6537."""
    points, labels = np.array([[0.0], [1.0], [4.0], [6.0]]), np.array([0, 0, 1, 1])
    got = as_scalar(student.silhouette(points, labels), what="the silhouette")
    want = ((5 - 1) / 5 + (4 - 1) / 4 + (3.5 - 2) / 3.5 + (5.5 - 2) / 5.5) / 4
    hint = "Of the point at 0: a = 1, b = (4 + 6) / 2 = 5, (b - a) / max(a, b) = 0.8."
    assert_close(got, want, **tolerance, what="the silhouette", hint=hint)


def test_choose_model_by_hand(student, tolerance):
    """choose_model returns three tables, (2, len(Ks)), and the best model of each."""
    student.replace("bic", lambda *args, **kwargs: 10.0)
    student.replace("silhouette", lambda *args, **kwargs: 0.25)
    train = np.array([[0.0], [2.0], [10.0], [12.0], [1.0], [11.0]])
    table, best = unpack(student.choose_model(train, train, [2, 1]), ("table", "best"))
    names = {"held_out", "bic", "silhouette"}
    for what, value in (("table", table), ("best", best)):
        assert_true(
            isinstance(value, dict) and set(value) >= names,
            f"{what} is not a dict with held_out, bic and silhouette.",
        )
    for name in ("held_out", "bic", "silhouette"):
        as_array(table[name], shape=(2, 2), kind="f", what=name)
    assert_close(table["bic"], np.full((2, 2), 10.0), **tolerance, what="bic")
    assert_close(table["silhouette"], np.full((2, 2), 0.25), **tolerance, what="silhouette")
    kind, K = unpack(best["held_out"], ("kind", "K"), what="the best by held_out")
    # K-means with two clusters fits two groups of one width as well as the GMM; one cluster does
    # not. So whatever the rounding says about the kinds, K is 2.
    right = isinstance(kind, str) and kind in ("kmeans", "gmm")
    assert_true(right, "The best by held_out: the kind is neither 'kmeans' nor 'gmm'.")
    assert_close(as_scalar(K, what="K"), 2.0, **tolerance, what="the K that held_out prefers")
