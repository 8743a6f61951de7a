"""You leave out log w; the joint density of point and component holds the weight.

loses:
  - lower_bound_by_hand
  - lower_bound_gap_is_divergence
  - em_bound_and_likelihood_rise
  - lower_bound_values
  - lower_bound_zeros
"""
from scipy.special import xlogy


def lower_bound(x_ND, r_NK, weights_K, means_KD, covariances, covariance_type="full"):
    logs = log_gaussian(x_ND, means_KD, covariances, covariance_type)
    return float((r_NK * logs).sum() - xlogy(r_NK, r_NK).sum())
