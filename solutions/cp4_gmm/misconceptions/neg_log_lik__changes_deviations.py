"""You square the standard deviations in place; after the call the caller's stddev_KD holds variances.

module: calc_neg_log_lik__np
loses: [neg_log_lik_keeps_input]
may_lose: [fit_two_blobs]
"""
import numpy as np
from scipy.special import logsumexp


def calc_neg_log_lik(x_ND, log_pi_K, mu_KD, stddev_KD):
    stddev_KD **= 2
    log_p_NK = np.tile(log_pi_K, (len(x_ND), 1))
    for k in range(len(log_pi_K)):
        square_ND = (x_ND - mu_KD[k]) ** 2 / stddev_KD[k]
        log_p_NK[:, k] -= 0.5 * np.sum(np.log(2 * np.pi * stddev_KD[k]) + square_ND, axis=1)
    return -np.sum(logsumexp(log_p_NK, axis=1))
