"""The functions below the class."""
import numpy as np
from scipy.linalg import solve_triangular
from scipy.special import gammaln, multigammaln, xlogy

COVARIANCE_TYPES = ("full", "tied", "diag", "spherical")


def kmeans_labels(x_ND, K, rng, restarts=5):
    """Cluster the points by K-means, as a start for EM (given).

    Lloyd's iterations from k-means++ starts; the best of ``restarts`` runs counts.

    Args:
        x_ND: (N, D) array.
        K: number of clusters, at most N.
        rng: numpy.random.Generator.

    Returns:
        labels_N: (N,) array of integers 0 .. K - 1.
    """
    x_ND = np.asarray(x_ND, dtype=np.float64)
    if len(x_ND) < K:
        raise ValueError(f"{len(x_ND)} points are too few for {K} components")
    best, best_loss = None, np.inf
    for _ in range(restarts):
        centers_KD = x_ND[[rng.integers(len(x_ND))]]
        while len(centers_KD) < K:  # k-means++: a far point is drawn with the larger probability
            gap_N = ((x_ND[:, None] - centers_KD) ** 2).sum(axis=2).min(axis=1)
            p_N = gap_N / gap_N.sum() if gap_N.sum() > 0 else None
            centers_KD = np.concatenate([centers_KD, x_ND[[rng.choice(len(x_ND), p=p_N)]]])
        labels_N = np.full(len(x_ND), -1)
        for _ in range(300):
            square_NK = ((x_ND[:, None] - centers_KD) ** 2).sum(axis=2)
            old_N, labels_N = labels_N, square_NK.argmin(axis=1)
            if (old_N == labels_N).all():
                break
            for k in set(labels_N.tolist()):
                centers_KD[k] = x_ND[labels_N == k].mean(axis=0)
        if best is None or square_NK.min(axis=1).sum() < best_loss:
            best, best_loss = labels_N, square_NK.min(axis=1).sum()
    return best


def log_prior(weights_K, means_KD, covariances_KDD, prior):
    """Log density of the conjugate prior of a mixture with full covariances (given).

    A Dirichlet distribution on the weights and, for every component, a normal-inverse-Wishart
    on mean and covariance (Murphy, Machine Learning: A Probabilistic Perspective, 2012, 4.6.3.2):

        Dir(w; alpha) prod_k N(m_k; mean, S_k / kappa) IW(S_k; scale, nu)

    Args:
        weights_K: (K,) array.
        means_KD: (K, D) array.
        covariances_KDD: (K, D, D) array.
        prior: dict of "alpha" (number, at least 1), "mean" (D,), "kappa" (number above 0),
            "scale" (D, D) and "nu" (number above D - 1).

    Returns:
        one float.
    """
    K, D = np.shape(means_KD)
    alpha, kappa, nu = (float(prior[key]) for key in ("alpha", "kappa", "nu"))
    scale_DD = np.asarray(prior["scale"], dtype=np.float64)
    total = gammaln(K * alpha) - K * gammaln(alpha) + xlogy(alpha - 1, weights_K).sum()
    for mean_D, covariance_DD in zip(means_KD, covariances_KDD, strict=True):
        _, log_det = np.linalg.slogdet(covariance_DD)
        gap_D = mean_D - prior["mean"]
        total += 0.5 * D * np.log(kappa / (2 * np.pi)) - 0.5 * log_det
        total -= 0.5 * kappa * gap_D @ np.linalg.solve(covariance_DD, gap_D)
        total += 0.5 * nu * np.linalg.slogdet(scale_DD)[1] - 0.5 * nu * D * np.log(2)
        total -= multigammaln(0.5 * nu, D) + 0.5 * (nu + D + 1) * log_det
        total -= 0.5 * np.trace(np.linalg.solve(covariance_DD, scale_DD))
    return float(total)


def _check_type(covariance_type):
    """Raises ValueError for a covariance type that there is not."""
    if covariance_type not in COVARIANCE_TYPES:
        raise ValueError(
            f"covariance_type is {covariance_type!r}; legal are {', '.join(COVARIANCE_TYPES)}"
        )


