"""You replace the minus infinity in log pi by 0, but a log of 0 is a weight of 1; a component without weight adds nothing.

module: calc_neg_log_lik__np
loses: [neg_log_lik_zero_weight]
"""
import numpy as np
from scipy.special import logsumexp
from scipy.stats import norm


def calc_neg_log_lik(x_ND, log_pi_K, mu_KD, stddev_KD):
    log_pi_K = np.nan_to_num(log_pi_K, neginf=0.0)
    log_p_NK = np.zeros((len(x_ND), len(log_pi_K)))
    for k in range(len(log_pi_K)):
        log_p_NK[:, k] = log_pi_K[k] + norm.logpdf(x_ND, mu_KD[k], stddev_KD[k]).sum(axis=1)
    return -np.sum(logsumexp(log_p_NK, axis=1))
