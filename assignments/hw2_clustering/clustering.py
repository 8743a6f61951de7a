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
    raise NotImplementedError("pairwise_dist: distance of every row of X to every row of Y")


def softmax(logits):
    """Turn every row of logits into probabilities.

    Args:
        logits: (N, D) array; entries may be large in size, such as 5000 or -5000.

    Returns:
        prob: (N, D) array; prob[i, j] = exp(logits[i, j]) / sum over d of exp(logits[i, d]).

    Hint: no loop. A row's probabilities stay the same when one number is subtracted from
    all its logits; choose it so that exp cannot overflow. Leave ``logits`` as it was.
    """
    raise NotImplementedError(
        "softmax: probabilities of every row of logits, each row summing to one"
    )


def logsumexp(logits):
    """Logarithm of the sum of the exponentials of every row.

    Args:
        logits: (N, D) array; entries may be large in size, such as 5000 or -5000.

    Returns:
        s: (N, 1) array; s[i, 0] = log(sum over j of exp(logits[i, j])).

    Hint: no loop. log(sum of exp(l)) = m + log(sum of exp(l - m)) for any number m.
    """
    raise NotImplementedError("logsumexp: log of the sum of exp over every row, as an (N, 1) array")


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
        raise NotImplementedError(
            "KMeans._init_centers: K different rows of points, drawn at random"
        )

    def _update_assignment(self, centers, points):
        """Give every point to its nearest centre.

        Args:
            centers: (K, D) array.
            points: (N, D) array.

        Returns:
            cluster_idx: (N,) array of integers 0 .. K - 1.

        Hint: ``pairwise_dist`` does most of the work.
        """
        raise NotImplementedError(
            "KMeans._update_assignment: index of the nearest centre, for every point"
        )

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
        raise NotImplementedError(
            "KMeans._update_centers: mean of the points of every cluster; an empty one keeps its "
            "centre"
        )

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
        raise NotImplementedError(
            "KMeans._get_loss: mean squared distance of the points to their own centres"
        )

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
        raise NotImplementedError(
            "GMM._init_components: weights, means and standard deviations to start from"
        )

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
        raise NotImplementedError(
            "GMM._ll_joint: log of weight times density, for every point and component"
        )

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
        raise NotImplementedError("GMM._E_step: probability of every component, given the point")

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
        raise NotImplementedError(
            "GMM._M_step: weights, means and standard deviations from the responsibilities"
        )

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
    raise NotImplementedError(
        "gmm_sampling: N points of the mixture and the component each one comes from"
    )
