"""GaussianMixture.sample judged by the laws that its points must follow.

False alarms. A right solution fails a test of level a with probability at most a. The levels:
proportions, 4 types at 1e-9; moments, 4 types x 3 components x (2 means, 2 variances, 1 product)
at 1e-9; order, 1e-8 twice (binomial, both sides); noise, 5 products at 1e-9. Stray points (the
components lie 100 deviations and more apart) and equal draws are rarer still. Together they are
below 1e-7. The seeds are fixed, so the same submission gets the same verdict at every run.
"""

import numpy as np
from scipy import stats

from autograder.compare import as_array, assert_true, unpack

TYPES = ("full", "tied", "diag", "spherical")
LEVEL = 1e-9
N = 20_000
WEIGHTS = np.array([0.55, 0.1, 0.35])
MEANS = np.array([[-700.0, 100.0], [1000.0, -50.0], [-2000.0, 700.0]])
COVARIANCES = {
    "full": np.array([[[4.0, 2.4], [2.4, 2.0]], [[0.5, -0.9], [-0.9, 9.0]], [[6.0, 0], [0, 0.2]]]),
    "tied": np.array([[3.0, -2.0], [-2.0, 5.0]]),
    "diag": np.array([[0.1, 16.0], [6.0, 0.04], [1.5, 3.0]]),
    "spherical": np.array([9.0, 0.05, 2.0]),
}


def _matrix(kind, k):
    covariances = COVARIANCES[kind]
    if kind == "tied":
        return covariances
    return covariances[k] if kind == "full" else np.diag(np.broadcast_to(covariances[k], 2))


def _draw(student, kind, n_samples, random_state):
    """Points (N, 2) and whole numbers (N,); ``sample_shapes`` judges the dtype."""
    mixture = student.GaussianMixture(
        n_components=3, covariance_type=kind, random_state=random_state
    )
    mixture.weights_, mixture.means_, mixture.covariances_ = WEIGHTS, MEANS, COVARIANCES[kind]
    points, labels = unpack(mixture.sample(n_samples), ("points", "components"))
    points = as_array(points, shape=(n_samples, 2), kind="f", what="points")
    labels = as_array(labels, shape=(n_samples,), kind="fi", what="components")
    legal = np.isin(labels, [0, 1, 2])
    assert_true(bool(legal.all()), "A component is not a whole number in 0..K-1.")
    return points.astype(np.float64), labels.astype(np.intp)


def _nearest(points):
    """The component that every point comes from, by its place: they lie far apart."""
    return ((points[:, None] - MEANS) ** 2).sum(axis=2).argmin(axis=1)


def _noise(points, kind):
    """The standard normal numbers that the points must have been made of, up to a rotation."""
    own, noise = _nearest(points), np.empty_like(points)
    for k in range(3):
        root = np.linalg.cholesky(_matrix(kind, k))
        noise[own == k] = np.linalg.solve(root, (points[own == k] - MEANS[k]).T).T
    return noise


def test_sample_components(student, part):
    """Component k comes up with probability weights_[k], and names the points drawn from it."""
    with part(0.5, "points and components belong together"):
        for kind in TYPES:
            for n_samples in (1, 7, 500):
                points, labels = _draw(student, kind, n_samples, 1)
                strays = int((np.abs(points - MEANS[labels]) > 150).any(axis=1).sum())
                assert_true(
                    strays == 0,
                    f"Of {n_samples} points {strays} lie far from the component that is named.",
                    hint="Draw the components first, then each point from its own.",
                )
    with part(0.5, "how often a component comes up"):
        for kind in TYPES:
            _, labels = _draw(student, kind, N, 2)
            counts = np.bincount(labels, minlength=3)
            distance = float(((counts - N * WEIGHTS) ** 2 / (N * WEIGHTS)).sum())
            assert_true(
                distance < stats.chi2.isf(LEVEL, df=2),
                "The components do not come up as often as weights_ says.",
                detail=f"counts of {N} points: {counts}; expected {N * WEIGHTS}",
                hint="rng.choice takes the probabilities as p=.",
            )
        # All counts at their mode: 1 / (2 pi N sqrt(w_1 w_2 w_3)) = 6e-5; four times, 1e-17.
        near = [
            np.abs(np.bincount(_draw(student, kind, N, 7 + i)[1], minlength=3) - N * WEIGHTS).max()
            for i, kind in enumerate(TYPES)
        ]
        assert_true(
            max(near) >= 1,
            "The number of points of a component is the same at every call.",
            hint="The components are drawn, too: their counts are random.",
        )


