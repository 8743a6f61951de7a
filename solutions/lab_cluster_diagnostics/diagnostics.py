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
    ### BEGIN SOLUTION: K rows of points, each drawn with probability by squared distance
    # D. Arthur and S. Vassilvitskii, "k-means++: the advantages of careful seeding", SODA 2007,
    # section 2.2: the first centre uniformly, every further one with probability D(x)² / sum D².
    points = np.asarray(points, dtype=np.float64)
    N = len(points)
    if not 1 <= K <= N:
        raise ValueError(f"K is {K}; there are {N} points, so it has to be in 1..{N}")
    rows = [np.random.randint(N)]
    square_N = np.full(N, np.inf)
    for _ in range(K - 1):
        # Differences, not the expanded square: far from the origin that loses every digit.
        square_N = np.minimum(square_N, np.sum((points - points[rows[-1]]) ** 2, axis=1))
        total = square_N.sum()
        if total > 0:
            rows.append(np.random.choice(N, p=square_N / total))
        else:  # every point lies on a centre: fewer places than K
            rows.append(np.random.randint(N))
    return points[rows]
    ### END SOLUTION


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
    ### BEGIN SOLUTION: the best of n_init runs, each from a start of its own
    if algorithm not in KINDS:
        raise ValueError(f"algorithm is {algorithm!r}; it is one of {', '.join(KINDS)}")
    if n_init < 1:
        raise ValueError(f"n_init is {n_init}; at least one run is needed")
    best, best_loss = None, np.inf
    for _ in range(n_init):
        start_KD = kmeans_plus_plus(points, K)
        if algorithm == "kmeans":
            run = kmeans(points, start_KD)
            loss = run["cost"]
        else:
            run = gmm(points, start_KD)
            loss = -run["log_likelihood"]
        if loss < best_loss:  # never true of NaN
            best, best_loss = run, loss
    if best is None:
        raise ValueError(f"none of {n_init} runs of {algorithm} ended in a finite number")
    return best
    ### END SOLUTION


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
    ### BEGIN SOLUTION: share of points that agree under the best one-to-one matching of names
    from scipy.optimize import linear_sum_assignment

    labels_a, labels_b = np.asarray(labels_a), np.asarray(labels_b)
    if labels_a.ndim != 1 or labels_a.shape != labels_b.shape or not len(labels_a):
        raise ValueError(
            f"labels of shape {labels_a.shape} and {labels_b.shape}; both have to be (N,), N > 0"
        )
    names_a, a_N = np.unique(labels_a, return_inverse=True)
    names_b, b_N = np.unique(labels_b, return_inverse=True)
    # meets_AB[i, j]: points that are in cluster i of a and in cluster j of b. H. W. Kuhn, "The
    # Hungarian method for the assignment problem", 1955; A and B may differ.
    meets_AB = np.zeros((len(names_a), len(names_b)), dtype=np.int64)
    np.add.at(meets_AB, (a_N, b_N), 1)
    pairs = linear_sum_assignment(meets_AB, maximize=True)
    return float(meets_AB[pairs].sum() / len(a_N))
    ### END SOLUTION


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
    ### BEGIN SOLUTION: diagnosis, iterations, first_rise and remaining
    costs = np.asarray(costs, dtype=np.float64)
    if costs.ndim != 1 or len(costs) < 2:
        raise ValueError(f"costs of shape {costs.shape}; at least one iteration is needed")
    steps = len(costs) - 1
    if steps > max_iters:
        raise ValueError(f"{steps} iterations cannot come from a run with max_iters={max_iters}")
    report = {"remaining": None, "diagnosis": "not finite", "iterations": steps, "first_rise": None}
    if not np.all(np.isfinite(costs)):
        return report
    fall_T = costs[:-1] - costs[1:]
    rises_T = -fall_T > RISE * np.abs(costs[:-1])
    if rises_T.any():
        return report | {"diagnosis": "rises", "first_rise": int(rises_T.argmax()) + 1}

    # Aitken's extrapolation: near its end a run of K-means or EM shrinks its steps by a constant
    # factor r, so what is left is last * (r + r² + ...) = last * r / (1 - r). As a stopping rule
    # for EM: D. Böhning et al., Annals of the Institute of Statistical Mathematics 46 (1994).
    last = fall_T[-1]
    if last <= 0:
        remaining = 0.0
    elif steps == 1 or fall_T[-2] <= last:  # a slow start looks just like this
        remaining = np.inf
    else:
        remaining = last**2 / (fall_T[-2] - last)

    if abs(last) > tol * abs(costs[-2]):
        diagnosis = "too few iterations" if steps == max_iters else "stopped early"
    elif remaining > LOOSE_SHARE * (costs[0] - costs[-1]):
        diagnosis = "tolerance too loose"
    else:
        diagnosis = "converged"
    return report | {"diagnosis": diagnosis, "remaining": float(remaining)}
    ### END SOLUTION


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
    ### BEGIN SOLUTION: eigenvalues, rank, condition and diagnosis
    covariance = np.asarray(covariance, dtype=np.float64)
    if covariance.ndim != 2 or len(covariance) != covariance.shape[1] or not covariance.size:
        raise ValueError(f"a covariance of shape {covariance.shape}; it has to be (D, D)")
    if not np.all(np.isfinite(covariance)):
        raise ValueError("the covariance holds numbers that are not finite")
    size = np.abs(covariance).max()
    if np.abs(covariance - covariance.T).max() > 1e-8 * size:
        raise ValueError("the covariance is not symmetric")
    eigenvalues = np.linalg.eigvalsh((covariance + covariance.T) / 2)
    # eigvalsh is backward stable: its values are off by no more than a small multiple of
    # eps * |largest| (N. J. Higham, "Accuracy and Stability of Numerical Algorithms", 2002). The
    # bound is the one of numpy's and MATLAB's `rank`.
    noise = len(covariance) * np.finfo(np.float64).eps * np.abs(eigenvalues).max()
    rank = int(np.sum(eigenvalues > noise))
    full = rank == len(covariance)
    condition = float(eigenvalues[-1] / eigenvalues[0]) if full else np.inf
    if eigenvalues[0] < -noise:
        diagnosis = "indefinite"
    elif not full:
        diagnosis = "singular"
    else:
        diagnosis = "ill-conditioned" if condition > ILL_CONDITION else "well-conditioned"
    return {
        "eigenvalues": eigenvalues,
        "rank": rank,
        "condition": condition,
        "diagnosis": diagnosis,
    }
    ### END SOLUTION


