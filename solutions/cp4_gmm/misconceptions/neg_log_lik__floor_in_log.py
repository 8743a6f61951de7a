"""You add 1e-32 to the density against a logarithm of zero; no row can then have a log density below -73.7, however far away it is.

module: calc_neg_log_lik__np
loses:
  - neg_log_lik_many_dimensions
  - neg_log_lik_far_points
  - neg_log_lik_real_size
  - neg_log_lik_digits
"""
import numpy as np
from scipy.stats import norm


def calc_neg_log_lik(x_ND, log_pi_K, mu_KD, stddev_KD):
    log_p_NK = np.zeros((len(x_ND), len(log_pi_K)))
    for k in range(len(log_pi_K)):
        log_p_NK[:, k] = log_pi_K[k] + norm.logpdf(x_ND, mu_KD[k], stddev_KD[k]).sum(axis=1)
    return -np.sum(np.log(np.sum(np.exp(log_p_NK), axis=1) + 1e-32))