def _factors(covariances, covariance_type, K, D):
    """The K Cholesky factors: (K, D, D), lower, or (K, D) where they are diagonal.

    Raises ValueError for a covariance that is not positive definite.
    """
    _check_type(covariance_type)
    covariances = np.asarray(covariances, dtype=np.float64)
    if covariance_type in ("full", "tied"):
        try:
            factors = np.linalg.cholesky(covariances)
        except np.linalg.LinAlgError:
            raise ValueError(
                "a covariance is not positive definite; a larger reg_covar keeps it so"
            ) from None
        return np.broadcast_to(factors, (K, D, D))
    if not (covariances > 0).all():
        raise ValueError("a variance is not above zero; a larger reg_covar keeps it so")
    deviations = np.sqrt(covariances)
    return np.broadcast_to(deviations.reshape(K, -1), (K, D))


def _log_joint(x_ND, weights_K, means_KD, covariances, covariance_type):
    """log w_k + log N(x_n; m_k, S_k), (N, K); -inf for a component of weight zero."""
    with np.errstate(divide="ignore"):
        log_weights_K = np.log(np.asarray(weights_K, dtype=np.float64))
    return log_weights_K + log_gaussian(x_ND, means_KD, covariances, covariance_type)


def _log_sum_exp(logits_NK):
    """(N, 1); -inf for a row of nothing but -inf."""
    peak_N1 = np.maximum(logits_NK.max(axis=1, keepdims=True), np.finfo(np.float64).min)
    with np.errstate(divide="ignore"):
        return peak_N1 + np.log(np.exp(logits_NK - peak_N1).sum(axis=1, keepdims=True))


def full_covariances(covariances, covariance_type, K, D):
    """Write the covariances of any type as K matrices.

    Args:
        covariances: as said at the top of this file for its type.
        covariance_type: "full", "tied", "diag" or "spherical".
        K: number of components.
        D: number of dimensions.

    Returns:
        covariances_KDD: (K, D, D) array.
    """
    _check_type(covariance_type)
    covariances = np.asarray(covariances, dtype=np.float64)
    if covariance_type in ("full", "tied"):
        return np.broadcast_to(covariances, (K, D, D)).copy()
    return covariances.reshape(K, -1, 1) * np.eye(D)


def log_gaussian(x_ND, means_KD, covariances, covariance_type="full"):
    """Log density of every point under every Gaussian.

    Args:
        x_ND: (N, D) array.
        means_KD: (K, D) array.
        covariances: as said at the top of this file for its type.
        covariance_type: "full", "tied", "diag" or "spherical".

    Returns:
        (N, K) array; entry [n, k] is log N(x_n; m_k, S_k).

    Hint: with S = L L^T (``np.linalg.cholesky``) and z = L^-1 (x - m), the exponent is
    -|z|^2 / 2, and log det S = 2 sum of log L_dd. No determinant, no exp, no loop over points.
    """
    x_ND = np.asarray(x_ND, dtype=np.float64)
    means_KD = np.asarray(means_KD, dtype=np.float64)
    (N, D), K = x_ND.shape, len(means_KD)
    result_NK = np.empty((N, K))
    for k, factor in enumerate(_factors(covariances, covariance_type, K, D)):
        difference_ND = x_ND - means_KD[k]
        if factor.ndim == 2:
            z_ND = solve_triangular(factor, difference_ND.T, lower=True).T
            log_root_det = np.log(np.diag(factor)).sum()
        else:
            z_ND = difference_ND / factor
            log_root_det = np.log(factor).sum()
        square_N = np.einsum("nd,nd->n", z_ND, z_ND)
        result_NK[:, k] = -0.5 * square_N - log_root_det - 0.5 * D * np.log(2 * np.pi)
    return result_NK


