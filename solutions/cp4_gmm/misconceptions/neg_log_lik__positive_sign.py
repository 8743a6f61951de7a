"""You return the log likelihood itself; the function is asked for its negative, which training makes small.

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
from scipy.stats import norm


def calc_neg_log_lik(x_ND, log_pi_K, mu_KD, stddev_KD):
    log_p_NK = np.zeros((len(x_ND), len(log_pi_K)))
    for k in range(len(log_pi_K)):
        log_p_NK[:, k] = log_pi_K[k] + norm.logpdf(x_ND, mu_KD[k], stddev_KD[k]).sum(axis=1)
    return np.sum(logsumexp(log_p_NK, axis=1))