def test_sample_moments(student, part):
    """The points of component k have mean means_[k] and its covariance, for all four types."""
    for kind in TYPES:
        with part(0.25, kind):
            points, _ = _draw(student, kind, N, 3)
            own, noise = _nearest(points), _noise(points, kind)
            for k in range(3):
                z = noise[own == k]
                n = len(z)
                assert_true(n > 100, f"Component {k} hardly ever comes up.")
                off = np.abs(z.sum(axis=0)) / np.sqrt(n)
                limit = stats.norm.isf(LEVEL / 2)
                # A wrong covariance is told apart from a wrong mean by the tests below.
                size = np.maximum(1.0, z.std(axis=0))
                assert_true(
                    bool((off < limit * size).all()),
                    f"Type {kind}: the points of component {k} have another mean than means_[{k}].",
                )
                square = (z**2).sum(axis=0)
                law = stats.chi2(df=n)
                inside = (square > law.ppf(LEVEL / 2)) & (square < law.isf(LEVEL / 2))
                # Given the first column, the sum of products is normal with its length.
                product = abs(float(z[:, 0] @ z[:, 1])) / float(np.linalg.norm(z[:, 0]) + 1e-300)
                assert_true(
                    bool(inside.all()) and product < limit,
                    f"Type {kind}: the points of component {k} have another covariance.",
                    detail=f"covariance found\n{np.cov(points[own == k].T)}\nwanted\n"
                    f"{_matrix(kind, k)}",
                    hint="x = mean + L e with S = L L^T; for variances, the root times e.",
                )


def test_sample_order(student, part):
    """Points are drawn one by one: components in random order, noise independent."""
    points, labels = _draw(student, "full", N, 4)
    with part(0.5, "components in random order"):
        # In disjoint pairs of neighbours: equal with the probability of two equal draws. Taken
        # from the frequencies found, which narrows the law a little; weights are judged elsewhere.
        assert_true(len(set(labels.tolist())) > 1, "Every point comes from one component.")
        equal = int((labels[0::2] == labels[1::2]).sum())
        law = stats.binom(N // 2, float(((np.bincount(labels) / N) ** 2).sum()))
        assert_true(
            bool(law.ppf(1e-8) <= equal <= law.isf(1e-8)),
            "Neighbouring points come from the same component too often or too rarely.",
            detail=f"{equal} of {N // 2} pairs are equal; expected {law.mean():.0f}",
            hint="scikit-learn sorts its points by component; here they come as drawn.",
        )
    with part(0.5, "noise that is independent"):
        noise = _noise(points, "full")
        noise = noise - noise.mean(axis=0)
        half = N // 2
        pairs = {
            "the columns of one point": (noise[:, 0], noise[:, 1]),
            "neighbouring points": (noise[0::2, 0], noise[1::2, 0]),
            "neighbouring points ": (noise[0::2, 1], noise[1::2, 1]),
            "both halves of the points": (noise[:half, 0], noise[half:, 0]),
            "both halves of the points ": (noise[:half, 1], noise[half:, 1]),
        }
        for what, (a, b) in pairs.items():
            # Standardized: moments are judged elsewhere. A correlation of n pairs by Student's t.
            sizes = float(np.linalg.norm(a) * np.linalg.norm(b))
            assert_true(sizes > 1e-9, "The points of a component are all the same.")
            correlation = float(a @ b) / sizes
            t = abs(correlation) * np.sqrt((len(a) - 2) / max(1e-12, 1 - correlation**2))
            # The wrong root of a covariance makes the columns depend on each other as well; it
            # is charged by ``sample_moments``, so columns are let off below a half.
            limit = stats.t.isf(LEVEL / 2, df=len(a) - 2)
            dependent = t > limit and (abs(correlation) > 0.9 or "columns" not in what)
            assert_true(
                not dependent,
                f"The noise of {what.strip()} depends on each other.",
                hint="Every point needs D random numbers of its own.",
            )


def test_sample_random_state(student, part):
    """The same random_state gives the same points, another one others, None always others."""
    with part(0.4, "the same random_state"):
        first, again = (_draw(student, "full", 40, 5)[0] for _ in range(2))
        assert_true(
            bool((first == again).all()),
            "Two objects with the same random_state gave different points.",
            hint="rng = np.random.default_rng(self.random_state)",
        )
    with part(0.3, "another random_state"):
        other, _ = _draw(student, "full", 40, 6)
        same = float(np.abs(first - other).max()) < 1e-9
        assert_true(not same, "Two values of random_state gave the same points.")
    with part(0.3, "no random_state"):
        first, again = (_draw(student, "full", 40, None)[0] for _ in range(2))
        same = float(np.abs(first - again).max()) < 1e-9
        hint = "Do not fix a seed of your own."
        assert_true(not same, "Without random_state two calls gave the same points.", hint=hint)
