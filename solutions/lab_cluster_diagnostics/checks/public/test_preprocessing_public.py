"""Standardizing and principal components: a few points in the plane."""

import numpy as np

from autograder.compare import as_array, assert_close, unpack


def test_standardize_by_hand(student, tolerance):
    """Columns get mean 0 and deviation 1; their means and deviations are returned too."""
    points = np.array([[1.0, 100.0], [1.0, 300.0], [5.0, 100.0], [5.0, 300.0]])
    z, mean, scale = unpack(student.standardize(points), ("z", "mean", "scale"))
    want = [[-1.0, -1.0], [-1.0, 1.0], [1.0, -1.0], [1.0, 1.0]]
    assert_close(mean, [3.0, 200.0], **tolerance, float32_ok=True, what="mean")
    assert_close(scale, [2.0, 100.0], **tolerance, float32_ok=True, what="scale",
                 hint="The mean squared difference is taken over N, not over N - 1.")  # fmt: skip
    assert_close(z, want, **tolerance, float32_ok=True, what="z")


def test_pca_by_hand(student, tolerance):
    """The first component of points along the direction (3, 4) is (0.6, 0.8) or (-0.6, -0.8)."""
    points = np.array([[13.0, 24.0], [7.0, 16.0], [10.0, 20.0], [10.0, 20.0]])
    got = unpack(student.pca(points, 1), ("scores", "components", "variances"))
    scores, components = got[:2]
    components = as_array(components, shape=(1, 2), kind="f", what="components")
    sign = 1.0 if components[0, 0] > 0 else -1.0
    assert_close(sign * components, [[0.6, 0.8]], **tolerance, float32_ok=True, what="components")
    scores = as_array(scores, shape=(4, 1), kind="f", what="scores")
    want = [[5.0], [-5.0], [0.0], [0.0]]
    assert_close(sign * scores, want, **tolerance, float32_ok=True, what="scores",
                 hint="Subtract the means of the columns first.")  # fmt: skip
    assert_close(got[2], [12.5], **tolerance, float32_ok=True, what="variances",
                 hint="(25 + 25 + 0 + 0) / 4: over N, not over N - 1.")  # fmt: skip
