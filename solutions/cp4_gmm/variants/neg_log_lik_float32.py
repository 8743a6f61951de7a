"""Log densities in float32, their sum over the rows in float64; the value is a float32.

module: calc_neg_log_lik__np
"""
import numpy as np
from scipy.special import logsumexp
from scipy.stats import norm


def calc_neg_log_lik(x_ND, log_pi_K, mu_KD, stddev_KD):
    log_p_NK = np.zeros((len(x_ND), len(log_pi_K)), dtype=np.float32)
    for k in range(len(log_pi_K)):
        log_p_NK[:, k] = log_pi_K[k] + norm.logpdf(x_ND, mu_KD[k], stddev_KD[k]).sum(axis=1)
    return np.float32(-np.sum(logsumexp(log_p_NK, axis=1), dtype=np.float64))
