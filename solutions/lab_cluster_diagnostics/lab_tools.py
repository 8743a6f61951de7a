"""Given: the clustering algorithms and the data that the lab puts under the magnifying glass.

Nothing to write here. The grader uses its own copy of this file, so changes that you make are
yours alone. Shapes: N points (rows), D dimensions, K clusters or components, T iterations.
"""

import numpy as np

KINDS = ("kmeans", "gmm")
"""The two kinds of model, the simpler one first."""


# Algorithms ---------------------------------------------------------------------------------


def kmeans(points, centers, max_iters=100, tol=0.0):
    """K-means from given centres: assign every point, move every centre, again and again.

    Args:
        points: (N, D) array.
        centers: (K, D) array, where to start.
        max_iters: at most this many iterations.
        tol: stop once the cost changes by no more than ``tol`` times the cost before.

    Returns:
        a dict with
        cluster_idx: (N,) integers, the nearest of the centres returned.
        centers: (K, D) array.
        cost: the sum of the squared distances of the points to their centres.
        costs: (T + 1,) array; ``costs[0]`` is that of the start, ``costs[t]`` that after
            iteration t, and ``costs[-1]`` is ``cost``.
    """
    points = np.asarray(points, dtype=np.float64)
    centers = np.array(centers, dtype=np.float64)
    cluster_idx, cost = _assign(points, centers)
    costs = [cost]
    for _ in range(max_iters):
        for k in range(len(centers)):
            members = points[cluster_idx == k]
            if len(members):  # a centre without points stays where it is
                centers[k] = members.mean(axis=0)
        cluster_idx, cost = _assign(points, centers)
        costs.append(cost)
        if abs(costs[-2] - cost) <= tol * abs(costs[-2]):
            break
    return {"cluster_idx": cluster_idx, "centers": centers, "cost": cost, "costs": np.array(costs)}


def gmm(points, centers, max_iters=200, tol=1e-6):
    """EM for a mixture of normal distributions with diagonal covariance, from given means.

    The start has equal weights and, in every component, the deviations of all points. No
    deviation falls below a thousandth of that, so no component can shrink onto one point.

    Args:
        points: (N, D) array; no column is constant.
        centers: (K, D) array, the means to start from.
        max_iters: at most this many iterations.
        tol: stop once the cost changes by no more than ``tol`` times (the size of) the cost before.

    Returns:
        a dict with
        pi, mu, sigma: (K,), (K, D) and (K, D) arrays: weights, means, standard deviations.
        cluster_idx: (N,) integers, the most probable component of every point.
        log_likelihood: the log-likelihood of all points, a sum.
        costs: (T + 1,) array: minus the log-likelihood divided by N, for the start and after
            every iteration.
    """
    points = np.asarray(points, dtype=np.float64)
    mu = np.array(centers, dtype=np.float64)
    spread_D = points.std(axis=0)
    pi, sigma = np.full(len(mu), 1 / len(mu)), np.tile(spread_D, (len(mu), 1))
    joint_NK = log_joint(points, pi, mu, sigma)
    costs = [-np.mean(_log_sum(joint_NK))]
    for _ in range(max_iters):
        gamma_NK = np.exp(joint_NK - _log_sum(joint_NK)[:, None])
        # A component that lost all its weight stays finite.
        mass_K = np.maximum(gamma_NK.sum(axis=0), 1e-200)
        pi = mass_K / mass_K.sum()
        mu = gamma_NK.T @ points / mass_K[:, None]
        for k in range(len(mu)):
            variance_D = gamma_NK[:, k] @ (points - mu[k]) ** 2 / mass_K[k]
            sigma[k] = np.maximum(np.sqrt(variance_D), 1e-3 * spread_D)
        joint_NK = log_joint(points, pi, mu, sigma)
        costs.append(-np.mean(_log_sum(joint_NK)))
        if abs(costs[-2] - costs[-1]) <= tol * abs(costs[-2]):
            break
    return {
        "pi": pi,
        "mu": mu,
        "sigma": sigma,
        "cluster_idx": joint_NK.argmax(axis=1),
        "log_likelihood": -costs[-1] * len(points),
        "costs": np.array(costs),
    }


def log_joint(points, pi, mu, sigma):
    """(N, K) array: log of the weight times the density of component k at point i."""
    z_NKD = (np.asarray(points)[:, None, :] - mu) / sigma
    with np.errstate(divide="ignore"):  # a weight of zero has the logarithm -inf
        log_pi_K = np.log(pi)
    return log_pi_K - np.sum(0.5 * z_NKD**2 + np.log(sigma) + 0.5 * np.log(2 * np.pi), axis=2)


