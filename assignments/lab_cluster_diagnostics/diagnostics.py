"""Is it my clustering that is broken, or my data? Tools that tell.

README.md states the task and the rules. Shapes: N points (rows), D dimensions,
K clusters or components, T iterations, P principal components.
"""

import numpy as np
from lab_tools import KINDS, fit_model, gmm, kmeans, mean_log_density

RISE = 1e-9
"""A cost rises where it grows by more than this share of its size; less is rounding."""

LOOSE_SHARE = 0.01
"""A tolerance is too loose where more than this share of the whole fall is still to come."""

ILL_CONDITION = 1e8
"""A covariance with a larger condition number is ill-conditioned."""


# 1. Initialization ---------------------------------------------------------------------------


def kmeans_plus_plus(points, K):
    """Draw K starting centres by the D² law of k-means++.

    Args:
        points: (N, D) array.
        K: number of centres, at most N.

    Returns:
        centers: (K, D) array of rows of ``points``, in the order in which they were drawn.

    Hint: keep, for every point, the squared distance to the nearest centre so far; a new centre
    can only make it smaller. ``np.random.choice`` takes probabilities as ``p=``.
    """
    raise NotImplementedError(
        "kmeans_plus_plus: K rows of points, each drawn with probability by squared distance"
    )


def best_of_n_init(points, K, n_init, algorithm="kmeans"):
    """Run K-means or the GMM from several starts and keep the best run.

    Args:
        points: (N, D) array.
        K: number of clusters.
        n_init: how many runs, at least one.
        algorithm: "kmeans" or "gmm".

    Returns:
        the dict that ``kmeans`` or ``gmm`` of ``lab_tools`` returned for the best run.
    """
    raise NotImplementedError(
        "best_of_n_init: the best of n_init runs, each from a start of its own"
    )


def label_agreement(labels_a, labels_b):
    """Share of the points on which two labellings agree, whatever the clusters are called.

    Args:
        labels_a: (N,) integers, the names of the clusters of one run.
        labels_b: (N,) integers, those of another run.

    Returns:
        a float from 0 to 1.

    Hint: count how often each name of one meets each name of the other.
    ``scipy.optimize.linear_sum_assignment`` then finds the best one-to-one matching.
    """
    raise NotImplementedError(
        "label_agreement: share of points that agree under the best one-to-one matching of names"
    )


# 2. Convergence ------------------------------------------------------------------------------


def convergence_report(costs, max_iters, tol):
    """Say how a run ended, from the history of its costs.

    Args:
        costs: (T + 1,) floats, the cost of the start and after each of T iterations.
        max_iters: the limit of iterations that the run had.
        tol: its tolerance: it was to stop once the cost changed by no more than ``tol`` times
            the size of the cost before.

    Returns:
        a dict with
        diagnosis: "not finite", "rises", "too few iterations", "stopped early", "tolerance too
            loose" or "converged"; the statement says when.
        iterations: T.
        first_rise: the smallest t for which the cost rises from ``costs[t - 1]`` to
            ``costs[t]``, or None. (None if the diagnosis is "not finite".)
        remaining: estimate of how far the cost would still fall, a float, may be infinite. (None
            if the diagnosis is "not finite" or "rises".)
    """
    raise NotImplementedError("convergence_report: diagnosis, iterations, first_rise and remaining")


# 3. Covariances ------------------------------------------------------------------------------


def condition_report(covariance):
    """Say whether a covariance matrix can be inverted, and how far that can be trusted.

    Args:
        covariance: (D, D) array, symmetric.

    Returns:
        a dict with
        eigenvalues: (D,) array, from the smallest to the largest.
        rank: how many eigenvalues count as larger than zero, an int.
        condition: the largest eigenvalue divided by the smallest; infinite unless rank is D.
        diagnosis: "indefinite", "singular", "ill-conditioned" or "well-conditioned".
    """
    raise NotImplementedError("condition_report: eigenvalues, rank, condition and diagnosis")


def regularize(covariance, shrinkage):
    """Shrink a covariance matrix towards a multiple of the identity with the same trace.

    Args:
        covariance: (D, D) array, symmetric.
        shrinkage: from 0 (nothing changes) to 1 (nothing of the matrix is left but its trace).

    Returns:
        (D, D) array.
    """
    raise NotImplementedError("regularize: (1 - s) S + s (trace(S) / D) I")


# 4. Preprocessing ----------------------------------------------------------------------------


def standardize(points):
    """Give every column mean 0 and standard deviation 1.

    Args:
        points: (N, D) array.

    Returns:
        z: (N, D) array. A column whose values are all equal becomes zeros.
        mean: (D,) array, the means of the columns.
        scale: (D,) array, their standard deviations (divided by N); 1 for a column whose values
            are all equal.
    """
    raise NotImplementedError("standardize: z, mean and scale")


def pca(points, n_components):
    """Principal components of the points.

    Args:
        points: (N, D) array.
        n_components: how many (P), at most the smaller of N and D.

    Returns:
        scores: (N, P) array, the coordinates of the centred points along the components.
        components: (P, D) array; its rows are unit vectors at right angles to each other, the
            one of the largest variance first. Their signs do not matter.
        variances: (P,) array, the variances of the scores (divided by N).
    """
    raise NotImplementedError("pca: scores, components and variances")


# 5. Model choice -----------------------------------------------------------------------------


def bic(log_likelihood, kind, N, D, K):
    """The Bayesian information criterion of a model; smaller is better.

    Args:
        log_likelihood: the log-likelihood of all N points that the model was fitted to, a sum.
        kind: "kmeans" (one deviation for everything) or "gmm" (one for each component and column).
        N, D, K: number of points, dimensions and clusters.

    Returns:
        a float.
    """
    raise NotImplementedError(
        "bic: p log(N) - 2 log-likelihood, with p the number of free parameters"
    )


def silhouette(points, labels):
    """Mean silhouette of the points: near 1 where clusters are compact and far apart.

    Args:
        points: (N, D) array.
        labels: (N,) integers, any names.

    Returns:
        a float from -1 to 1.
    """
    raise NotImplementedError("silhouette: mean over the points of (b - a) / max(a, b)")


def choose_model(train, valid, Ks):
    """Compare K-means with the GMM, for several numbers of clusters, by three criteria.

    Args:
        train: (N, D) array; models are fitted to these points.
        valid: (M, D) array of other points from the same source.
        Ks: the numbers of clusters to try, a list.

    Returns:
        table: a dict of three (2, len(Ks)) arrays. Row 0 is K-means, row 1 the GMM (the order of
            ``KINDS``); the columns are in the order of ``Ks``.
            held_out: mean log density of the points of ``valid``; larger is better.
            bic: of the fit to ``train``; smaller is better.
            silhouette: of the points of ``train`` and their labels; larger is better.
        best: a dict from the name of each criterion to the pair (kind, K) that it prefers.
    """
    raise NotImplementedError(
        "choose_model: the table of scores and the best model by each criterion"
    )
