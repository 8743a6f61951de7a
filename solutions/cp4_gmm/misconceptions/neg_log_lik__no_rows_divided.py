"""You divide by the number of rows and multiply by it again; without rows that is 0/0, where the likelihood of an empty data set is 0.

module: calc_neg_log_lik__np
loses: [neg_log_lik_empty]
"""
import numpy as np
from scipy.special import logsumexp
from scipy.stats import norm


def calc_neg_log_lik(x_ND, log_pi_K, mu_KD, stddev_KD):
    log_p_NK = np.zeros((len(x_ND), len(log_pi_K)))
    for k in range(len(log_pi_K)):
        log_p_NK[:, k] = log_pi_K[k] + norm.logpdf(x_ND, mu_KD[k], stddev_KD[k]).sum(axis=1)
    return -np.mean(logsumexp(log_p_NK, axis=1)) * len(x_ND)
