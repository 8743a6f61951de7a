"""You write the quadratic form as a product of matrices and keep only its diagonal; that array has N x N entries where N are needed.

module: calc_neg_log_lik__np
loses: [neg_log_lik_speed]
"""
import numpy as np
from scipy.special import logsumexp


def calc_neg_log_lik(x_ND, log_pi_K, mu_KD, stddev_KD):
    log_p_NK = np.zeros((len(x_ND), len(log_pi_K)))
    for k in range(len(log_pi_K)):
        diff_ND = x_ND - mu_KD[k]
        square_N = np.diag(diff_ND @ np.diag(stddev_KD[k] ** -2.0) @ diff_ND.T)
        log_det = 2 * np.sum(np.log(stddev_KD[k]))
        const = len(mu_KD[k]) * np.log(2 * np.pi)
        log_p_NK[:, k] = log_pi_K[k] - 0.5 * (const + log_det + square_N)
    return -np.sum(logsumexp(log_p_NK, axis=1))
