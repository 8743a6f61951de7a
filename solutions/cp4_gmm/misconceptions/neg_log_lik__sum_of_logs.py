"""You add the log densities of the components; the mixture adds the densities, and only then takes the logarithm.

module: calc_neg_log_lik__np
loses:
  - neg_log_lik_printed_example
  - neg_log_lik_values
  - neg_log_lik_many_dimensions
  - neg_log_lik_far_points
  - neg_log_lik_zero_weight
  - neg_log_lik_real_size
may_lose: [neg_log_lik_empty, neg_log_lik_speed, neg_log_lik_keeps_input, neg_log_lik_digits]
"""
import numpy as np
from scipy.stats import norm


def calc_neg_log_lik(x_ND, log_pi_K, mu_KD, stddev_KD):
    total = 0.0
    for k in range(len(log_pi_K)):
        total += np.sum(log_pi_K[k] + norm.logpdf(x_ND, mu_KD[k], stddev_KD[k]).sum(axis=1))
    return -total
