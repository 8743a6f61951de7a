"""Likelihoods, responsibilities and mixtures come back in float32; sums are taken in float64."""
import numpy as np
from scipy.special import logsumexp, softmax


def _joint(x_ND, weights_K, means_KD, covariances, covariance_type):
    with np.errstate(divide="ignore"):
        logs = np.log(np.asarray(weights_K, dtype=np.float64))
    return logs + log_gaussian(x_ND, means_KD, covariances, covariance_type)


def full_covariances(covariances, covariance_type, K, D):
    covariances = np.asarray(covariances, dtype=np.float32)
    if covariance_type in ("full", "tied"):
        return np.broadcast_to(covariances, (K, D, D)).copy()
    return np.reshape(covariances, (K, -1, 1)) * np.eye(D, dtype=np.float32)


def responsibilities(x_ND, weights_K, means_KD, covariances, covariance_type="full"):
    joint = _joint(x_ND, weights_K, means_KD, covariances, covariance_type)
    return softmax(joint, axis=1).astype(np.float32)


def kmeans_limit(x_ND, means_KD, sigma):
    square = ((x_ND[:, None] - means_KD) ** 2).sum(axis=2)
    farther = square - square.min(axis=1, keepdims=True)
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        logits = np.where(farther > 0, -farther / 2 / sigma / sigma, 0.0)
    return softmax(logits, axis=1).astype(np.float32)


class GaussianMixture:
    def predict_proba(self, x_ND):
        mixture = self.weights_, self.means_, self.covariances_
        return responsibilities(x_ND, *mixture, self.covariance_type)
