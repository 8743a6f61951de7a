"""Mixtures of Gaussians: the likelihood and its bound, EM, K-means as a limit, MAP, Iris.

README.md states the task and the rules. Shapes: N points (rows), D dimensions, K components.

Covariances come in four forms, those of scikit-learn:

    "full"       (K, D, D)  every component has a matrix of its own
    "tied"       (D, D)     all components share one matrix
    "diag"       (K, D)     every component has a variance for each dimension
    "spherical"  (K,)       every component has one variance for all dimensions

They always hold variances, never standard deviations.
"""

import itertools

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


### BEGIN SOLUTION
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


### END SOLUTION
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
    ### BEGIN SOLUTION: the covariances as a (K, D, D) array, one matrix for every component
    _check_type(covariance_type)
    covariances = np.asarray(covariances, dtype=np.float64)
    if covariance_type in ("full", "tied"):
        return np.broadcast_to(covariances, (K, D, D)).copy()
    return covariances.reshape(K, -1, 1) * np.eye(D)
    ### END SOLUTION


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
    ### BEGIN SOLUTION: log density of every point under every component, from Cholesky factors
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
    ### END SOLUTION


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
    ### BEGIN SOLUTION: sum over the points of the log density of the mixture
    joint_NK = _log_joint(x_ND, weights_K, means_KD, covariances, covariance_type)
    return float(_log_sum_exp(joint_NK).sum())
    ### END SOLUTION


def responsibilities(x_ND, weights_K, means_KD, covariances, covariance_type="full"):
    """Probability of every component, given the point (the E step).

    Args:
        as in ``log_likelihood``.

    Returns:
        r_NK: (N, K) array; every row sums to one.
    """
    ### BEGIN SOLUTION: Bayes' rule, in logarithms: p(component | point), rows sum to one
    joint_NK = _log_joint(x_ND, weights_K, means_KD, covariances, covariance_type)
    r_NK = np.exp(joint_NK - joint_NK.max(axis=1, keepdims=True))
    return r_NK / r_NK.sum(axis=1, keepdims=True)
    ### END SOLUTION


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
    ### BEGIN SOLUTION: the expected log joint density plus the entropy of the responsibilities
    r_NK = np.asarray(r_NK, dtype=np.float64)
    joint_NK = _log_joint(x_ND, weights_K, means_KD, covariances, covariance_type)
    used_NK = r_NK > 0
    r, joint = r_NK[used_NK], joint_NK[used_NK]
    return float((r * (joint - np.log(r))).sum())
    ### END SOLUTION


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
    ### BEGIN SOLUTION: weights, means and covariances that maximize the bound
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
    ### END SOLUTION


