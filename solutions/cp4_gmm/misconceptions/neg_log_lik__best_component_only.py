"""You keep only the most probable component of each row; the likelihood of a mixture is the sum over all of them.

module: calc_neg_log_lik__np
loses: [neg_log_lik_printed_example, neg_log_lik_values, neg_log_lik_zero_weight]
may_lose: [neg_log_lik_empty, neg_log_lik_speed, neg_log_lik_keeps_input, neg_log_lik_digits]
"""
import numpy as np
from scipy.stats import norm


def calc_neg_log_lik(x_ND, log_pi_K, mu_KD, stddev_KD):
    log_p_NK = np.zeros((len(x_ND), len(log_pi_K)))
    for k in range(len(log_pi_K)):
        log_p_NK[:, k] = log_pi_K[k] + norm.logpdf(x_ND, mu_KD[k], stddev_KD[k]).sum(axis=1)
    return -np.sum(np.max(log_p_NK, axis=1))
