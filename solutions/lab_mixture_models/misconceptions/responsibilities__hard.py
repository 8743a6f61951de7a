"""You give every point to its most probable component; responsibilities are probabilities, K-means is the hard one.

loses:
  - responsibilities_by_hand
  - responsibilities_values
  - responsibilities_far_points
  - likelihood_zero_weight
  - em_bound_and_likelihood_rise
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
    return np.eye(len(weights_K))[joint.argmax(axis=1)]
