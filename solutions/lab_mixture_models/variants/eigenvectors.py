"""Matrices are rooted, inverted and measured by their eigenvectors, never by Cholesky factors."""
import numpy as np


def log_gaussian(x_ND, means_KD, covariances, covariance_type="full"):
    (N, D), K = x_ND.shape, len(means_KD)
    values, vectors = np.linalg.eigh(full_covariances(covariances, covariance_type, K, D))
    result = np.empty((N, K))
    for k in range(K):
        z = (x_ND - means_KD[k]) @ vectors[k] / np.sqrt(values[k])
        result[:, k] = -0.5 * (z**2).sum(axis=1) - 0.5 * np.log(2 * np.pi * values[k]).sum()
    return result


class GaussianMixture:
    def sample(self, n_samples=1):
        rng = np.random.default_rng(self.random_state)
        K, D = np.shape(self.means_)
        matrices = full_covariances(self.covariances_, self.covariance_type, K, D)
        values, vectors = np.linalg.eigh(matrices)
        roots = np.einsum("kde,ke->kde", vectors, np.sqrt(values))
        z = np.searchsorted(np.cumsum(self.weights_), rng.uniform(size=n_samples) * (1 - 1e-12))
        x = np.einsum("nde,ne->nd", roots[z], rng.normal(size=(n_samples, D)))
        return x + self.means_[z], z


def covariance_ellipse(mean, covariance, n_std=2.0, n_points=100):
    u, s, _ = np.linalg.svd(covariance)
    angle = 2 * np.pi * np.arange(n_points) / n_points
    half_axes = n_std * np.sqrt(s)[:, None] * np.stack([np.sin(angle), np.cos(angle)])
    return mean + (u @ half_axes).T
