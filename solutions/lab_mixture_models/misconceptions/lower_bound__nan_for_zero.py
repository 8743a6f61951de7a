"""You compute 0 log 0 as NaN; a responsibility of zero brings nothing to the bound.

loses: [lower_bound_by_hand, lower_bound_zeros]
"""
import numpy as np


def lower_bound(x_ND, r_NK, weights_K, means_KD, covariances, covariance_type="full"):
    joint = np.log(weights_K) + log_gaussian(x_ND, means_KD, covariances, covariance_type)
    return float((r_NK * (joint - np.log(r_NK))).sum())
