"""Plain loops over components, dimensions and points wherever speed is not judged."""
import math

import numpy as np


def full_covariances(covariances, covariance_type, K, D):
    result = np.zeros((K, D, D))
    for k in range(K):
        for d in range(D):
            if covariance_type == "full":
                result[k, d] = covariances[k, d]
            elif covariance_type == "tied":
                result[k, d] = covariances[d]
            elif covariance_type == "diag":
                result[k, d, d] = covariances[k, d]
            else:
                result[k, d, d] = covariances[k]
    return result


def responsibilities(x_ND, weights_K, means_KD, covariances, covariance_type="full"):
    logs = log_gaussian(x_ND, means_KD, covariances, covariance_type)
    result = np.zeros(logs.shape)
    for n, row in enumerate(logs):
        joint = [math.log(w) + l if w > 0 else -math.inf for w, l in zip(weights_K, row)]
        peak = max(joint)
        parts = [math.exp(j - peak) for j in joint]
        for k, part in enumerate(parts):
            result[n, k] = part / sum(parts)
    return result


def log_likelihood(x_ND, weights_K, means_KD, covariances, covariance_type="full"):
    total = 0.0
    for row in log_gaussian(x_ND, means_KD, covariances, covariance_type):
        joint = [math.log(w) + l for w, l in zip(weights_K, row) if w > 0]
        peak = max(joint)
        total += peak + math.log(math.fsum(math.exp(j - peak) for j in joint))
    return total


def lower_bound(x_ND, r_NK, weights_K, means_KD, covariances, covariance_type="full"):
    logs = log_gaussian(x_ND, means_KD, covariances, covariance_type)
    total = 0.0
    for n in range(len(x_ND)):
        for k in range(len(weights_K)):
            r = float(r_NK[n, k])
            if r > 0:
                total += r * (math.log(weights_K[k]) + logs[n, k] - math.log(r))
    return total


def m_step(x_ND, r_NK, covariance_type="full", reg_covar=1e-6):
    (N, D), K = x_ND.shape, r_NK.shape[1]
    weights, means = np.zeros(K), np.zeros((K, D))
    matrices = np.zeros((K, D, D))
    for k in range(K):
        mass = float(r_NK[:, k].sum())
        weights[k] = mass / N
        if mass == 0:
            continue
        for n in range(N):
            means[k] += r_NK[n, k] * x_ND[n] / mass
        for n in range(N):
            gap = x_ND[n] - means[k]
            matrices[k] += r_NK[n, k] * np.outer(gap, gap) / mass
    if covariance_type == "tied":
        tied = sum(w * matrix for w, matrix in zip(weights, matrices))
        return weights, means, tied + np.diag([reg_covar] * D)
    for k in range(K):
        for d in range(D):
            matrices[k, d, d] += reg_covar
    if covariance_type == "full":
        return weights, means, matrices
    if covariance_type == "diag":
        return weights, means, np.array([np.diag(matrix) for matrix in matrices])
    return weights, means, np.array([np.trace(matrix) / D for matrix in matrices])


def kmeans_limit(x_ND, means_KD, sigma):
    result = np.zeros((len(x_ND), len(means_KD)))
    for n, x in enumerate(x_ND):
        squares = [float(((x - mean) ** 2).sum()) for mean in means_KD]
        least = min(squares)
        if sigma == 0:
            parts = [float(square == least) for square in squares]
        else:
            parts = [math.exp(-0.5 * (square - least) / sigma / sigma) for square in squares]
        result[n] = np.array(parts) / sum(parts)
    return result


class GaussianMixture:
    def sample(self, n_samples=1):
        rng = np.random.default_rng(self.random_state)
        K, D = np.shape(self.means_)
        roots = np.linalg.cholesky(full_covariances(self.covariances_, self.covariance_type, K, D))
        x, z = np.zeros((n_samples, D)), np.zeros(n_samples, dtype=int)
        for n in range(n_samples):
            u, k = rng.uniform(), 0
            while k < K - 1 and u > self.weights_[k]:
                u, k = u - self.weights_[k], k + 1
            x[n] = self.means_[k] + roots[k] @ rng.standard_normal(D)
            z[n] = k
        return x, z