class GaussianMixture:
    """A mixture of Gaussians fitted by EM, with the words of scikit-learn's class.

    After ``fit``, an object has:

        weights_: (K,) array.
        means_: (K, D) array.
        covariances_: as said at the top of this file for its type.
        lower_bound_: float, the bound after the last E step, divided by N.
        converged_: bool, whether the bound changed by less than tol.
        n_iter_: int, the number of iterations.

    ``predict``, ``predict_proba``, ``score`` and ``sample`` read ``weights_``, ``means_`` and
    ``covariances_`` and nothing else that ``fit`` leaves: they work for whoever sets these three.
    """

    def __init__(
        self,
        n_components=1,
        covariance_type="full",
        init_params="kmeans",
        warm_start=False,
        reg_covar=1e-6,
        max_iter=100,
        tol=1e-3,
        random_state=None,
        weights_init=None,
        means_init=None,
        precisions_init=None,
    ):
        """Keep the settings (given; leave it as it is).

        Args:
            n_components: number of components (K).
            covariance_type: "full", "tied", "diag" or "spherical".
            init_params: "kmeans" or "random", where the start comes from.
            warm_start: whether a second ``fit`` goes on from the result of the first.
            reg_covar: added to every variance.
            max_iter: at most this many iterations.
            tol: stop once the bound, divided by N, changes by less than this.
            random_state: seed of the random numbers: an int, None or a numpy Generator.
            weights_init: (K,) array, the weights to start from.
            means_init: (K, D) array, the means to start from.
            precisions_init: the inverses of the covariances to start from, in the form of the
                covariances: (K, D, D), (D, D), (K, D) or (K,).
        """
        self.n_components = n_components
        self.covariance_type = covariance_type
        self.init_params = init_params
        self.warm_start = warm_start
        self.reg_covar = reg_covar
        self.max_iter = max_iter
        self.tol = tol
        self.random_state = random_state
        self.weights_init = weights_init
        self.means_init = means_init
        self.precisions_init = precisions_init

    def _start(self, x_ND):
        """The mixture to start from.

        Responsibilities, then one M step: with ``init_params="kmeans"`` those of the clusters
        that ``kmeans_labels`` finds (0 or 1), with ``"random"`` random ones (uniform numbers,
        each row divided by its sum). Whatever was given as ``weights_init``, ``means_init`` or
        ``precisions_init`` takes the place of what came out of it.

        Args:
            x_ND: (N, D) array.

        Returns:
            weights_K, means_KD, covariances: as from ``m_step``.
        """
        ### BEGIN SOLUTION: weights, means and covariances to start from
        N, K = len(x_ND), self.n_components
        if N < K:
            raise ValueError(f"{N} points are too few for {K} components")
        rng = np.random.default_rng(self.random_state)
        if self.init_params == "kmeans":
            r_NK = np.eye(K)[kmeans_labels(x_ND, K, rng)]
        elif self.init_params == "random":
            r_NK = rng.uniform(size=(N, K))
            r_NK /= r_NK.sum(axis=1, keepdims=True)
        else:
            raise ValueError(f"init_params is {self.init_params!r}; legal are kmeans, random")
        weights_K, means_KD, covariances = m_step(x_ND, r_NK, self.covariance_type, self.reg_covar)
        if self.weights_init is not None:
            weights_K = np.array(self.weights_init, dtype=np.float64)
        if self.means_init is not None:
            means_KD = np.array(self.means_init, dtype=np.float64)
        if self.precisions_init is not None:
            precisions = np.asarray(self.precisions_init, dtype=np.float64)
            matrices = self.covariance_type in ("full", "tied")
            covariances = np.linalg.inv(precisions) if matrices else 1.0 / precisions
        return weights_K, means_KD, covariances
        ### END SOLUTION

    def fit(self, x_ND):
        """Fit the mixture to the points by EM.

        An iteration is an E step, the bound after it (at that moment it is the log-likelihood),
        divided by N, and an M step. The first iteration has no bound to compare with.

        Args:
            x_ND: (N, D) array.

        Returns:
            the object itself.

        Hint: with ``warm_start``, an object that was fitted before goes on from its own
        ``weights_``, ``means_`` and ``covariances_``; its ``lower_bound_`` counts as the bound
        before the first iteration.
        """
        ### BEGIN SOLUTION: EM until the bound changes by less than tol, or max_iter
        x_ND = np.asarray(x_ND, dtype=np.float64)
        kind = self.covariance_type
        _check_type(kind)
        if self.warm_start and hasattr(self, "converged_"):
            mixture, bound = (self.weights_, self.means_, self.covariances_), self.lower_bound_
        else:
            mixture, bound = self._start(x_ND), -np.inf
        self.converged_, self.n_iter_ = False, 0
        while self.n_iter_ < self.max_iter and not self.converged_:
            r_NK = responsibilities(x_ND, *mixture, kind)
            before, bound = bound, log_likelihood(x_ND, *mixture, kind) / len(x_ND)
            mixture = m_step(x_ND, r_NK, kind, self.reg_covar)
            self.n_iter_ += 1
            self.converged_ = bool(abs(bound - before) < self.tol)
        self.weights_, self.means_, self.covariances_ = mixture
        self.lower_bound_ = bound
        return self
        ### END SOLUTION

    def predict_proba(self, x_ND):
        """Responsibilities of the fitted mixture.

        Args:
            x_ND: (N, D) array.

        Returns:
            r_NK: (N, K) array; every row sums to one.
        """
        ### BEGIN SOLUTION: responsibilities of the fitted components
        mixture = self.weights_, self.means_, self.covariances_
        return responsibilities(x_ND, *mixture, self.covariance_type)
        ### END SOLUTION

    def predict(self, x_ND):
        """The most probable component of every point.

        Args:
            x_ND: (N, D) array.

        Returns:
            labels_N: (N,) array of integers 0 .. K - 1.
        """
        ### BEGIN SOLUTION: number of the most probable component, for every point
        return self.predict_proba(x_ND).argmax(axis=1)
        ### END SOLUTION

    def score(self, x_ND):
        """Log-likelihood per point, the mean over the points.

        Args:
            x_ND: (N, D) array.

        Returns:
            one float.
        """
        ### BEGIN SOLUTION: mean over the points of the log density of the mixture
        mixture = self.weights_, self.means_, self.covariances_
        return log_likelihood(x_ND, *mixture, self.covariance_type) / len(x_ND)
        ### END SOLUTION

    def sample(self, n_samples=1):
        """Draw points: for each, first the component by the weights, then the point from it.

        Args:
            n_samples: how many points to draw (N).

        Returns:
            x_ND: (N, D) array, the points in the order drawn: not sorted by component.
            z_N: (N,) array of integers; x_ND[n] comes from component z_N[n].

        Hint: with S = L L^T and standard normal e, L e has covariance S.
        """
        ### BEGIN SOLUTION: n_samples points and the component of each
        rng = np.random.default_rng(self.random_state)
        weights_K = np.asarray(self.weights_, dtype=np.float64)
        means_KD = np.asarray(self.means_, dtype=np.float64)
        K, D = means_KD.shape
        z_N = rng.choice(K, size=n_samples, p=weights_K / weights_K.sum())
        noise_ND = rng.standard_normal((n_samples, D))
        for k, factor in enumerate(_factors(self.covariances_, self.covariance_type, K, D)):
            own = noise_ND[z_N == k]
            noise_ND[z_N == k] = own @ factor.T if factor.ndim == 2 else own * factor
        return means_KD[z_N] + noise_ND, z_N
        ### END SOLUTION


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
    ### BEGIN SOLUTION: responsibilities, or their limit where sigma is zero
    difference_NKD = np.asarray(x_ND, dtype=np.float64)[:, None, :] - np.asarray(means_KD)
    square_NK = np.einsum("nkd,nkd->nk", difference_NKD, difference_NKD)
    farther_NK = square_NK - square_NK.min(axis=1, keepdims=True)
    if sigma == 0:
        r_NK = (farther_NK == 0).astype(np.float64)
    else:
        with np.errstate(over="ignore"):  # exp(-inf) = 0 is what is meant
            r_NK = np.exp(-0.5 * (farther_NK / sigma) / sigma)
    return r_NK / r_NK.sum(axis=1, keepdims=True)
    ### END SOLUTION


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
    ### BEGIN SOLUTION: joint mode of the Dirichlet and normal-inverse-Wishart posteriors
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
    ### END SOLUTION


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
    ### BEGIN SOLUTION: E step and map_m_step in turn; the objective after each iteration
    mixture = tuple(np.asarray(part, dtype=np.float64) for part in start)
    history = [log_likelihood(x_ND, *mixture) + log_prior(*mixture, prior)]
    for _ in range(max_iter):
        mixture = map_m_step(x_ND, responsibilities(x_ND, *mixture), prior)
        history.append(log_likelihood(x_ND, *mixture) + log_prior(*mixture, prior))
        if history[-1] - history[-2] < tol:
            break
    return (*mixture, np.array(history))
    ### END SOLUTION


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
    ### BEGIN SOLUTION: the one-to-one matching of components to classes of least squared distance
    x_ND, y_N, K = np.asarray(x_ND, dtype=np.float64), np.asarray(y_N), len(means_KD)
    class_means_KD = np.stack([x_ND[y_N == c].mean(axis=0) for c in range(K)])
    square_KK = ((np.asarray(means_KD)[:, None] - class_means_KD) ** 2).sum(axis=2)
    rows = np.arange(K)
    orders = (np.array(order) for order in itertools.permutations(range(K)))
    return min(orders, key=lambda order: square_KK[rows, order].sum())
    ### END SOLUTION


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
    ### BEGIN SOLUTION: train and test accuracy of each covariance type
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
    ### END SOLUTION


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
    ### BEGIN SOLUTION: a circle of radius n_std, taken to the ellipse by a root of the covariance
    angle = np.linspace(0, 2 * np.pi, n_points)
    circle = n_std * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    # The symmetric root keeps the points more even than a Cholesky factor does.
    values, vectors = np.linalg.eigh(np.asarray(covariance, dtype=np.float64))
    return np.asarray(mean) + circle @ (vectors * np.sqrt(np.maximum(values, 0.0))).T
    ### END SOLUTION
