"""You subtract the largest entry of the whole array; a row far below it still underflows, so each row needs its own maximum.

module: calc_neg_log_lik__np
loses: [neg_log_lik_far_points, neg_log_lik_digits]
"""
import numpy as np
from scipy.stats import norm


def calc_neg_log_lik(x_ND, log_pi_K, mu_KD, stddev_KD):
    log_p_NK = np.zeros((len(x_ND), len(log_pi_K)))
    for k in range(len(log_pi_K)):
        log_p_NK[:, k] = log_pi_K[k] + norm.logpdf(x_ND, mu_KD[k], stddev_KD[k]).sum(axis=1)
    top = np.max(log_p_NK, initial=-1e300)
    return -np.sum(top + np.log(np.sum(np.exp(log_p_NK - top), axis=1)))
