"""Standardizing and principal components."""

import numpy as np
from scipy.stats import ortho_group

from autograder.compare import as_array, assert_close, assert_true, assert_unchanged, unpack
from autograder.session import CallFailed

Z = ("z", "mean", "scale")
PCA = ("scores", "components", "variances")


def test_standardize_values(student, rng, tolerance):
    """z is (points - mean) / scale, column by column, with deviations over N."""
    for N, D in ((3, 2), (40, 5), (7, 1)):
        points = rng.normal(rng.uniform(-50, 50, D), rng.uniform(0.1, 30, D), (N, D))
        z, mean, scale = unpack(student.standardize(points), Z)
        m, s = points.mean(axis=0), points.std(axis=0)
        assert_close(mean, m, **tolerance, float32_ok=True, what="mean")
        assert_close(scale, s, **tolerance, float32_ok=True, what="scale", hint="Over N.")
        assert_close(z, (points - m) / s, **tolerance, float32_ok=True, what="z")


def test_standardize_constant(student, rng, part, tolerance):
    """A column of equal values becomes exactly zeros, its scale 1; the others do not notice."""
    hint = "The deviation of equal values can be 1e-17 instead of 0: compare the values instead."
    for share, what, value in (
        (0.5, "columns of 7", 7.0),
        (0.5, "columns of 0.1, whose mean is rounded", 0.1),
    ):
        with part(share, what):
            points = rng.normal(4.0, 2.0, (10, 3))
            points[:, 1] = value
            z, mean, scale = unpack(student.standardize(points), Z)
            z = as_array(z, shape=(10, 3), kind="f", what="z", hint="0 / 0 is NaN.")
            flat = bool((np.abs(z[:, 1]) < 1e-9).all())
            assert_true(flat, "A column of equal values does not become zeros.", hint=hint)
            scale = as_array(scale, shape=(3,), kind="f", what="scale")
            assert_close(scale[1], 1.0, **tolerance, what="scale of the constant column", hint=hint)
            want = (points - points.mean(axis=0))[:, ::2] / points.std(axis=0)[::2]
            assert_close(z[:, ::2], want, **tolerance, float32_ok=True, what="the other columns")
            mean = as_array(mean, shape=(3,), kind="f", what="mean")
            assert_close(mean[1], value, **tolerance, float32_ok=True, what="mean")


def test_standardize_far_from_zero(student, rng, tolerance):
    """Columns near 1e8 with a deviation near 1 are standardized like any other."""
    points = 1e8 + rng.normal(size=(50, 2)) * [1.0, 3.0]
    z, _, scale = unpack(student.standardize(points), Z)
    # Deviations are taken about a value of the data: that is exact.
    shifted = points - points[0]
    hint = "The mean of the squares minus the square of the mean has no digit left here."
    assert_close(scale, shifted.std(axis=0), **tolerance, what="scale", hint=hint)
    want = (shifted - shifted.mean(axis=0)) / shifted.std(axis=0)
    assert_close(z, want, **tolerance, what="z", hint=hint)


def test_standardize_keeps_input(student, rng):
    """standardize leaves its caller's points as they were."""
    points = rng.normal(3.0, 2.0, (9, 3))
    kept = student.put(points)
    student.standardize(kept)
    assert_unchanged(student.fetch(kept), points, what="points")


def _cloud(rng, N, D):
    """Points far from the origin, whose variances along their axes differ clearly."""
    # After centring, orthonormal columns times given deviations: no two variances come close.
    P = min(N - 1, D)
    raw = rng.normal(size=(N, P))
    left, _ = np.linalg.qr(raw - raw.mean(axis=0))
    axes = ortho_group.rvs(D, random_state=rng)[:P]
    deviations = 3.0 * 0.7 ** np.arange(P)
    points = (left * deviations * np.sqrt(N)) @ axes
    return points + rng.uniform(-9, 9, D), axes, deviations**2


def _components(got, P, D):
    """Components (P, D) as floats."""
    components = as_array(got, shape=(P, D), kind="f", what="components",
                          hint="One component in each row.")  # fmt: skip
    return components.astype(np.float64)


def _precise(*arrays):
    """Whether all answers are in double precision; if not, less is asked of them."""
    return all(array.dtype != np.float32 for array in arrays)


