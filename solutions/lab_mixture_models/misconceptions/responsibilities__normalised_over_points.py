"""You divide by the sum over the points; a point's responsibilities sum to one over the components.

loses:
  - responsibilities_by_hand
  - responsibilities_values
  - responsibilities_far_points
  - likelihood_zero_weight
may_lose:
  - likelihood_keeps_input
  - em_bound_and_likelihood_rise
  - fit_two_groups
  - compare_types_keys
  - compare_types_flowers
"""
import numpy as np


def responsibilities(x_ND, weights_K, means_KD, covariances, covariance_type="full"):
    with np.errstate(divide="ignore"):
        joint = np.log(weights_K) + log_gaussian(x_ND, means_KD, covariances, covariance_type)
    r = np.exp(joint - joint.max(axis=1, keepdims=True))
    return r / r.sum(axis=0)