def regularize(covariance, shrinkage):
    """Shrink a covariance matrix towards a multiple of the identity with the same trace.

    Args:
        covariance: (D, D) array, symmetric.
        shrinkage: from 0 (nothing changes) to 1 (nothing of the matrix is left but its trace).

    Returns:
        (D, D) array.
    """
    ### BEGIN SOLUTION: (1 - s) S + s (trace(S) / D) I
    # O. Ledoit and M. Wolf, "A well-conditioned estimator for large-dimensional covariance
    # matrices", Journal of Multivariate Analysis 88 (2004): the target m I, m the mean eigenvalue.
    if not 0 <= shrinkage <= 1:
        raise ValueError(f"shrinkage is {shrinkage}; it has to be in 0..1")
    covariance = np.asarray(covariance, dtype=np.float64)
    D = len(covariance)
    return (1 - shrinkage) * covariance + shrinkage * np.trace(covariance) / D * np.eye(D)
    ### END SOLUTION


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
    ### BEGIN SOLUTION: z, mean and scale
    points = np.asarray(points, dtype=np.float64)
    mean_D, scale_D = points.mean(axis=0), points.std(axis=0)
    # The mean of equal values may be off in its last digit, and their deviation then is not zero.
    constant_D = np.all(points == points[0], axis=0)
    mean_D = np.where(constant_D, points[0], mean_D)
    scale_D = np.where(constant_D, 1.0, scale_D)
    return (points - mean_D) / scale_D, mean_D, scale_D
    ### END SOLUTION


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
    ### BEGIN SOLUTION: scores, components and variances
    points = np.asarray(points, dtype=np.float64)
    N, D = points.shape
    if not 1 <= n_components <= min(N, D):
        raise ValueError(f"n_components is {n_components}; it has to be in 1..{min(N, D)}")
    centered_ND = points - points.mean(axis=0)
    # The singular vectors of the points themselves: forming their covariance squares the
    # condition number (G. H. Golub and C. F. Van Loan, "Matrix Computations", section 8.6).
    _, singular, components = np.linalg.svd(centered_ND, full_matrices=False)
    components = components[:n_components]
    return centered_ND @ components.T, components, singular[:n_components] ** 2 / N
    ### END SOLUTION


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
    ### BEGIN SOLUTION: p log(N) - 2 log-likelihood, with p the number of free parameters
    # G. Schwarz, "Estimating the dimension of a model", Annals of Statistics 6 (1978).
    if kind not in KINDS:
        raise ValueError(f"kind is {kind!r}; it is one of {', '.join(KINDS)}")
    deviations = 1 if kind == "kmeans" else K * D
    parameters = K * D + deviations + (K - 1)  # the weights sum to one
    return float(parameters * np.log(N) - 2 * log_likelihood)
    ### END SOLUTION