def test_pca_components(student, rng):
    """Components are unit rows, at right angles, by falling variance; signs do not matter."""
    for N, D, P in ((30, 4, 4), (25, 6, 2), (12, 3, 1)):
        points, axes, _ = _cloud(rng, N, D)
        _, raw, _ = unpack(student.pca(points, P), PCA)
        components = _components(raw, P, D)
        limit = 1e-6 if _precise(raw) else 1e-3
        gram = components @ components.T
        assert_true(
            bool((np.abs(gram - np.eye(P)) < limit).all()),
            "The rows of components are not unit vectors at right angles to each other.",
            detail=f"components @ components.T is\n{gram}",
        )
        match = np.abs(np.sum(components * axes[:P], axis=1))
        assert_true(
            bool((match > 1 - limit).all()),
            "The components are not the directions of the largest variances, largest first.",
            detail=f"absolute cosines between yours and the right ones: {match}",
            hint="Centre the points; np.linalg.eigh gives the smallest eigenvalue first.",
        )


def test_pca_scores(student, rng, tolerance):
    """Scores are the coordinates of the centred points along the components returned."""
    for N, D, P in ((30, 4, 3), (11, 5, 1)):
        points, axes, _ = _cloud(rng, N, D)
        raw_scores, raw, _ = unpack(student.pca(points, P), PCA)
        scores = as_array(raw_scores, shape=(N, P), kind="f", what="scores").astype(np.float64)
        want = (points - points.mean(axis=0)) @ axes[:P].T
        # Up to the sign of every column, which the components share.
        sign = np.where(np.sum(scores * want, axis=0) < 0, -1.0, 1.0)
        rtol = max(tolerance["rtol"], 0 if _precise(raw_scores) else 1e-3)
        assert_close(scores * sign, want, rtol=rtol, atol=1e-3 * rtol + 1e-8, what="scores",
                     hint="Centre the points first; any sign of a column is right.")  # fmt: skip
        components = as_array(raw, shape=[(P, D), (D, P)], kind="f", what="components")
        if components.shape == (P, D):
            turned = np.sign(np.sum(components * axes[:P], axis=1))
            same = bool((turned == sign).all())
            assert_true(same, "The signs of scores and of components do not belong together.")


def test_pca_variances(student, rng, tolerance):
    """Variances are those of the scores, over N, the largest first."""
    for N, D, P in ((30, 4, 4), (9, 3, 2)):
        points, _, variances = _cloud(rng, N, D)
        got = unpack(student.pca(points, P), PCA)[2]
        assert_close(got, variances[:P], **tolerance, float32_ok=True, what="variances",
                     hint="The squared singular values divided by N.")  # fmt: skip


def test_pca_more_columns(student, rng):
    """There may be more columns than points; and with all components nothing is lost."""
    points, _, variances = _cloud(rng, 8, 20)
    got = unpack(student.pca(points, 7), PCA)
    scores = as_array(got[0], shape=(8, 7), kind="f", what="scores").astype(np.float64)
    components = _components(got[1], 7, 20)
    kept = as_array(got[2], shape=(7,), kind="f", what="variances")
    back = scores @ components + points.mean(axis=0)
    assert_close(back, points, rtol=0, atol=1e-3 if not _precise(*got[:2]) else 1e-6,
                 what="the points, rebuilt from all scores and components")  # fmt: skip
    assert_true(bool(np.abs(kept.sum() / variances.sum() - 1) < 0.5), "Variances are far off.")


def test_pca_refuses(student, rng):
    """More components than points or columns, or none, raise ValueError."""
    points = rng.normal(size=(6, 4))
    for P, rows in ((5, points), (0, points), (4, points[:3])):
        try:
            student.pca(rows, P)
        except CallFailed as failure:
            if not failure.message.startswith("ValueError raised"):
                raise
        else:
            N, D = rows.shape
            assert_true(False, f"No ValueError is raised for {P} components, N={N} and D={D}.")


def test_pca_keeps_input(student, rng):
    """pca leaves its caller's points as they were."""
    points = rng.normal(3.0, 2.0, (9, 3))
    kept = student.put(points)
    student.pca(kept, 2)
    assert_unchanged(student.fetch(kept), points, what="points")
