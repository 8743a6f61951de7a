"""Limit, priors and flowers."""
import itertools

import numpy as np

from model import GaussianMixture
from steps import COVARIANCE_TYPES, log_likelihood, log_prior, m_step, responsibilities


def kmeans_limit(x_ND, means_KD, sigma):
    """Responsibilities of Gaussians with equal weights and one shared covariance sigma^2 I.

    As sigma shrinks they become the assignment of K-means: 1 for the nearest mean, 0 for the
    others. At sigma = 0 this limit is returned; means at the very same distance share the point.

    Args:
        x_ND: (N, D) array.
        means_KD: (K, D) array.
        sigma: the standard deviation, a number, zero or more.

    Returns:
        r_NK: (N, K) array; every row sums to one.

    Hint: only how much farther a mean is than the nearest one matters. sigma^2 may be zero as
    a float where sigma is not.
    """
    difference_NKD = np.asarray(x_ND, dtype=np.float64)[:, None, :] - np.asarray(means_KD)
    square_NK = np.einsum("nkd,nkd->nk", difference_NKD, difference_NKD)
    farther_NK = square_NK - square_NK.min(axis=1, keepdims=True)
    if sigma == 0:
        r_NK = (farther_NK == 0).astype(np.float64)
    else:
        with np.errstate(over="ignore"):  # exp(-inf) = 0 is what is meant
            r_NK = np.exp(-0.5 * (farther_NK / sigma) / sigma)
    return r_NK / r_NK.sum(axis=1, keepdims=True)


def map_m_step(x_ND, r_NK, prior):
    """The mixture with full covariances of largest posterior density, given responsibilities.

    It maximizes ``lower_bound`` + ``log_prior``: the joint mode of weights, means and
    covariances (Murphy 2012, 11.4.2.8).

    Args:
        x_ND: (N, D) array.
        r_NK: (N, K) array, the responsibilities.
        prior: dict, as in ``log_prior``.

    Returns:
        weights_K: (K,) array.
        means_KD: (K, D) array.
        covariances_KDD: (K, D, D) array.

    Hint: a component without points keeps what the prior says alone.
    """
    x_ND = np.asarray(x_ND, dtype=np.float64)
    r_NK = np.asarray(r_NK, dtype=np.float64)
    (N, D), K = x_ND.shape, r_NK.shape[1]
    alpha, kappa, nu = (float(prior[key]) for key in ("alpha", "kappa", "nu"))
    mean_D, scale_DD = (np.asarray(prior[key], dtype=np.float64) for key in ("mean", "scale"))
    mass_K = r_NK.sum(axis=0)
    weights_K = (mass_K + alpha - 1) / (N + K * (alpha - 1))
    means_KD = (kappa * mean_D + r_NK.T @ x_ND) / (kappa + mass_K)[:, None]
    covariances_KDD = np.empty((K, D, D))
    for k in range(K):
        # Taken about the new mean, scatter and pull towards the prior's mean have no cross term:
        # S_k + kappa N_k / (kappa + N_k) (xbar - mean)(xbar - mean)^T, without N_k = 0 in xbar.
        a_ND = np.sqrt(r_NK[:, k])[:, None] * (x_ND - means_KD[k])
        gap_D = means_KD[k] - mean_D
        posterior_DD = scale_DD + a_ND.T @ a_ND + kappa * np.outer(gap_D, gap_D)
        covariances_KDD[k] = posterior_DD / (nu + mass_K[k] + D + 2)
    return weights_K, means_KD, covariances_KDD


def map_fit(x_ND, start, prior, max_iter=100, tol=1e-6):
    """Fit a mixture with full covariances by EM for the posterior instead of the likelihood.

    Args:
        x_ND: (N, D) array.
        start: (weights_K, means_KD, covariances_KDD), the mixture to start from.
        prior: dict, as in ``log_prior``.
        max_iter: at most this many iterations.
        tol: stop once an iteration raises the objective by less than this.

    Returns:
        weights_K, means_KD, covariances_KDD: the fitted mixture.
        history: (T + 1,) array, ``log_likelihood`` + ``log_prior`` of the start and after each
            of the T iterations; it never falls.
    """
    mixture = tuple(np.asarray(part, dtype=np.float64) for part in start)
    history = [log_likelihood(x_ND, *mixture) + log_prior(*mixture, prior)]
    for _ in range(max_iter):
        mixture = map_m_step(x_ND, responsibilities(x_ND, *mixture), prior)
        history.append(log_likelihood(x_ND, *mixture) + log_prior(*mixture, prior))
        if history[-1] - history[-2] < tol:
            break
    return (*mixture, np.array(history))


