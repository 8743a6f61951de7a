"""The steps of KMeans: start, assignment, centres and loss, each judged alone."""

import numpy as np
from scipy.spatial.distance import cdist

from autograder.compare import (
    as_array,
    as_scalar,
    assert_close,
    assert_true,
    assert_unchanged,
)


def _whole_numbers(got, n, k, what):
    """Labels that may be floats: ``update_assignment_by_hand`` alone judges the dtype."""
    array = as_array(got, shape=(n,), kind="fi", what=what).astype(np.float64)
    legal = (array == np.rint(array)) & (array >= 0) & (array < k)
    message = f"{what}: a label is not a whole number in 0..{k - 1}."
    assert_true(bool(legal.all()), message, detail=f"got {array}")
    return array.astype(np.intp)


def _labels_of_all(rng, N, K):
    """N labels in mixed order, each of the K at least once and their counts unequal."""
    return rng.permutation(np.concatenate([np.arange(K), rng.integers(0, (K + 1) // 2, N - K)]))


# Initial centres


def test_init_centers_different_rows(student, rng):
    """_init_centers draws K different rows of points, without replacement."""
    points = rng.permutation(np.arange(36.0)).reshape(9, 4) * 1.5 - 20
    km = student.KMeans()
    for K in (9, 8, 9, 8, 5, 9):
        centers = as_array(km._init_centers(points, K), shape=(K, 4), kind="fi", what="the centres")
        gap = np.abs(centers[:, None, :] - points[None, :, :]).max(axis=2)
        row = gap.argmin(axis=1)
        assert_true(
            bool((gap.min(axis=1) < 1e-6).all()),
            "A centre is not a row of points.",
            detail=f"the centres are\n{centers}",
        )
        assert_true(
            len(set(row.tolist())) == K,
            f"Of {K} centres, {K - len(set(row.tolist()))} repeat a row that was drawn before.",
            detail=f"the centres are the rows {row.tolist()} of points",
            hint="np.random.choice draws with replacement unless told otherwise.",
        )


def test_init_centers_random(student, rng):
    """_init_centers gives another start at every call: it does not seed the generator."""
    points = rng.normal(10.0, 4.0, size=(50, 2))
    starts = set()
    for _ in range(6):
        got = student.KMeans()._init_centers(points, 3)
        centers = as_array(got, shape=(3, 2), kind="fi", what="the centres")
        starts.add(tuple(sorted(map(tuple, centers.tolist()))))
    # By chance, six draws of 3 rows out of 50 are equal once in 10^21 runs.
    assert_true(
        len(starts) > 1,
        "Six calls gave the same centres six times.",
        hint="Do not call np.random.seed (or make a generator with a fixed seed) inside.",
    )


def test_init_centers_duplicates(student):
    """_init_centers gives K finite centres even where points repeat each other."""
    points = np.repeat([[1.0, 2.0], [30.0, -4.0]], [6, 2], axis=0)
    for _ in range(4):
        got = student.KMeans()._init_centers(points, 3)
        centers = as_array(got, shape=(3, 2), kind="fi", what="the centres")
        gap = np.abs(centers[:, None, :] - points[None, :, :]).max(axis=2).min(axis=1)
        assert_true(
            bool((gap < 1e-6).all()),
            "A centre is not a row of points.",
            detail=f"the centres are\n{centers}",
            hint="Different rows may hold equal numbers.",
        )


def test_init_centers_keeps_input(student, rng):
    """_init_centers leaves points as they were, their order too."""
    points = rng.normal(size=(12, 3))
    kept = student.put(points)
    student.KMeans()._init_centers(kept, 3)
    hint = "np.random.shuffle changes the array that it is given."
    assert_unchanged(student.fetch(kept), points, what="points", hint=hint)


# Assignment


def test_update_assignment_nearest(student, reference, rng):
    """_update_assignment gives every point its nearest centre, for any N, K and D."""
    student.replace("pairwise_dist", reference.pairwise_dist)
    km = student.KMeans()
    for N, K, D in [(23, 4, 3), (9, 5, 2), (4, 7, 5), (6, 1, 3), (23, 4, 3)]:
        points, centers = rng.normal(5.0, 3.0, (N, D)), rng.normal(5.0, 3.0, (K, D))
        got = _whole_numbers(km._update_assignment(centers, points), N, K, "cluster_idx")
        wrong = int((got != cdist(points, centers).argmin(axis=1)).sum())
        assert_true(
            wrong == 0,
            f"With N={N}, K={K}, D={D}: {wrong} points are not given to their nearest centre.",
            detail=f"got {got.tolist()}\nwanted {cdist(points, centers).argmin(axis=1).tolist()}",
            hint="The arguments are (centers, points): which axis of the distances is K?",
        )


def test_update_assignment_keeps_input(student, rng):
    """_update_assignment leaves centres and points as they were."""
    centers, points = rng.normal(size=(3, 2)), rng.normal(size=(8, 2))
    kept_centers, kept_points = student.put(centers), student.put(points)
    student.KMeans()._update_assignment(kept_centers, kept_points)
    assert_unchanged(student.fetch(kept_centers), centers, what="centers")
    assert_unchanged(student.fetch(kept_points), points, what="points")


# Centres


def _means(cluster_idx, points, clusters):
    return np.array([points[cluster_idx == k].mean(axis=0) for k in clusters])


def test_update_centers_means(student, rng, tolerance):
    """_update_centers gives the mean of every cluster's points, for any N, K and D."""
    km = student.KMeans()
    sizes = [(29, 4, 3, np.int64), (12, 5, 2, np.int32), (10, 1, 4, np.int64), (29, 4, 3, np.int16)]
    for N, K, D, dtype in sizes:
        points, old_centers = rng.normal(4.0, 3.0, (N, D)), rng.normal(4.0, 3.0, (K, D))
        cluster_idx = _labels_of_all(rng, N, K).astype(dtype)
        assert_close(
            km._update_centers(old_centers, cluster_idx, points),
            _means(cluster_idx, points, range(K)),
            **tolerance,
            float32_ok=True,
            what=f"the centres with N={N}, K={K}, D={D}",
            hint="points[cluster_idx == k] are the points of cluster k; the old centres have no "
            "part in their mean.",
        )


def test_update_centers_empty_cluster(student, rng):
    """A cluster without points keeps its old centre (or moves to a point); never NaN, K rows."""
    km = student.KMeans()
    points, old_centers = rng.normal(2.0, 3.0, (14, 3)), rng.normal(2.0, 3.0, (5, 3))
    hint = "The mean of no points is 0 / 0: copy the old centre."
    for filled in ([1, 3], [0, 4], [0, 1, 2]):
        cluster_idx = np.resize(filled, 14)
        got = km._update_centers(old_centers, cluster_idx, points)
        got = as_array(got, shape=(5, 3), kind="f", what="the centres", hint=hint)
        # The others are as without the empty ones: wrong means are charged elsewhere.
        renamed = np.searchsorted(filled, cluster_idx)
        alone = km._update_centers(old_centers[filled], renamed, points)
        alone = as_array(alone, shape=(len(filled), 3), kind="f", what="the centres, none empty")
        moved = bool((np.abs(alone - old_centers[filled]) > 1e-9).any())
        assert_true(moved, "No centre moves at all.")
        what = "the centres of the clusters with points"
        assert_close(
            got[filled], alone, rtol=1e-6, float32_ok=True, atol=1e-9, what=what, hint=hint
        )
        for k in sorted({0, 1, 2, 3, 4} - set(filled)):
            places = np.vstack([old_centers[k], points])
            near = np.abs(places - got[k]).max(axis=1).min() < 1e-6
            assert_true(
                bool(near),
                "A cluster without points moved to where neither its old centre nor a point is.",
                detail=f"centre {k} is {got[k]}",
                hint=hint,
            )


def test_update_centers_integer_points(student):
    """The means are not cut to whole numbers where points or old centres are integers."""
    points = np.array([[1, 2], [2, 4], [7, 7], [8, 6], [8, 9]])
    old_centers = np.array([[1, 2], [8, 8]])
    cluster_idx = np.array([0, 0, 1, 1, 1])
    km = student.KMeans()
    # Compared with the submission's own answer for floats: wrong means are charged elsewhere.
    want = km._update_centers(old_centers / 1, cluster_idx, points / 1)
    want = as_array(want, shape=(2, 2), kind="f", what="the centres from floats")
    assert_true(bool((want[0] != want[1]).all()), "Two clusters far apart have the same centre.")
    for old, new in ((old_centers, points), (old_centers / 1, points), (old_centers, points / 1)):
        assert_close(
            km._update_centers(old, cluster_idx, new),
            want,
            rtol=1e-6,
            float32_ok=True,
            atol=0,
            what=f"the centres from {old.dtype.name} centres and {new.dtype.name} points",
            hint="An array made by copying integers holds integers: make it with np.zeros.",
        )


def test_update_centers_keeps_input(student, rng):
    """_update_centers leaves old centers, ids and points as they were."""
    old_centers, points = rng.normal(size=(3, 2)), rng.normal(size=(9, 2))
    cluster_idx = np.resize([0, 1, 2], 9)
    kept = [student.put(value) for value in (old_centers, cluster_idx, points)]
    student.KMeans()._update_centers(*kept)
    assert_unchanged(student.fetch(kept[0]), old_centers, what="old_centers")
    assert_unchanged(student.fetch(kept[1]), cluster_idx, what="cluster_idx")
    assert_unchanged(student.fetch(kept[2]), points, what="points")


# Loss


def test_get_loss_values(student, reference, rng, tolerance):
    """_get_loss is made of the squared distances of the points to the centres they are given to."""
    student.replace("pairwise_dist", reference.pairwise_dist)
    km = student.KMeans()
    for N, K, D in [(17, 4, 3), (8, 3, 5), (6, 1, 2), (17, 4, 3)]:
        points, centers = rng.normal(3.0, 2.0, (N, D)), rng.normal(3.0, 2.0, (K, D))
        cluster_idx = _labels_of_all(rng, N, K)  # given, not nearest
        # A float32 loss stays one, since float32 answers are compared less strictly.
        loss = as_array(
            km._get_loss(centers, cluster_idx, points), shape=(), kind="fi", what="the loss"
        )
        total = float(((points - centers[cluster_idx]) ** 2).sum())
        # ``get_loss_is_mean`` alone judges whether it is the mean or the sum.
        want = total if abs(loss - total) < abs(loss - total / N) else total / N
        assert_close(
            loss,
            want,
            **tolerance,
            float32_ok=True,
            kind="fi",
            what=f"the loss with N={N}, K={K}, D={D}",
            hint="The distance counts squared, summed over D, to the centre that cluster_idx "
            "names, be it the nearest or not.",
        )


ZERO_HINT = "Does the root of a number slightly below zero come in?"


def test_get_loss_zero(student, reference, rng):
    """The loss of points that lie on their centres is (near) zero, and never NaN."""
    student.replace("pairwise_dist", reference.pairwise_dist)
    points = rng.normal(3.0, 10.0, size=(60, 5))
    loss = student.KMeans()._get_loss(points, np.arange(60), points)
    assert_close(
        as_scalar(loss, what="the loss", hint=ZERO_HINT),
        0.0,
        rtol=0,
        atol=1e-9,
        what="the loss",
        hint=ZERO_HINT,
    )


def test_get_loss_many_points(student, rng, growth):
    """_get_loss of 16,000 points counts all of them, and its memory grows with N, not N squared."""
    centers = rng.normal(5.0, 1.0, size=(3, 12))

    def at(N):
        return centers, rng.integers(0, 3, N), rng.normal(size=(N, 12))

    growth(
        "KMeans._get_loss",
        at,
        1000,
        why="an N x N array is made; N numbers for each centre are enough",
    )
    _, cluster_idx, points = at(16_000)
    km = student.KMeans()
    loss = as_scalar(km._get_loss(centers, cluster_idx, points), what="the loss")
    # Twice the same points: the mean stays, the sum doubles. What else is wrong is charged above.
    twice = [np.concatenate([array, array]) for array in (cluster_idx, points)]
    again = as_scalar(km._get_loss(centers, *twice), what="the loss")
    assert_true(loss > 0, "The loss of points far from their centres is not above zero.")
    want = loss if abs(again - loss) < abs(again - 2 * loss) else 2 * loss
    assert_close(again, want, rtol=1e-3, atol=0.0, what="the loss of the same points twice")


def test_get_loss_keeps_input(student, rng):
    """_get_loss leaves centres, ids and points as they were."""
    centers, points = rng.normal(size=(3, 2)), rng.normal(size=(9, 2))
    cluster_idx = np.resize([0, 1, 2], 9)
    kept = [student.put(value) for value in (centers, cluster_idx, points)]
    student.KMeans()._get_loss(*kept)
    assert_unchanged(student.fetch(kept[0]), centers, what="centers")
    assert_unchanged(student.fetch(kept[1]), cluster_idx, what="cluster_idx")
    assert_unchanged(student.fetch(kept[2]), points, what="points")
