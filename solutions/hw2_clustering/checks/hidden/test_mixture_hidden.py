"""KMeans against GMM on points of a mixture with one large and two small components.

Assignment, E step and loop are the submission's own. The start is given, and helpers whose edges
would spoil the result (an empty cluster, pi fixed at 1/K, a variance for a deviation) are put in:
they have cost their points elsewhere. Judged by labels alone.
"""

import itertools

import numpy as np
from scipy.spatial.distance import cdist
from scipy.special import logsumexp, softmax

from autograder.compare import as_array, assert_true, unpack

PI = np.array([0.8, 0.1, 0.1])
MU = np.array([[0.5, 0.5], [0.25, 0.75], [0.75, 0.75]])
SIGMA = np.array([[0.1, 0.1], [0.05, 0.05], [0.05, 0.05]])
N = 2000


def _sample(rng):
    ids = rng.choice(3, N, p=PI)
    return MU[ids] + SIGMA[ids] * rng.normal(size=(N, 2)), ids


def _agreement(labels, ids):
    """The share of points labeled as they were drawn, under the best names for the labels."""
    table = np.zeros((3, 3))
    np.add.at(table, (labels, ids), 1)
    return max(table[[0, 1, 2], order].sum() for order in itertools.permutations(range(3))) / N


def _best_possible(points, ids):
    """The agreement of who knows pi, mu and sigma."""
    return _agreement(_ll_joint(points, PI, MU, SIGMA).argmax(axis=1), ids)


# Our steps; parameters are named as in the statement, since a loop may pass them by name.


def _move(old_centers, cluster_idx, points):
    ids = np.asarray(cluster_idx).astype(int)
    clusters = [points[ids == k] for k in range(len(old_centers))]
    return np.array([own.mean(axis=0) if len(own) else old_centers[k]
                     for k, own in enumerate(clusters)])  # fmt: skip


def _loss(centers, cluster_idx, points):
    ids = np.asarray(cluster_idx).astype(int)
    return float(((points - centers[ids]) ** 2).sum(axis=1).mean())


def _ll_joint(points, pi, mu, sigma):
    weight = np.log(np.ravel(pi)) - (np.log(sigma) + np.log(2 * np.pi) / 2).sum(axis=1)
    return weight - (((points[:, None, :] - mu) / sigma) ** 2).sum(axis=2) / 2


def _m_step(points, gamma):
    mass = np.maximum(gamma.sum(axis=0), 1e-200)[:, None]
    mu = gamma.T @ points / mass
    # Of numbers around one the squares cancel far above rounding.
    return gamma.mean(axis=0), mu, np.sqrt(np.maximum(gamma.T @ points**2 / mass - mu**2, 1e-12))


def _kmeans_labels(student, points, start):
    km, tiny = student.KMeans(), np.array([[0.0], [4.0]])
    # The loop comes with the handout: alone it earns nothing.
    km._update_centers(tiny, np.array([0, 1]), tiny)
    student.replace("pairwise_dist", cdist)
    student.replace("KMeans._init_centers", lambda *args, **kwargs: start)
    student.replace("KMeans._update_centers", _move)
    student.replace("KMeans._get_loss", _loss)
    got = unpack(km(points, 3), ("cluster_idx", "centers"), extra=1)
    # Whole numbers may be floats here: another case judges their dtype.
    labels = as_array(got[0], shape=(N,), kind="fi", what="cluster_idx").astype(np.float64)
    legal = bool(np.isin(labels, [0, 1, 2]).all())
    assert_true(legal, "A label is not a whole number in 0..2.")
    return labels.astype(np.intp)


def _gmm_labels(student, points, start, max_iters):
    gmm, tiny = student.GMM(), np.array([[1.0], [2.0], [4.0]])
    gmm._M_step(tiny, np.array([[0.5, 0.5], [0.9, 0.1], [0.2, 0.8]]))
    components = (np.full(3, 1 / 3), start, np.full((3, 2), 0.1))
    student.replace("softmax", lambda logits: softmax(logits, axis=1))
    student.replace("logsumexp", lambda logits: logsumexp(logits, axis=1, keepdims=True))
    student.replace("GMM._init_components", lambda *args, **kwargs: components)
    student.replace("GMM._ll_joint", _ll_joint)
    student.replace("GMM._M_step", _m_step)
    got = unpack(gmm(points, 3, max_iters=max_iters), ("gamma", "(pi, mu, sigma)"), extra=1)
    return as_array(got[0], shape=(N, 3), kind="f", what="gamma").argmax(axis=1)


def _starts(points, rng):
    """Three points far from each other, twice; then the middles of the components, moved."""
    for _ in range(2):
        rows = [int(rng.integers(N))]
        while len(rows) < 3:
            rows.append(int(cdist(points, points[rows]).min(axis=1).argmax()))
        yield points[rows]
    yield MU + rng.normal(0.0, 0.03, MU.shape)


def test_mixture_gmm_recovers_components(student, rng):
    """From one start of several, GMM labels the points by the component they were drawn from."""
    points, ids = _sample(rng)
    wanted = _best_possible(points, ids) - 0.02
    best = 0.0
    for start in _starts(points, rng):
        best = max(best, _agreement(_gmm_labels(student, points, start, 50), ids))
        if best >= wanted:
            break
    assert_true(
        best >= wanted,
        "GMM labels too many points otherwise than they were drawn, from every start.",
        detail=f"{best:.1%} agree; with the true pi, mu and sigma {wanted + 0.02:.1%} do",
        hint="The components have unlike weights and deviations: does gamma use both?",
    )


def test_mixture_kmeans_splits_large(student, rng):
    """KMeans, which knows no weights, gives a part of the large component to other clusters."""
    points, ids = _sample(rng)
    start = points[np.flatnonzero(ids == 0)[:3]]
    labels = _kmeans_labels(student, points, start)
    middles = np.array([points[labels == k].mean(axis=0) if (labels == k).any() else MU[0]
                        for k in range(3)])  # fmt: skip
    off = int((cdist(points, middles).argmin(axis=1) != labels).sum())
    hint = "Every point belongs to the nearest of the means of the three clusters."
    assert_true(off < 0.01 * N, "The clusters are not those of nearest means.", hint=hint)
    share = float(np.bincount(labels[ids == 0], minlength=3).max() / (ids == 0).sum())
    assert_true(
        share < 0.9,
        "KMeans left the large component in one piece, which the nearest means do not.",
        detail=f"{share:.1%} of its points are in one cluster",
        hint=hint,
    )


def test_mixture_gmm_beats_kmeans(student, rng):
    """On the same points GMM agrees with the true components better than KMeans does."""
    points, ids = _sample(rng)
    start = list(_starts(points, rng))[-1]
    with_kmeans = _agreement(_kmeans_labels(student, points, start), ids)
    # That start is near the end already.
    with_gmm = _agreement(_gmm_labels(student, points, start, 20), ids)
    assert_true(
        with_gmm > with_kmeans + 0.05,
        "GMM does not agree with the components clearly better than KMeans does.",
        detail=f"{with_gmm:.1%} agree for GMM, {with_kmeans:.1%} for KMeans",
        hint="KMeans can cut only half-way between centres; GMM weighs them by pi and sigma.",
    )
