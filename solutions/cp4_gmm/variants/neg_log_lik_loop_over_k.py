"""A Python loop over the K components with scipy.stats, then scipy's logsumexp.

module: calc_neg_log_lik__np
"""
import numpy as np
from scipy import stats
from scipy.special import logsumexp


def calc_neg_log_lik(x_ND, log_pi_K, mu_KD, stddev_KD):
    N, K = x_ND.shape[0], mu_KD.shape[0]
    log_p_NK = np.zeros((N, K))
    for k in range(K):
        log_p_ND = stats.norm.logpdf(x_ND, mu_KD[k], stddev_KD[k])
        log_p_NK[:, k] = log_pi_K[k] + np.sum(log_p_ND, axis=1)
    return -1.0 * np.sum(logsumexp(log_p_NK, axis=1))
