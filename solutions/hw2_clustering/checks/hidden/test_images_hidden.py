"""An image in few colours: KMeans and GMM on real pixels.

Assignment, E step and loop are the submission's own. Starts, and helpers whose edges would spoil a
picture (an empty cluster, a variance for a deviation), are put in: they are judged elsewhere.
"""

import imageio.v3 as iio
import numpy as np
from scipy.spatial.distance import cdist
from scipy.special import logsumexp, softmax

from autograder.compare import as_array, assert_true, unpack

STEP = 4
"""Every fourth pixel in both directions: a case costs little and the picture can be recognized."""


def _image(data):
    """Pixels (height, width, 3) and the same as points (N, 3), float32 as in the notebook."""
    pixels = iio.imread(data / "fruit.bmp")[::STEP, ::STEP, :3]
    return pixels, pixels.reshape(-1, 3).astype(np.float32)


def _whole_numbers(got, n, k):
    """Labels that may be floats: another case judges their dtype."""
    array = as_array(got, shape=(n,), kind="fi", what="cluster_idx").astype(np.float64)
    legal = bool(((array == np.rint(array)) & (array >= 0) & (array < k)).all())
    assert_true(legal, f"A label is not a whole number in 0..{k - 1}.")
    return array.astype(np.intp)


# KMeans. What is put in answers on this side of the wall, where an array has to cross it once only.
# Parameters are named as in the statement, since a loop may pass them by name.


def _move(old_centers, cluster_idx, points):
    ids = np.asarray(cluster_idx).astype(int)
    clusters = [points[ids == k] for k in range(len(old_centers))]
    return np.array([own.mean(axis=0, dtype=np.float64) if len(own) else old_centers[k]
                     for k, own in enumerate(clusters)])  # fmt: skip


def _loss(centers, cluster_idx, points):
    ids = np.asarray(cluster_idx).astype(int)
    return float(((points - centers[ids]) ** 2).sum(axis=1).mean())


def _pin_kmeans(student):
    # The loop comes with the handout: alone it earns nothing.
    tiny = np.array([[0.0], [4.0]])
    student.KMeans()._update_centers(tiny, np.array([0, 1]), tiny)
    student.replace("pairwise_dist", cdist)
    student.replace("KMeans._update_centers", _move)
    student.replace("KMeans._get_loss", _loss)


def _kmeans(km, points, K):
    """One run; ids (N,), centres (K, 3), mean squared distance."""
    got = unpack(km(points, K, max_iters=25), ("cluster_idx", "centers"), extra=1)
    cluster_idx = _whole_numbers(got[0], len(points), K)
    centers = as_array(got[1], shape=(K, 3), kind="f", what="the centres").astype(np.float64)
    loss = float(((points - centers[cluster_idx]) ** 2).sum(axis=1).mean())
    return cluster_idx, centers, loss


def _runs(side, starts, points):
    """A run from each start."""
    found = []
    for start in starts:
        side.replace("KMeans._init_centers", lambda *args, start=start, **kwargs: start)
        found.append(_kmeans(side.KMeans(), points, len(start)))
    return found


def _compress(student, reference, picture, once, rng, pixels, points, K):
    _pin_kmeans(student)
    # Several starts, the same for both sides: a wrong start is the business of other cases.
    starts = [
        points[rng.choice(len(points), K, replace=False)].astype(np.float64) for _ in range(3)
    ]
    yours = _runs(student, starts, points)
    theirs = once(lambda: _runs(reference, starts, points))
    panels = {"original": pixels}
    for label, runs in (("yours", yours), ("reference", theirs)):
        cluster_idx, centers, _ = min(runs, key=lambda run: run[2])
        panels[label] = centers[cluster_idx].reshape(pixels.shape)
    picture(f"The image in {K} colours, by KMeans", panels)
    your_loss, their_loss = (sum(run[2] for run in runs) / 3 for runs in (yours, theirs))
    assert_true(
        your_loss <= 1.03 * their_loss,
        f"The image in {K} colours is clearly further from the original than the reference's.",
        detail=f"mean squared distance {your_loss:.5g}, reference {their_loss:.5g}, in the mean "
        "of three runs from the same starts",
        hint="Look at the picture: are colours missing that the fruit has?",
    )


def test_kmeans_image_5_colors(student, reference, picture, data, once, rng):
    """KMeans finds 5 colours that are about as near to the image's as the reference's are."""
    _compress(student, reference, picture, once, rng, *_image(data), 5)


