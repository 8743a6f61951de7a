"""You return the mean over the points; log_likelihood is their sum (score is the mean).

loses:
  - log_likelihood_by_hand
  - log_likelihood_values
  - log_likelihood_far_points
  - likelihood_zero_weight
  - em_bound_and_likelihood_rise
may_lose: [fit_two_groups, predict_by_hand, compare_types_flowers]
"""
import numpy as np


def log_likelihood(x_ND, weights_K, means_KD, covariances, covariance_type="full"):
    with np.errstate(divide="ignore"):
        joint = np.log(weights_K) + log_gaussian(x_ND, means_KD, covariances, covariance_type)
    peak = joint.max(axis=1)
    return float(np.mean(peak + np.log(np.exp(joint - peak[:, None]).sum(axis=1))))
