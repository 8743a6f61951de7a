"""You use stddev_KD as if it were the variance in the differentiable likelihood; the normal density divides by its square.

module: calc_neg_log_lik__ag
loses:
  - ag_neg_log_lik_printed_example
  - ag_neg_log_lik_values
  - ag_neg_log_lik_far_points
  - ag_gradient_by_hand
  - ag_gradient_central_differences
  - ag_gradient_many_dimensions
may_lose: [ag_speed, ag_neg_log_lik_digits]
"""
import autograd.numpy as ag_np
from autograd.scipy.special import logsumexp


def calc_neg_log_lik(x_ND, log_pi_K, mu_KD, stddev_KD):
    square_NKD = (x_ND[:, None, :] - mu_KD) ** 2 / stddev_KD
    log_p_NK = -0.5 * ag_np.sum(ag_np.log(2 * ag_np.pi * stddev_KD) + square_NKD, axis=2)
    return -ag_np.sum(logsumexp(log_pi_K + log_p_NK, axis=1))