def test_kmeans_image_16_colors(student, reference, picture, data, once, rng):
    """KMeans finds 16 colours that are about as near to the image's as the reference's are."""
    _compress(student, reference, picture, once, rng, *_image(data), 16)


# GMM


def _ll_joint(points, pi, mu, sigma):
    weight = np.log(np.ravel(pi)) - (np.log(sigma) + np.log(2 * np.pi) / 2).sum(axis=1)
    return weight - (((points[:, None, :] - mu) / sigma) ** 2).sum(axis=2) / 2


def _m_step(points, gamma):
    mass = np.maximum(gamma.sum(axis=0), 1e-200)[:, None]
    mu = gamma.T @ points / mass
    # Of numbers up to 255 the squares cancel far above rounding.
    return gamma.mean(axis=0), mu, np.sqrt(np.maximum(gamma.T @ points**2 / mass - mu**2, 1e-12))


def _pin_gmm(student):
    tiny = np.array([[1.0], [2.0], [4.0]])
    student.GMM()._M_step(tiny, np.array([[0.5, 0.5], [0.9, 0.1], [0.2, 0.8]]))
    student.replace("softmax", lambda logits: softmax(logits, axis=1))
    student.replace("logsumexp", lambda logits: logsumexp(logits, axis=1, keepdims=True))
    student.replace("GMM._ll_joint", _ll_joint)
    student.replace("GMM._M_step", _m_step)


def _likelihood(points, pi, mu, sigma):
    """Mean log-likelihood of a point."""
    return float(logsumexp(_ll_joint(points, pi, mu, sigma), axis=1).mean())


def _gmm(side, start, points, max_iters):
    """One run; labels (N,), mu (K, 3), mean log-likelihood."""
    side.replace("GMM._init_components", lambda *args, **kwargs: start)
    K = len(start[1])
    got = unpack(side.GMM()(points, K, max_iters=max_iters), ("gamma", "(pi, mu, sigma)"), extra=1)
    gamma = as_array(got[0], shape=(len(points), K), kind="f", what="gamma")
    pi, mu, sigma = unpack(got[1], ("pi", "mu", "sigma"), what="(pi, mu, sigma)")
    pi = as_array(pi, shape=[(K,), (1, K)], kind="f", what="pi").reshape(K).astype(np.float64)
    mu = as_array(mu, shape=(K, 3), kind="f", what="mu").astype(np.float64)
    sigma = as_array(sigma, shape=(K, 3), kind="f", what="sigma").astype(np.float64)
    legal = bool((pi >= 0).all() and (sigma > 0).all())
    assert_true(legal, "A weight is below zero, or a standard deviation is not above zero.")
    with np.errstate(divide="ignore"):
        return gamma.argmax(axis=1), mu, _likelihood(points, pi, mu, sigma)


def _start_and_run(reference, seed, points, K, max_iters):
    reference.seed(seed)
    start = reference.GMM()._init_components(points, K)
    return start, _gmm(reference, start, points, max_iters)


def _mix(student, reference, picture, once, rng, pixels, points, K, max_iters):
    # A pixel stands for the values that were rounded to it. This also keeps areas of one colour
    # from drawing a component onto a single point, where the likelihood has no bound.
    points = points.astype(np.float64) + rng.uniform(-0.5, 0.5, points.shape)
    seed = int(rng.integers(2**31))
    start, theirs = once(lambda: _start_and_run(reference, seed, points, K, max_iters))
    _pin_gmm(student)
    yours = _gmm(student, start, points, max_iters)
    panels = {"original": pixels}
    for label, (cluster_idx, mu, _) in (("yours", yours), ("reference", theirs)):
        panels[label] = mu[cluster_idx].reshape(pixels.shape)
    picture(f"The image in {K} colours, by GMM", panels)
    assert_true(
        yours[2] >= theirs[2] - 0.03,
        f"{K} components describe the image's colours clearly worse than the reference's do.",
        detail=f"mean log-likelihood {yours[2]:.5g}, reference {theirs[2]:.5g}, from one start",
        hint=f"After {max_iters} iterations from the same start. Does the E step use the "
        "newest pi, mu and sigma?",
    )


def test_gmm_image_5_colors(student, reference, picture, data, once, rng):
    """GMM with 5 components describes the image's colours as well as the reference does."""
    _mix(student, reference, picture, once, rng, *_image(data), 5, 20)


def test_gmm_image_16_colors(student, reference, picture, data, once, rng):
    """GMM with 16 components describes the image's colours as well as the reference does."""
    _mix(student, reference, picture, once, rng, *_image(data), 16, 12)
