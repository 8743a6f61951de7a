"""Densities by scipy.stats, sums by logsumexp and softmax, matching by linear_sum_assignment."""
import numpy as np
from scipy.optimize import linear_sum_assignment
from scipy.special import logsumexp, rel_entr, softmax
from scipy.stats import multivariate_normal


def log_gaussian(x_ND, means_KD, covariances, covariance_type="full"):
    (N, D), K = x_ND.shape, len(means_KD)
    matrices = full_covariances(covariances, covariance_type, K, D)
    return np.stack(
        [np.reshape(multivariate_normal(m, s).logpdf(x_ND), N) for m, s in zip(means_KD, matrices)],
        axis=1,
    )


def _joint(x_ND, weights_K, means_KD, covariances, covariance_type):
    with np.errstate(divide="ignore"):
        return np.log(weights_K) + log_gaussian(x_ND, means_KD, covariances, covariance_type)


def log_likelihood(x_ND, weights_K, means_KD, covariances, covariance_type="full"):
    return logsumexp(_joint(x_ND, weights_K, means_KD, covariances, covariance_type), axis=1).sum()


def responsibilities(x_ND, weights_K, means_KD, covariances, covariance_type="full"):
    return softmax(_joint(x_ND, weights_K, means_KD, covariances, covariance_type), axis=1)


def kmeans_limit(x_ND, means_KD, sigma):
    square = ((x_ND[:, None] - means_KD) ** 2).sum(axis=2)
    farther = square - square.min(axis=1, keepdims=True)
    scale = max(sigma, 1e-150)
    with np.errstate(over="ignore"):
        return softmax(-farther / scale / scale / 2, axis=1)


def match_components(means_KD, x_ND, y_N):
    K = len(means_KD)
    class_means = np.array([np.mean(x_ND[y_N == c], axis=0) for c in range(K)])
    square = ((means_KD[:, None] - class_means) ** 2).sum(axis=2)
    return linear_sum_assignment(square)[1]


class GaussianMixture:
    def sample(self, n_samples=1):
        rng = np.random.default_rng(self.random_state)
        K, D = np.shape(self.means_)
        matrices = full_covariances(self.covariances_, self.covariance_type, K, D)
        z = rng.choice(K, n_samples, p=self.weights_)
        x = [rng.multivariate_normal(self.means_[k], matrices[k]) for k in z]
        return np.array(x).reshape(n_samples, D), z
