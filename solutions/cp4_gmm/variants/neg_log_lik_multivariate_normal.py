"""scipy's multivariate normal with the squared deviations on the diagonal, one component at a time.

module: calc_neg_log_lik__np
"""
import numpy as np
from scipy.special import logsumexp
from scipy.stats import multivariate_normal


def calc_neg_log_lik(x_ND, log_pi_K, mu_KD, stddev_KD):
    if x_ND.shape[0] == 0:
        return 0.0
    log_p_KN = [
        log_pi_K[k] + np.atleast_1d(multivariate_normal.logpdf(x_ND, mu_KD[k], stddev_KD[k] ** 2))
        for k in range(len(log_pi_K))
    ]
    return -float(np.sum(logsumexp(log_p_KN, axis=0)))
