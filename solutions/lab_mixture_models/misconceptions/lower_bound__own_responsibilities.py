"""You use the responsibilities of the E step instead of those that were passed; then the bound is just the likelihood.

loses: [lower_bound_by_hand, lower_bound_values, lower_bound_gap_is_divergence, lower_bound_zeros]
may_lose: [em_bound_and_likelihood_rise]
"""
import numpy as np
from scipy.special import xlogy


def lower_bound(x_ND, r_NK, weights_K, means_KD, covariances, covariance_type="full"):
    r = responsibilities(x_ND, weights_K, means_KD, covariances, covariance_type)
    with np.errstate(divide="ignore"):
        joint = np.log(weights_K) + log_gaussian(x_ND, means_KD, covariances, covariance_type)
    return float(np.where(r > 0, r * np.where(r > 0, joint, 0), 0).sum() - xlogy(r, r).sum())