def log_likelihood(x_ND, weights_K, means_KD, covariances, covariance_type="full"):
    """Log-likelihood of all points, summed.

    Args:
        x_ND: (N, D) array.
        weights_K: (K,) array, the weights; a weight may be zero.
        means_KD: (K, D) array, the means.
        covariances, covariance_type: as in ``log_gaussian``.

    Returns:
        one float: the sum over n of log(sum over k of w_k N(x_n; m_k, S_k)).

    Hint: take the largest of the K logarithms out of the sum before exp.
    """
    joint_NK = _log_joint(x_ND, weights_K, means_KD, covariances, covariance_type)
    return float(_log_sum_exp(joint_NK).sum())


def responsibilities(x_ND, weights_K, means_KD, covariances, covariance_type="full"):
    """Probability of every component, given the point (the E step).

    Args:
        as in ``log_likelihood``.

    Returns:
        r_NK: (N, K) array; every row sums to one.
    """
    joint_NK = _log_joint(x_ND, weights_K, means_KD, covariances, covariance_type)
    r_NK = np.exp(joint_NK - joint_NK.max(axis=1, keepdims=True))
    return r_NK / r_NK.sum(axis=1, keepdims=True)


def lower_bound(x_ND, r_NK, weights_K, means_KD, covariances, covariance_type="full"):
    """The bound on the log-likelihood that EM climbs.

    For any responsibilities r, by Jensen's inequality (Bishop, Pattern Recognition and Machine
    Learning, 2006, 9.4):

        sum_nk r_nk (log w_k + log N(x_n; m_k, S_k) - log r_nk) <= log-likelihood

    Args:
        x_ND: (N, D) array.
        r_NK: (N, K) array, any responsibilities: rows of probabilities, zeros allowed.
        the others: as in ``log_likelihood``.

    Returns:
        one float.

    Hint: 0 log 0 counts as 0.
    """
    r_NK = np.asarray(r_NK, dtype=np.float64)
    joint_NK = _log_joint(x_ND, weights_K, means_KD, covariances, covariance_type)
    used_NK = r_NK > 0
    r, joint = r_NK[used_NK], joint_NK[used_NK]
    return float((r * (joint - np.log(r))).sum())


def m_step(x_ND, r_NK, covariance_type="full", reg_covar=1e-6):
    """The mixture that fits the points best, given the responsibilities.

    Args:
        x_ND: (N, D) array.
        r_NK: (N, K) array, the responsibilities.
        covariance_type: "full", "tied", "diag" or "spherical".
        reg_covar: this number is added to every variance (to the diagonals of matrices).

    Returns:
        weights_K: (K,) array; they sum to one.
        means_KD: (K, D) array.
        covariances: as said at the top of this file for its type.

    Hint: a component without any weight must still get finite numbers.
    """
    _check_type(covariance_type)
    x_ND = np.asarray(x_ND, dtype=np.float64)
    r_NK = np.asarray(r_NK, dtype=np.float64)
    N, D = x_ND.shape
    mass_K = r_NK.sum(axis=0)
    weights_K = mass_K / mass_K.sum()
    # A dead component has weight 0 and, to stay finite, mean and covariance of all points.
    share_NK = np.where(mass_K < 1e-200, 1.0 / N, r_NK / np.maximum(mass_K, 1e-200))
    means_KD = share_NK.T @ x_ND
    # The differences themselves: the mean of squares less the square of the mean cancels.
    rooted_KND = np.sqrt(share_NK.T)[:, :, None] * (x_ND - means_KD[:, None, :])
    if covariance_type in ("full", "tied"):
        covariances = rooted_KND.transpose(0, 2, 1) @ rooted_KND
        if covariance_type == "tied":
            covariances = np.tensordot(weights_K, covariances, axes=1)
        covariances = covariances + reg_covar * np.eye(D)
    else:
        covariances = (rooted_KND**2).sum(axis=1) + reg_covar
        if covariance_type == "spherical":
            covariances = covariances.mean(axis=1)
    return weights_K, means_KD, covariances
