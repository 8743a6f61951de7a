"""The square multiplied out: two matrix products, with x and with its square.

module: calc_neg_log_lik__np
"""
import numpy as np
from scipy.special import logsumexp


def calc_neg_log_lik(x_ND, log_pi_K, mu_KD, stddev_KD):
    precision_KD = stddev_KD**-2.0
    square_NK = x_ND**2 @ precision_KD.T - 2 * x_ND @ (mu_KD * precision_KD).T
    square_NK += np.sum(mu_KD**2 * precision_KD, axis=1)
    log_peak_K = log_pi_K + 0.5 * np.sum(np.log(precision_KD / (2 * np.pi)), axis=1)
    return -np.sum(logsumexp(log_peak_K - 0.5 * square_NK, axis=1))
