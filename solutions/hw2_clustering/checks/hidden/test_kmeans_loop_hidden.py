"""The loop of KMeans. Its helpers are replaced by ours, so that only the loop is judged."""

import numpy as np
from scipy.spatial.distance import cdist

from autograder.compare import (
    as_array,
    as_labels,
    assert_close,
    assert_true,
    assert_unchanged,
    unpack,
)

_T = np.linspace(0.0, 1.0, 150)
CURVE = np.stack([40 * _T**2, 5 * np.sin(9 * _T)], axis=1)
"""Points on which K-means needs 25 iterations from ``CURVE_START``."""
CURVE_START = CURVE[:5]


# Our steps; parameters are named as in the statement, since a loop may pass them by name.


def _assign(centers, points):
    return cdist(points, centers).argmin(axis=1)


def _move(old_centers, cluster_idx, points):
    clusters = [points[cluster_idx == k] for k in range(len(old_centers))]
    return np.array([own.mean(axis=0) if len(own) else old_centers[k]
                     for k, own in enumerate(clusters)])  # fmt: skip


def _loss(centers, cluster_idx, points):
    return float(((points - centers[cluster_idx]) ** 2).sum(axis=1).mean())


def _path(points, centers, steps):
    """The centres after 0, 1, ..., ``steps`` iterations."""
    path = [centers]
    for _ in range(steps):
        path.append(_move(path[-1], _assign(path[-1], points), points))
    return path


def _pin(student, start):
    """Let every helper be ours; gives an instance."""
    km = student.KMeans()
    # The loop comes with the handout: alone it earns nothing.
    km._update_centers(np.array([[0.0], [4.0]]), np.array([0, 1]), np.array([[1.0], [5.0]]))
    student.replace("pairwise_dist", cdist)
    student.replace("KMeans._init_centers", lambda *args, **kwargs: start)
    student.replace("KMeans._update_assignment", _assign)
    student.replace("KMeans._update_centers", _move)
    student.replace("KMeans._get_loss", _loss)
    return km


def _run(km, points, K, **kwargs):
    """One run; ids (N,) and centres (K, D). The loss may come as a third value."""
    got = unpack(km(points, K, **kwargs), ("cluster_idx", "centers"), extra=1)
    cluster_idx = as_labels(got[0], len(points), K, what="cluster_idx")
    return cluster_idx, as_array(got[1], shape=(K, points.shape[1]), kind="f", what="the centres")


def test_kmeans_call_fixed_point(student, part, rng):
    """At the end ids name the nearest returned centres, and these are the means of their points."""
    middles = np.array([[0.0, 0.0, 0.0], [4.0, 0.0, 1.0], [0.0, 5.0, -2.0], [3.0, 4.0, 0.0]])
    points = middles[rng.integers(0, 4, 90)] + rng.normal(size=(90, 3))
    cluster_idx, centers = _run(_pin(student, points[:4]), points, 4)
    with part(0.4, "ids of the nearest centres"):
        distance = cdist(points, centers)
        assert_true(len(set(cluster_idx.tolist())) > 1, "All points are in one cluster.")
        late = distance[np.arange(90), cluster_idx] > distance.min(axis=1) + 1e-9
        assert_true(
            not late.any(),
            f"{int(late.sum())} points are not given to the nearest of the returned centres.",
            hint="Iterate until the loss no longer changes (max_iters is 100 here).",
        )
    with part(0.4, "centres that are means"):
        want = _move(centers, cluster_idx, points)
        assert_close(centers, want, rtol=1e-6, float32_ok=True, atol=1e-9, what="the centres",
                     hint="One more iteration must not change them.")  # fmt: skip
    with part(0.2, "the end of the iterations from this start"):
        want = _path(points, points[:4], 100)[-1]
        assert_close(centers, want, rtol=1e-6, float32_ok=True, atol=1e-9, what="the centres",
                     hint="Start from the centres that _init_centers returns.")  # fmt: skip


def test_kmeans_call_loss_never_rises(student):
    """More iterations never give a larger loss."""
    km = _pin(student, CURVE_START)
    losses = []
    for max_iters in (1, 2, 3, 5, 10, 20):
        cluster_idx, centers = _run(km, CURVE, 5, max_iters=max_iters)
        losses.append(_loss(centers, cluster_idx, CURVE))
    steps = ", ".join(f"{loss:.6g}" for loss in losses)
    detail = f"the loss after 1, 2, 3, 5, 10 and 20 iterations: {steps}"
    hint = "Assign with the newest centres, then move the centres by the newest ids."
    rises = bool((np.diff(losses) > 1e-9 * losses[0]).any())
    assert_true(not rises, "The loss rises with more iterations.", detail=detail, hint=hint)
    assert_true(
        losses[-1] < 0.5 * losses[1],
        "The loss hardly falls between 2 and 20 iterations.",
        detail=detail,
        hint=hint,
    )


def test_kmeans_call_max_iters(student):
    """max_iters is the number of iterations when the loss is still changing."""
    km = _pin(student, CURVE_START)
    path = _path(CURVE, CURVE_START, 6)
    for max_iters in (1, 4, 6):
        _, centers = _run(km, CURVE, 5, max_iters=max_iters)
        assert_close(
            centers,
            path[max_iters],
            rtol=1e-6,
            float32_ok=True,
            atol=1e-9,
            what=f"the centres with max_iters={max_iters}",
            hint="An iteration is one assignment and one move of the centres.",
        )


def test_kmeans_call_stop_rule(student, part):
    """The loop stops once the loss changes by less than abs_tol and by less than rel_tol of it."""
    km = _pin(student, CURVE_START)
    path = _path(CURVE, CURVE_START, 60)
    # Which of two losses is compared with which is left open: one iteration more or less is fine.
    runs = [
        (0.3, "stop when both tolerances are wide", 1e9, 10.0, range(1, 4)),
        (0.2, "go on until abs_tol holds", 0.6, 10.0, range(9, 12)),
        (0.25, "go on while only abs_tol holds", 1e9, 1e-16, range(60, 61)),
        (0.25, "go on while only rel_tol holds", 1e-16, 10.0, range(60, 61)),
    ]
    for share, what, abs_tol, rel_tol, right in runs:
        with part(share, what):
            _, centers = _run(km, CURVE, 5, max_iters=60, abs_tol=abs_tol, rel_tol=rel_tol)
            off = min(float(np.abs(centers - path[t]).max()) for t in right)
            assert_true(
                off < (1e-3 if centers.dtype == np.float32 else 1e-6),
                "The loop ends elsewhere than its stop rule says.",
                detail=f"with abs_tol={abs_tol:g} and rel_tol={rel_tol:g}",
                hint="Both must hold: the change below abs_tol, and the change divided by the "
                "loss before it below rel_tol.",
            )


def test_kmeans_call_one_cluster(student, rng, tolerance):
    """With K = 1 the centre is the mean of all points."""
    points = rng.normal(7.0, 2.0, size=(20, 3))
    _, centers = _run(_pin(student, points[:1]), points, 1)
    assert_close(
        centers, points.mean(axis=0, keepdims=True), **tolerance, float32_ok=True, what="the centre"
    )


def test_kmeans_call_keeps_input(student, rng):
    """KMeans leaves the points of its caller as they were."""
    points = rng.normal(100.0, 5.0, size=(30, 2))
    km = _pin(student, points[:3])
    kept = student.put(points)
    unpack(km(kept, 3), ("cluster_idx", "centers"), extra=1)
    assert_unchanged(student.fetch(kept), points, what="points")
