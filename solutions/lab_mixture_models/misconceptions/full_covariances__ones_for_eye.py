"""You fill the whole matrix with the variance; a spherical covariance is the variance times the identity, zero beside the diagonal.

loses: [full_covariances_by_hand, full_covariances_values]
"""
import numpy as np


def full_covariances(covariances, covariance_type, K, D):
    if covariance_type == "full":
        return np.array(covariances)
    if covariance_type == "tied":
        return np.repeat(covariances[None], K, axis=0)
    if covariance_type == "diag":
        return np.stack([np.diag(v) for v in covariances])
    return np.stack([np.full((D, D), v) for v in covariances])
