"""Clustering from scratch: K-means and Gaussian mixtures with diagonal covariance.

README.md states the task and the rules. Shapes: N points (rows), D dimensions,
K clusters or components, B rows of one block.
"""

import sys

import numpy as np

try:
    from tqdm import tqdm
except ImportError:
    tqdm = None

BLOCK_NUMBERS = 131072
"""Numbers that one block of rows may take: one megabyte, so that a block stays in the cache."""

MIN_SIGMA = 1e-6
"""The smallest standard deviation that ``GMM._M_step`` returns."""


def row_blocks(num_rows, numbers_per_row):
    """Cut rows into blocks, so that memory stays flat (given; use it if you like).

    Args:
        num_rows: how many rows there are.
        numbers_per_row: how many numbers you hold for each row while you work on it.

    Returns:
        a list of slices that together cover every row once.
    """
    step = max(256, BLOCK_NUMBERS // numbers_per_row)
    return [slice(start, start + step) for start in range(0, num_rows, step)]


def progress(max_iters):
    """The numbers 0 .. max_iters - 1, with a progress bar where someone can see it (given)."""
    watched = sys.stderr.isatty() or "ipykernel" in sys.modules
    return tqdm(range(max_iters)) if tqdm is not None and watched else range(max_iters)


def converged(previous, loss, abs_tol, rel_tol):
    """Whether the loss changed by less than both tolerances allow (given).

    Nothing is divided by the previous loss, which may be zero or negative.
    """
    change = abs(previous - loss)
    return change < abs_tol and change <= rel_tol * abs(previous)


def pairwise_dist(X, Y):
    """Euclidean distance of every row of X to every row of Y.

    Args:
        X: (N, D) array.
        Y: (M, D) array.

    Returns:
        dist: (N, M) array; dist[i, j] is the distance of X[i] to Y[j].

    Hint: no loop. Either let broadcasting take all differences at once, or expand the
    square into three terms; after rounding, that sum may lie a little below zero.
    """
    ### BEGIN SOLUTION: distance of every row of X to every row of Y
    X = np.asarray(X, dtype=np.float64)
    Y = np.asarray(Y, dtype=np.float64)
    # |x - y|² = |x|² - 2 x·y + |y|² loses the digits that |x|², |y|² and x·y share, so
    # bring the origin close first: what is left is an error of eps times the spread squared.
    origin_D = Y.mean(axis=0)
    X, Y = X - origin_D, Y - origin_D
    square_NM = X @ (-2.0 * Y.T)
    square_NM += np.einsum("nd,nd->n", X, X)[:, None]
    square_NM += np.einsum("md,md->m", Y, Y)
    np.maximum(square_NM, 0.0, out=square_NM)
    return np.sqrt(square_NM, out=square_NM)
    ### END SOLUTION


### BEGIN SOLUTION
def _exp_below_peak(logits, out=None):
    """exp(logits - peak) and the peak, (N, 1): the largest entry of every row.

    Entries far below the peak come out as about 1e-305 (1e-38 in float32) rather than zero:
    np.exp takes several times as long where its result is no normal float, and a sum of at
    least 1 notices neither. So a row of nothing but -inf gets equal entries; its peak is -inf.
    """
    logits = np.asarray(logits)
    if logits.dtype.kind != "f":
        logits = logits.astype(np.float64)
    limits = np.finfo(logits.dtype)
    peak_N1 = np.max(logits, axis=1, keepdims=True)
    finite_peak_N1 = np.maximum(peak_N1, limits.min)  # -inf - -inf would be NaN
    below_ND = np.subtract(logits, finite_peak_N1, out=out)
    np.maximum(below_ND, 0.99 * np.log(limits.tiny), out=below_ND)
    return np.exp(below_ND, out=below_ND), peak_N1


def _softmax(logits, out=None):
    """``softmax``, into the array ``out`` if there is one (which may be ``logits``)."""
    prob_ND, _ = _exp_below_peak(logits, out)
    prob_ND *= 1.0 / prob_ND.sum(axis=1, keepdims=True)
    return prob_ND


### END SOLUTION
def softmax(logits):
    """Turn every row of logits into probabilities.

    Args:
        logits: (N, D) array; entries may be large in size, such as 5000 or -5000.

    Returns:
        prob: (N, D) array; prob[i, j] = exp(logits[i, j]) / sum over d of exp(logits[i, d]).

    Hint: no loop. A row's probabilities stay the same when one number is subtracted from
    all its logits; choose it so that exp cannot overflow. Leave ``logits`` as it was.
    """
    ### BEGIN SOLUTION: probabilities of every row of logits, each row summing to one
    return _softmax(logits)
    ### END SOLUTION


def logsumexp(logits):
    """Logarithm of the sum of the exponentials of every row.

    Args:
        logits: (N, D) array; entries may be large in size, such as 5000 or -5000.

    Returns:
        s: (N, 1) array; s[i, 0] = log(sum over j of exp(logits[i, j])).

    Hint: no loop. log(sum of exp(l)) = m + log(sum of exp(l - m)) for any number m.
    """
    ### BEGIN SOLUTION: log of the sum of exp over every row, as an (N, 1) array
    exp_ND, peak_N1 = _exp_below_peak(logits)
    return peak_N1 + np.log(exp_ND.sum(axis=1, keepdims=True))
    ### END SOLUTION


### BEGIN SOLUTION
def _argmin_per_column(score_KB):
    """For every column, the row of its smallest entry (the first one on a tie).

    The same as ``score_KB.argmin(axis=0)``, which visits the columns one by one and takes
    three times as long when there are few rows.
    """
    K = len(score_KB)
    # The first row gets the largest number, so the largest number wins the ties.
    number_K1 = np.arange(K, 0, -1, dtype=np.min_scalar_type(K))[:, None]
    smallest_KB = score_KB == score_KB.min(axis=0)
    return K - (smallest_KB * number_K1).max(axis=0).astype(np.intp)


### END SOLUTION
class KMeans:
    """K-means by Lloyd's iterations: assign every point, move every centre, repeat."""

    def _init_centers(self, points, K, **kwargs):
        """Choose the centres to start from.

        Args:
            points: (N, D) array.
            K: number of clusters.
            kwargs: whatever else your way of starting needs.

        Returns:
            centers: (K, D) array; K different rows of ``points``.

        Hint: ``np.random.choice`` can draw without replacement. Do not seed the generator.
        """
        ### BEGIN SOLUTION: K different rows of points, drawn at random
        rows_K = np.random.choice(len(points), K, replace=False)
        return np.asarray(points)[rows_K].astype(np.float64)
        ### END SOLUTION

    def _update_assignment(self, centers, points):
        """Give every point to its nearest centre.

        Args:
            centers: (K, D) array.
            points: (N, D) array.

        Returns:
            cluster_idx: (N,) array of integers 0 .. K - 1.

        Hint: ``pairwise_dist`` does most of the work.
        """
        ### BEGIN SOLUTION: index of the nearest centre, for every point
        # |x - c|² / 2 = |x|² / 2 + |c|² / 2 - x·c, and |x|² is the same for every centre.
        # The origin moves to one of the centres, as in pairwise_dist; differences of whole
        # numbers are exact, so pixels at equal distance stay so.
        origin_D = np.asarray(centers[0], dtype=np.float64)
        centers_KD = centers - origin_D
        half_square_K1 = 0.5 * np.einsum("kd,kd->k", centers_KD, centers_KD)[:, None]
        cluster_idx = np.empty(len(points), dtype=np.intp)
        for rows in row_blocks(len(points), sum(centers_KD.shape)):
            x_DB = (points[rows] - origin_D).T
            cluster_idx[rows] = _argmin_per_column(half_square_K1 - centers_KD @ x_DB)
        return cluster_idx
        ### END SOLUTION

    def _update_centers(self, old_centers, cluster_idx, points):
        """Move every centre to the mean of its points.

        Args:
            old_centers: (K, D) array, the centres so far.
            cluster_idx: (N,) array of integers 0 .. K - 1.
            points: (N, D) array.

        Returns:
            centers: (K, D) array; a cluster without points keeps its old centre.

        Hint: a loop over the K clusters is fine.
        """
        ### BEGIN SOLUTION: mean of the points of every cluster; an empty one keeps its centre
        K = len(old_centers)
        count_K = np.bincount(cluster_idx, minlength=K)
        sum_KD = np.stack(
            [np.bincount(cluster_idx, weights=x_N, minlength=K) for x_N in points.T], axis=1
        )
        return np.where(count_K[:, None] > 0, sum_KD / np.maximum(count_K, 1)[:, None], old_centers)
        ### END SOLUTION

    def _get_loss(self, centers, cluster_idx, points):
        """Mean squared distance of the points to the centres of their clusters.

        Args:
            centers: (K, D) array.
            cluster_idx: (N,) array of integers 0 .. K - 1.
            points: (N, D) array.

        Returns:
            loss: one float.

        Hint: it is the mean over the N points, not the sum.
        """
        ### BEGIN SOLUTION: mean squared distance of the points to their own centres
        centers, total = np.asarray(centers, dtype=np.float64), 0.0
        for rows in row_blocks(len(points), 2 * points.shape[1]):
            difference_BD = points[rows] - np.take(centers, cluster_idx[rows], axis=0)
            total += np.vdot(difference_BD, difference_BD)
        return float(total / len(points))
        ### END SOLUTION

    def __call__(self, points, K, max_iters=100, abs_tol=1e-16, rel_tol=1e-16, **kwargs):
        """Cluster the points (given; no need to change it).

        Args:
            points: (N, D) array.
            K: number of clusters.
            max_iters: at most this many iterations.
            abs_tol, rel_tol: stop once the loss changes by less than ``abs_tol`` and by no
                more than ``rel_tol`` times the loss before.
            kwargs: handed on to ``_init_centers``.

        Returns:
            cluster_idx: (N,) array of integers, the nearest of the centres returned.
            centers: (K, D) array.
        """
        # One copy as floats, column by column in memory: whole columns are read at a time.
        points = np.array(points, dtype=np.float64, order="F")
        centers = self._init_centers(points, K, **kwargs)
        previous = None
        for _ in progress(max_iters):
            cluster_idx = self._update_assignment(centers, points)
            centers = self._update_centers(centers, cluster_idx, points)
            loss = self._get_loss(centers, cluster_idx, points)
            if previous is not None and converged(previous, loss, abs_tol, rel_tol):
                break
            previous = loss
        # The centres have moved since the last assignment.
        return self._update_assignment(centers, points), centers


### BEGIN SOLUTION
def _powers(x_BD):
    """1, x and x², one below the other: (1 + 2 D, B)."""
    B, D = x_BD.shape
    powers_FB = np.empty((1 + 2 * D, B))
    powers_FB[0] = 1.0
    powers_FB[1 : D + 1] = x_BD.T
    np.multiply(powers_FB[1 : D + 1], powers_FB[1 : D + 1], out=powers_FB[D + 1 :])
    return powers_FB


### END SOLUTION
class GMM:
    """A mixture of K Gaussians with diagonal covariance, fitted by expectation-maximization."""

    def _init_components(self, points, K, **kwargs):
        """Choose the components to start from.

        Args:
            points: (N, D) array.
            K: number of components.
            kwargs: whatever else your way of starting needs.

        Returns:
            pi: (K,) array, the weights; they sum to one.
            mu: (K, D) array, the means.
            sigma: (K, D) array, the standard deviations, all above zero.

        Hint: the centres that ``KMeans`` finds are a good start for the means.
        """
        ### BEGIN SOLUTION: weights, means and standard deviations to start from
        _, mu_KD = KMeans()(points, K)
        sigma_D = np.maximum(np.std(points, axis=0, dtype=np.float64), MIN_SIGMA)
        return np.full(K, 1.0 / K), mu_KD, np.tile(sigma_D, (K, 1))
        ### END SOLUTION

    def _ll_joint(self, points, pi, mu, sigma):
        """Joint log density of every point and every component.

        Args:
            points: (N, D) array.
            pi: (K,) array, the weights; a weight may be zero.
            mu: (K, D) array, the means.
            sigma: (K, D) array, the standard deviations.

        Returns:
            ll: (N, K) array; ll[i, k] = log pi[k] + log Normal(points[i]; mu[k], sigma[k]).

        Hint: the dimensions are independent, so the log density is a sum over them. Stay in
        logarithms: the density of a far point is 0 as a float, its logarithm is not -inf.
        """
        ### BEGIN SOLUTION: log of weight times density, for every point and component
        (N, D), K = points.shape, len(mu)
        mu_KD, sigma_KD = np.asarray(mu, dtype=np.float64), np.asarray(sigma, dtype=np.float64)
        pi_K = np.ravel(pi)
        log_pi_K = np.log(np.where(pi_K == 0, 1.0, pi_K))  # log 0 is put in at the end
        peak_K = log_pi_K - np.log(sigma_KD).sum(axis=1) - 0.5 * D * np.log(2.0 * np.pi)

        # -((x - mu) / sigma)² / 2, expanded, is linear in 1, x and x²: one matrix product.
        precision_KD = sigma_KD**-2.0
        linear_KD = precision_KD * mu_KD
        at_zero_K = -0.5 * (linear_KD * mu_KD).sum(axis=1)
        coefficient_KF = np.concatenate(
            [(peak_K + at_zero_K)[:, None], linear_KD, -0.5 * precision_KD], axis=1
        )
        # Where sigma is tiny beside mu, the three terms cancel: such a component takes the
        # differences themselves.
        thin = np.flatnonzero(at_zero_K < -1e6)

        ll_KN = np.empty((K, N))
        for rows in row_blocks(N, 1 + 2 * D + K):
            np.matmul(coefficient_KF, _powers(points[rows]), out=ll_KN[:, rows])
            for k in thin:
                z_BD = (points[rows] - mu_KD[k]) / sigma_KD[k]
                ll_KN[k, rows] = peak_K[k] - 0.5 * np.einsum("bd,bd->b", z_BD, z_BD)
        ll_KN[pi_K == 0] = -np.inf
        return ll_KN.T
        ### END SOLUTION

    def _E_step(self, points, pi, mu, sigma):
        """Responsibility of every component for every point.

        Args:
            points: (N, D) array.
            pi: (K,) array, the weights.
            mu: (K, D) array, the means.
            sigma: (K, D) array, the standard deviations.

        Returns:
            gamma: (N, K) array; gamma[i, k] is the probability that component k made point i.

        Hint: a line or two with ``_ll_joint`` and ``softmax``.
        """
        ### BEGIN SOLUTION: probability of every component, given the point
        # softmax(ll), block by block and in the memory of ll.
        gamma_NK = np.require(self._ll_joint(points, pi, mu, sigma), np.float64, "W")
        for rows in row_blocks(*gamma_NK.shape):
            _softmax(gamma_NK[rows], out=gamma_NK[rows])
        return gamma_NK
        ### END SOLUTION

    def _M_step(self, points, gamma):
        """The components that fit the points best, given the responsibilities.

        Args:
            points: (N, D) array.
            gamma: (N, K) array, the responsibilities.

        Returns:
            pi: (K,) array, the weights: the mean of gamma over the points.
            mu: (K, D) array, the means.
            sigma: (K, D) array, the standard deviations (not the variances).

        Hint: a component that lost all its weight must still get finite numbers.
        """
        ### BEGIN SOLUTION: weights, means and standard deviations from the responsibilities
        (N, D), K = points.shape, gamma.shape[1]
        sum_KF = np.zeros((K, 1 + 2 * D))
        for rows in row_blocks(N, 1 + 2 * D + K):
            sum_KF += gamma[rows].T @ _powers(points[rows]).T

        # A dead component has weight 0 and, to stay finite, mean and deviation of all points.
        dead_K = sum_KF[:, 0] < 1e-200
        if dead_K.any():
            gamma = np.where(dead_K, 1.0, gamma)
            sum_KF[dead_K] = _powers(points).sum(axis=1)
        mass_K1 = sum_KF[:, :1]
        mu_KD, square_KD = sum_KF[:, 1 : D + 1] / mass_K1, sum_KF[:, D + 1 :] / mass_K1
        variance_KD = square_KD - mu_KD**2
        # Where the two terms cancel, sum the squared differences themselves.
        for k in np.flatnonzero((variance_KD < 1e-6 * square_KD).any(axis=1)):
            variance_KD[k] = 0.0
            for rows in row_blocks(N, 2 * D):
                variance_KD[k] += gamma[rows, k] @ (points[rows] - mu_KD[k]) ** 2 / mass_K1[k]
        pi_K = np.where(dead_K, 0.0, mass_K1[:, 0] / N)
        return pi_K, mu_KD, np.sqrt(np.maximum(variance_KD, MIN_SIGMA**2))
        ### END SOLUTION

    def __call__(self, points, K, max_iters=100, abs_tol=1e-16, rel_tol=1e-16, **kwargs):
        """Fit the mixture (given; no need to change it).

        Args:
            points: (N, D) array.
            K: number of components.
            max_iters: at most this many iterations.
            abs_tol, rel_tol: stop once the loss, the negative log-likelihood of the points,
                changes by less than ``abs_tol`` and by no more than ``rel_tol`` times the
                size of the loss before.
            kwargs: handed on to ``_init_components``.

        Returns:
            gamma: (N, K) array, the responsibilities under the components returned.
            (pi, mu, sigma): (K,), (K, D) and (K, D) arrays.
        """
        # One copy as floats, column by column in memory: whole columns are read at a time.
        points = np.array(points, dtype=np.float64, order="F")
        pi, mu, sigma = self._init_components(points, K, **kwargs)
        previous = None
        for _ in progress(max_iters):
            gamma = self._E_step(points, pi, mu, sigma)
            # The loss is -sum(logsumexp(ll)). Bayes' rule, p(x) = p(x, k) / p(k | x) for any k,
            # gives the same without all the exponentials again; the most probable k is safe.
            ll = self._ll_joint(points, pi, mu, sigma)
            loss = -float(np.sum(np.max(ll, axis=1) - np.log(np.max(gamma, axis=1))))
            if previous is not None and converged(previous, loss, abs_tol, rel_tol):
                break
            previous = loss
            pi, mu, sigma = self._M_step(points, gamma)
        # The components have moved since the last E step.
        return self._E_step(points, pi, mu, sigma), (pi, mu, sigma)


def gmm_sampling(num_samples, pi, mu, sigma):
    """Draw points from a Gaussian mixture.

    Args:
        num_samples: how many points to draw (N).
        pi: (K,) array, the weights.
        mu: (K, D) array, the means.
        sigma: (K, D) array, the standard deviations.

    Returns:
        samples: (N, D) array.
        ids: (N,) array of integers; samples[i] comes from component ids[i].

    Hint: draw the component of every point by ``pi`` first, then the point from it;
    ``np.random.randn`` draws standard normal numbers.
    """
    ### BEGIN SOLUTION: N points of the mixture and the component each one comes from
    pi_K, mu, sigma = np.ravel(pi).astype(np.float64), np.asarray(mu), np.asarray(sigma)
    ids = np.random.choice(len(pi_K), num_samples, p=pi_K / pi_K.sum())
    return mu[ids] + sigma[ids] * np.random.randn(num_samples, mu.shape[1]), ids
    ### END SOLUTION