def mean_log_density(points, pi, mu, sigma):
    """The log-likelihood of the points under a mixture, divided by their number."""
    return float(np.mean(_log_sum(log_joint(points, pi, mu, sigma))))


def fit_model(points, K, kind):
    """A model of the points with K clusters, as a mixture of normal distributions.

    Ten starts from random rows, the same ones at every call; the best K-means is kept. For the
    kind "kmeans" it becomes the mixture that K-means has in mind: a weight for every cluster, and
    **one** deviation for all clusters and all columns. For "gmm" its centres are the start of
    ``gmm``, where every component has deviations of its own.

    Args:
        points: (N, D) array.
        K: number of clusters.
        kind: "kmeans" or "gmm".

    Returns:
        a dict with ``pi`` (K,), ``mu`` (K, D), ``sigma`` (K, D) and ``labels`` (N,).
    """
    if kind not in KINDS:
        raise ValueError(f"kind is {kind!r}; it is one of {', '.join(KINDS)}")
    points = np.asarray(points, dtype=np.float64)
    N, D = points.shape
    # A generator of its own: a table of models should not change from one call to the next.
    draw = np.random.default_rng(0)
    starts = [points[draw.choice(N, K, replace=False)] for _ in range(10)]
    best = min((kmeans(points, start) for start in starts), key=lambda run: run["cost"])
    if kind == "gmm":
        run = gmm(points, best["centers"])
        return {name: run[name] for name in ("pi", "mu", "sigma")} | {"labels": run["cluster_idx"]}
    return {
        "pi": np.bincount(best["cluster_idx"], minlength=K) / N,
        "mu": best["centers"],
        "sigma": np.full((K, D), np.sqrt(max(best["cost"] / (N * D), 1e-300))),
        "labels": best["cluster_idx"],
    }


def _assign(points, centers):
    """The nearest centre of every point, and the sum of the squared distances to them."""
    square_NK = np.sum((points[:, None, :] - centers) ** 2, axis=2)
    return square_NK.argmin(axis=1), float(square_NK.min(axis=1).sum())


def _log_sum(joint_NK):
    """log(sum(exp(row))) of every row."""
    peak_N1 = joint_NK.max(axis=1, keepdims=True)
    return np.log(np.exp(joint_NK - peak_N1).sum(axis=1)) + peak_N1[:, 0]


# Data of the experiments --------------------------------------------------------------------


def three_blobs(rng):
    """Experiment 1: 100 points in the plane, 30, 30 and 40 around three places on a diagonal."""
    points = rng.normal(size=(100, 2))
    points[:30] += 5
    points[60:] -= 5
    return points


def two_overlapping(rng, N=100):
    """Experiment 2: two clouds whose middles are closer to each other than the clouds are wide."""
    root = np.linalg.cholesky([[1.0, 0.5], [0.5, 1.0]])
    points = rng.normal(size=(N, 2)) @ root.T
    points[N // 2 :] += 0.5
    return points


def many_dimensions(rng, N=100, D=100):
    """Experiment 3: N points in D dimensions, two clouds with variances 0.2 and 0.3."""
    points = rng.normal(size=(N, D)) * np.sqrt(0.2)
    points[N // 2 :] *= np.sqrt(0.3 / 0.2)
    points[N // 2 :] += 0.5
    return points


def mixed_units(rng, N=300):
    """Experiment 4: three groups and six columns; the groups differ in four of them.

    Column 0 is in grams and says nothing about the groups, columns 1 to 4 are small numbers, and
    column 5 is the same for everybody. Returns the points and the number of each one's group.
    """
    groups = rng.integers(3, size=N)
    middles = np.array([[0.0, 0.0], [1.0, 0.0], [0.5, 0.9]])
    shadows = np.array([[1.0, 0.0, 0.7, 0.7], [0.0, 1.0, 0.7, -0.7]])
    small = middles[groups] @ shadows + 0.1 * rng.normal(size=(N, 4))
    grams = 60_000 + 9_000 * rng.normal(size=(N, 1))
    device = np.full((N, 1), 7.0)
    return np.concatenate([grams, small, device], axis=1), groups


def uneven_clouds(rng, N=400):
    """Experiment 5: three clouds of unequal size and width, one of them long and thin."""
    middles = np.array([[0.0, 0.0], [4.0, 0.0], [2.0, 3.0]])
    widths = np.array([[0.3, 2.0], [0.4, 0.4], [1.2, 0.15]])
    groups = rng.choice(3, size=N, p=[0.5, 0.2, 0.3])
    return middles[groups] + widths[groups] * rng.normal(size=(N, 2))
