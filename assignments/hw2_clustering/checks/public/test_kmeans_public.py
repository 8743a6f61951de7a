"""KMeans: small examples that can be followed by hand."""

import itertools
import math

import numpy as np

from autograder.compare import (
    as_array,
    as_labels,
    as_scalar,
    assert_close,
    assert_same_partition,
    assert_true,
    unpack,
)


def _distances(X, Y):
    """Stands in for pairwise_dist, so that an error there costs nothing here."""
    return np.array([[math.dist(x, y) for y in Y] for x in X])


def test_init_centers_rows_of_data(student):
    """_init_centers(points, K) returns K rows of points as a (K, D) array."""
    points = np.arange(36.0).reshape(12, 3) / 2 + 100
    centers = as_array(
        student.KMeans()._init_centers(points, 4), shape=(4, 3), kind="fi", what="the centres"
    )
    gap = np.abs(centers[:, None, :] - points[None, :, :]).max(axis=2).min(axis=1)
    assert_true(
        bool((gap < 1e-6).all()),
        "A centre is not a row of points.",
        detail=f"the centres are\n{centers}",
        hint="Draw K row numbers and take those rows of points.",
    )


def test_update_assignment_by_hand(student):
    """_update_assignment gives every point the number (0..K-1) of its nearest centre."""
    centers = np.array([[0.0, 0.0], [10.0, 0.0], [0.0, 10.0]])
    points = np.array([[9.0, 1.0], [1.0, 2.0], [1.0, 8.0], [-3.0, 0.0], [7.0, -4.0]])
    student.replace("pairwise_dist", _distances)
    hint = "N whole numbers in an array of shape (N,)."
    got = student.KMeans()._update_assignment(centers, points)
    labels = as_labels(got, 5, 3, what="cluster_idx", hint=hint)
    assert_close(labels, [1, 0, 2, 0, 1], rtol=0, atol=0, kind="i", what="cluster_idx", hint=hint)


def test_update_centers_by_hand(student, tolerance):
    """_update_centers moves every centre to the mean of the points of its cluster."""
    old_centers = np.array([[1.0, 1.0], [9.0, 9.0]])
    points = np.array([[0.0, 0.0], [4.0, 2.0], [10.0, 10.0], [2.0, 7.0]])
    cluster_idx = np.array([0, 0, 1, 0])
    assert_close(
        student.KMeans()._update_centers(old_centers, cluster_idx, points),
        [[2.0, 3.0], [10.0, 10.0]],
        **tolerance,
        float32_ok=True,
        what="the new centres",
        hint="One row for every cluster; the mean is taken over points, column by column.",
    )


def test_get_loss_is_mean(student, tolerance):
    """_get_loss is the mean over the points of the squared distance to the point's own centre."""
    centers = np.array([[0.0, 0.0], [10.0, 0.0]])
    points = np.array([[3.0, 4.0], [10.0, 1.0], [0.0, 2.0], [10.0, -2.0]])
    cluster_idx = np.array([0, 1, 0, 1])
    student.replace("pairwise_dist", _distances)
    loss = as_scalar(student.KMeans()._get_loss(centers, cluster_idx, points), what="the loss")
    assert_close(
        loss,
        8.5,
        **tolerance,
        float32_ok=True,
        what="the loss",
        hint="The squared distances are 25, 1, 4 and 4; their sum is 34, their mean is 8.5.",
    )


def test_kmeans_call_two_blobs(student, tolerance):
    """KMeans()(points, 2) finds two groups that lie far apart, from a given start."""
    offsets = np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0], [-1.0, 0.0], [0.0, -1.0]])
    points = np.concatenate([np.add(offsets, [2.0, 3.0]), np.add(offsets, [20.0, -5.0])])
    start = points[[1, 2]]  # both in the first group
    losses = itertools.count(1e6, -1.0)  # not the submission's: always falling
    student.replace("pairwise_dist", _distances)
    student.replace("KMeans._get_loss", lambda *args, **kwargs: next(losses))
    student.replace("KMeans._init_centers", lambda *args, **kwargs: start)
    got = unpack(student.KMeans()(points, 2), ("cluster_idx", "centers"), extra=1)
    cluster_idx = as_labels(got[0], 10, 2, what="cluster_idx")
    centers = as_array(got[1], shape=(2, 2), kind="f", what="the centres")
    assert_same_partition(cluster_idx, np.repeat([0, 1], 5), what="cluster_idx")
    assert_close(
        centers[cluster_idx[[0, 5]]],
        [[2.0, 3.0], [20.0, -5.0]],
        **tolerance,
        float32_ok=True,
        what="the centres of the two groups",
        hint="At the end every centre is the mean of its points.",
    )
