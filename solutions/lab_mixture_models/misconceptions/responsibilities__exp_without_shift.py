"""You divide densities that are both 0 as floats; take the largest logarithm of each row away before exp.

loses: [responsibilities_far_points]
may_lose: [compare_types_keys]
"""
import numpy as np


def responsibilities(x_ND, weights_K, means_KD, covariances, covariance_type="full"):
    joint = weights_K * np.exp(log_gaussian(x_ND, means_KD, covariances, covariance_type))
    return joint / joint.sum(axis=1, keepdims=True)
