"""pairwise_dist against SciPy, at the edges, and its speed."""

import numpy as np
from scipy.spatial.distance import cdist

from autograder.compare import as_array, assert_close, assert_true, assert_unchanged


def _tolerance_near_zero(X_ND, dtype):
    """Expanding the square leaves about sqrt(eps) times the scale; 16 times that is allowed."""
    scale = np.linalg.norm(X_ND, axis=1).max()
    return 16 * float(np.sqrt(np.finfo(dtype).eps)) * scale


def _assert_works(student):
    """The least that is asked before an edge counts: distances that differ."""
    dist = student.pairwise_dist(np.array([[0.0, 0.0], [9.0, 9.0]]), np.array([[0.0, 1.0]]))
    dist = as_array(dist, shape=(2, 1), what="pairwise_dist of two points and one")
    assert_true(bool(dist[0, 0] != dist[1, 0]), "A near and a far point have the same distance.")


def test_pairwise_dist_shapes(student, rng, tolerance):
    """dist[i, j] is the Euclidean distance of X[i] to Y[j], for any N, M and D."""
    # (2, 3, 2) is the shape of the printed example; it comes twice, with other numbers.
    sizes = [(5, 7, 3), (7, 4, 2), (2, 3, 2), (1, 6, 4), (6, 1, 5), (4, 3, 1), (2, 3, 2), (5, 7, 3)]
    for N, M, D in sizes:
        X = rng.normal(1.0, 3.0, size=(N, D))
        Y = rng.normal(-1.0, 2.0, size=(M, D))
        assert_close(
            student.pairwise_dist(X, Y),
            cdist(X, Y),
            **tolerance,
            float32_ok=True,
            what=f"pairwise_dist of {N} x {D} and {M} x {D}",
            hint="Sum the squared differences over D (the last axis), then take the root.",
        )


def test_pairwise_dist_many_dimensions(student, rng, tolerance):
    """pairwise_dist is right for 400 dimensions of very different size."""
    column_scale = np.logspace(-3, 4, 400)
    X = rng.normal(size=(6, 400)) * column_scale
    Y = rng.normal(size=(4, 400)) * column_scale
    assert_close(
        student.pairwise_dist(X, Y),
        cdist(X, Y),
        **tolerance,
        float32_ok=True,
        what="pairwise_dist of 6 x 400 and 4 x 400",
        hint="Work in float64; the distance is a sum over all dimensions, not a mean.",
    )


def test_pairwise_dist_zero_distance(student, rng):
    """The distance of a point to itself is (near) zero, and never NaN."""
    _assert_works(student)
    hint = (
        "With |x|^2 + |y|^2 - 2 x.y, rounding can give -1e-16 for 0, and its root is NaN: "
        "clip at zero before the root."
    )
    for dtype in (np.float64, np.float32):
        X = rng.normal(3.0, 10.0, size=(60, 5)).astype(dtype)
        what = f"pairwise_dist(X, X), {np.dtype(dtype).name}"
        dist = as_array(student.pairwise_dist(X, X), shape=(60, 60), kind="f", what=what, hint=hint)
        assert_close(
            np.diag(dist),
            np.zeros(60),
            rtol=0,
            atol=_tolerance_near_zero(X, dtype),
            what=f"the diagonal of {what}",
            hint=hint,
        )


def test_pairwise_dist_float32(student, rng, tolerance):
    """float32 points get distances with float32's accuracy or better."""
    X = rng.normal(0.0, 2.0, size=(5, 4)).astype(np.float32)
    Y = rng.normal(1.0, 2.0, size=(3, 4)).astype(np.float32)
    _assert_works(student)
    # Compared with the submission's own answer for float64: other mistakes are charged elsewhere.
    want = student.pairwise_dist(X.astype(np.float64), Y.astype(np.float64))
    want = as_array(want, shape=(5, 3), kind="f", what="pairwise_dist of float64 arrays")
    got = student.pairwise_dist(X, Y)
    assert_close(got, want, **tolerance, float32_ok=True, what="pairwise_dist of float32 arrays")


def test_pairwise_dist_keeps_input(student, rng):
    """pairwise_dist leaves the arrays of its caller as they were."""
    X, Y = rng.normal(size=(5, 3)), rng.normal(size=(4, 3))
    kept_X, kept_Y = student.put(X), student.put(Y)
    student.pairwise_dist(kept_X, kept_Y)
    assert_unchanged(student.fetch(kept_X), X, what="X")
    assert_unchanged(student.fetch(kept_Y), Y, what="Y")


def test_pairwise_dist_speed(budget, rng):
    """pairwise_dist takes at most eight times as long as the reference solution."""
    # The fastest Python loop over the rows of X takes some 20 times as long.
    budget("pairwise_dist", rng.normal(size=(100_000, 3)), rng.normal(size=(4, 3)))


def test_pairwise_dist_no_loop(student, source):
    """pairwise_dist has no Python loop over rows."""
    student.pairwise_dist(np.zeros((2, 1)), np.ones((3, 1)))
    loops = source.loops("pairwise_dist")
    found = ", ".join(f"{loop.what} in {loop.file} line {loop.line}" for loop in loops)
    assert_true(
        not loops,
        f"pairwise_dist goes through its rows one by one: {found}.",
        hint="X[:, None] - Y[None, :] holds all differences at once.",
    )
