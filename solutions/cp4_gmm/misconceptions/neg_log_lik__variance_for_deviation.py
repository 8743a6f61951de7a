"""You use stddev_KD as if it were the variance; the normal density divides by the square of the standard deviation.

module: calc_neg_log_lik__np
loses:
  - neg_log_lik_printed_example
  - neg_log_lik_values
  - neg_log_lik_one_component
  - neg_log_lik_many_dimensions
  - neg_log_lik_far_points
  - neg_log_lik_zero_weight
  - neg_log_lik_real_size
may_lose: [neg_log_lik_empty, neg_log_lik_speed, neg_log_lik_keeps_input, neg_log_lik_digits]
"""
import numpy as np
from scipy.special import logsumexp


def calc_neg_log_lik(x_ND, log_pi_K, mu_KD, stddev_KD):
    log_p_NK = np.tile(log_pi_K, (len(x_ND), 1))
    for k in range(len(log_pi_K)):
        square_ND = (x_ND - mu_KD[k]) ** 2 / stddev_KD[k]
        log_p_NK[:, k] -= 0.5 * np.sum(np.log(2 * np.pi * stddev_KD[k]) + square_ND, axis=1)
    return -np.sum(logsumexp(log_p_NK, axis=1))
