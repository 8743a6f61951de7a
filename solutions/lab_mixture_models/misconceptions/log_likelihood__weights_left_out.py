"""You leave out the weights; the density of a mixture is the weighted sum of its components' densities.

loses:
  - log_likelihood_by_hand
  - log_likelihood_values
  - log_likelihood_far_points
  - likelihood_zero_weight
  - em_bound_and_likelihood_rise
may_lose: [fit_two_groups, predict_by_hand, compare_types_flowers]
"""
from scipy.special import logsumexp


def log_likelihood(x_ND, weights_K, means_KD, covariances, covariance_type="full"):
    logs = log_gaussian(x_ND, means_KD, covariances, covariance_type)
    return float(logsumexp(logs, axis=1).sum())
