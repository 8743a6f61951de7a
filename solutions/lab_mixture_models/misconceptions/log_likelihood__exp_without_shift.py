"""You take exp of the logarithms as they are; far points give log 0, so take the largest logarithm of each row away first.

loses: [log_likelihood_far_points]
"""
import numpy as np


def log_likelihood(x_ND, weights_K, means_KD, covariances, covariance_type="full"):
    densities = np.exp(log_gaussian(x_ND, means_KD, covariances, covariance_type))
    return float(np.log(densities @ weights_K).sum())