def silhouette(points, labels):
    """Mean silhouette of the points: near 1 where clusters are compact and far apart.

    Args:
        points: (N, D) array.
        labels: (N,) integers, any names.

    Returns:
        a float from -1 to 1.
    """
    ### BEGIN SOLUTION: mean over the points of (b - a) / max(a, b)
    # P. J. Rousseeuw, "Silhouettes: a graphical aid to the interpretation and validation of
    # cluster analysis", Journal of Computational and Applied Mathematics 20 (1987).
    points = np.asarray(points, dtype=np.float64)
    names, own_N = np.unique(np.asarray(labels), return_inverse=True)
    if len(names) < 2:
        return 0.0
    N, K = len(points), len(names)
    member_NK = np.eye(K)[own_N]
    size_K = member_NK.sum(axis=0)
    sum_NK = np.empty((N, K))  # distances of point i to all points of cluster k
    for rows in np.array_split(np.arange(N), -(-N // 256)):
        distance_BN = np.sqrt(np.sum((points[rows, None, :] - points) ** 2, axis=2))
        sum_NK[rows] = distance_BN @ member_NK
    each = np.arange(N)
    # A point is no neighbour of its own; where it has none, its silhouette is zero.
    own_size_N = size_K[own_N]
    within_N = sum_NK[each, own_N] / np.maximum(own_size_N - 1, 1)
    mean_NK = sum_NK / size_K
    mean_NK[each, own_N] = np.inf
    nearest_N = mean_NK.min(axis=1)
    larger_N = np.maximum(within_N, nearest_N)
    counts_N = (own_size_N > 1) & (larger_N > 0)
    larger_N = np.where(counts_N, larger_N, 1.0)
    return float(np.mean(np.where(counts_N, (nearest_N - within_N) / larger_N, 0.0)))
    ### END SOLUTION


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
    ### BEGIN SOLUTION: the table of scores and the best model by each criterion
    Ks = [int(K) for K in Ks]
    N, D = np.shape(train)
    table = {name: np.empty((len(KINDS), len(Ks))) for name in ("held_out", "bic", "silhouette")}
    for i, kind in enumerate(KINDS):
        for j, K in enumerate(Ks):
            model = fit_model(train, K, kind)
            mixture = model["pi"], model["mu"], model["sigma"]
            table["held_out"][i, j] = mean_log_density(valid, *mixture)
            log_likelihood = N * mean_log_density(train, *mixture)
            table["bic"][i, j] = bic(log_likelihood, kind, N, D, K)
            table["silhouette"][i, j] = silhouette(train, model["labels"])
    # The simplest first, so that of equals it is found first: few clusters, then K-means.
    order = sorted((K, i, j) for i in range(len(KINDS)) for j, K in enumerate(Ks))
    best = {}
    for name, scores in table.items():
        losses = scores if name == "bic" else -scores
        legal = [place for place in order if not np.isnan(losses[place[1:]])]
        if not legal:
            raise ValueError(f"{name} is NaN for every model")
        K, i, _ = min(legal, key=lambda place: losses[place[1:]])
        best[name] = (KINDS[i], K)
    return table, best
    ### END SOLUTION