def match_components(means_KD, x_ND, y_N):
    """Give every component the class whose mean it stands for.

    Args:
        means_KD: (K, D) array, the means of the components.
        x_ND: (N, D) array, points whose classes are known.
        y_N: (N,) array of integers 0 .. K - 1, their classes; every class occurs.

    Returns:
        class_K: (K,) array of integers; component k stands for class class_K[k]. Every class
            is given once, so that the sum of the squared distances between the means of the
            components and those of their classes is as small as it can be.

    Hint: for the few classes here, trying all ``itertools.permutations`` is fine.
    """
    x_ND, y_N, K = np.asarray(x_ND, dtype=np.float64), np.asarray(y_N), len(means_KD)
    class_means_KD = np.stack([x_ND[y_N == c].mean(axis=0) for c in range(K)])
    square_KK = ((np.asarray(means_KD)[:, None] - class_means_KD) ** 2).sum(axis=2)
    rows = np.arange(K)
    orders = (np.array(order) for order in itertools.permutations(range(K)))
    return min(orders, key=lambda order: square_KK[rows, order].sum())


def compare_types(x_train, y_train, x_test, y_test, max_iter=20):
    """Classify with a mixture of each covariance type, and say how often it is right.

    Each mixture has one component for every class. Its start is the M step of the true classes
    of the training data (responsibilities 0 or 1), handed over as ``weights_init``,
    ``means_init`` and ``precisions_init``. Then it is fitted to ``x_train`` without a look at
    ``y_train``, and its components get their classes by ``match_components`` with the training
    data.

    Args:
        x_train, y_train: (N, D) array and (N,) array of classes 0 .. K - 1, all of them.
        x_test, y_test: (M, D) and (M,) arrays; the test data need not hold all classes.
        max_iter: of the mixtures.

    Returns:
        dict: for each of the four covariance types a pair (train accuracy, test accuracy),
            shares of points between 0 and 1.
    """
    K = int(np.max(y_train)) + 1
    accuracies = {}
    for kind in COVARIANCE_TYPES:
        weights_K, means_KD, covariances = m_step(x_train, np.eye(K)[y_train], kind)
        matrices = kind in ("full", "tied")
        start = {"weights_init": weights_K, "means_init": means_KD}
        start["precisions_init"] = np.linalg.inv(covariances) if matrices else 1.0 / covariances
        mixture = GaussianMixture(K, kind, max_iter=max_iter, random_state=0, **start).fit(x_train)
        class_K = match_components(mixture.means_, x_train, y_train)
        accuracies[kind] = (
            float(np.mean(class_K[mixture.predict(x_train)] == y_train)),
            float(np.mean(class_K[mixture.predict(x_test)] == y_test)),
        )
    return accuracies


def covariance_ellipse(mean, covariance, n_std=2.0, n_points=100):
    """Points on an ellipse of equal density of a Gaussian in the plane, to be drawn as a line.

    Args:
        mean: (2,) array.
        covariance: (2, 2) array.
        n_std: how many standard deviations the ellipse is away from the mean.
        n_points: how many points.

    Returns:
        (n_points, 2) array, once round in order, evenly enough for a smooth line: the points x
            with (x - mean)^T covariance^-1 (x - mean) = n_std^2.

    Hint: a Cholesky factor, or eigenvectors and roots of eigenvalues, take a circle there.
    """
    angle = np.linspace(0, 2 * np.pi, n_points)
    circle = n_std * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    # The symmetric root keeps the points more even than a Cholesky factor does.
    values, vectors = np.linalg.eigh(np.asarray(covariance, dtype=np.float64))
    return np.asarray(mean) + circle @ (vectors * np.sqrt(np.maximum(values, 0.0))).T
