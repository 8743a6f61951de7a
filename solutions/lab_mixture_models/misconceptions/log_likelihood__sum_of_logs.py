"""You weigh and add the log densities; the logarithm stands outside the sum over the components.

loses:
  - log_likelihood_by_hand
  - log_likelihood_values
  - log_likelihood_far_points
  - likelihood_zero_weight
  - em_bound_and_likelihood_rise
may_lose: [fit_two_groups, predict_by_hand, compare_types_flowers]
"""


def log_likelihood(x_ND, weights_K, means_KD, covariances, covariance_type="full"):
    logs = log_gaussian(x_ND, means_KD, covariances, covariance_type)
    return float((logs @ weights_K).sum())
