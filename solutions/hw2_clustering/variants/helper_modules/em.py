"""Gaussian mixtures by expectation-maximization, and draws from them."""
import numpy as np
from lloyd import KMeans
from stable import logsumexp, softmax
from stopping import settled

SMALLEST_SIGMA = 1e-6


class GMM:
    def _init_components(self, points, K, **kwargs):
        cluster_idx, mu = KMeans()(points, K)
        pi = np.array([np.mean(cluster_idx == k) for k in range(K)])
        sigma = np.tile(points.std(axis=0) + SMALLEST_SIGMA, (K, 1))
        return pi, mu, sigma

    def _ll_joint(self, points, pi, mu, sigma):
        log_pdf = np.zeros((len(points), len(mu)))
        for d in range(points.shape[1]):
            z = (points[:, d : d + 1] - mu[:, d]) / sigma[:, d]
            log_pdf -= 0.5 * z**2 + np.log(sigma[:, d]) + 0.5 * np.log(2 * np.pi)
        with np.errstate(divide="ignore"):
            return log_pdf + np.log(pi)

    def _E_step(self, points, pi, mu, sigma):
        return softmax(self._ll_joint(points, pi, mu, sigma))

    def _M_step(self, points, gamma):
        mass = gamma.sum(axis=0)
        weights = gamma / np.where(mass > 0, mass, 1)
        mu = weights.T @ points
        variance = np.array([w @ (points - m) ** 2 for w, m in zip(weights.T, mu)])
        return mass / len(points), mu, np.maximum(np.sqrt(variance), SMALLEST_SIGMA)

    def __call__(self, points, K, max_iters=100, abs_tol=1e-16, rel_tol=1e-16, **kwargs):
        points = np.array(points, dtype=float)
        pi, mu, sigma = self._init_components(points, K, **kwargs)
        losses = []
        while len(losses) < max_iters and not settled(losses, abs_tol, rel_tol):
            gamma = self._E_step(points, pi, mu, sigma)
            pi, mu, sigma = self._M_step(points, gamma)
            losses.append(-np.sum(logsumexp(self._ll_joint(points, pi, mu, sigma))))
        return self._E_step(points, pi, mu, sigma), (pi, mu, sigma)


def gmm_sampling(num_samples, pi, mu, sigma):
    ids = np.random.choice(len(pi), size=num_samples, p=pi)
    return np.random.normal(loc=mu[ids], scale=sigma[ids]), ids
