"""You add a tiny number to the variances against a division by zero; they are above zero as it is, and where a component is narrow that number is most of its variance.

module: calc_neg_log_lik__np
loses: [neg_log_lik_digits]
"""
import numpy as np
from scipy.special import logsumexp


def calc_neg_log_lik(x_ND, log_pi_K, mu_KD, stddev_KD):
    var_KD = stddev_KD**2 + 1e-15
    log_p_NK = np.tile(log_pi_K, (len(x_ND), 1))
    for k in range(len(log_pi_K)):
        square_ND = (x_ND - mu_KD[k]) ** 2 / var_KD[k]
        log_p_NK[:, k] -= 0.5 * np.sum(np.log(2 * np.pi * var_KD[k]) + square_ND, axis=1)
    return -np.sum(logsumexp(log_p_NK, axis=1))
