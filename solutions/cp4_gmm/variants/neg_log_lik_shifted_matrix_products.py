"""Two matrix products around each component's mean; what is squared are differences, so nothing cancels.

module: calc_neg_log_lik__np
"""
import numpy as np


def calc_neg_log_lik(x_ND, log_pi_K, mu_KD, stddev_KD):
    log_p_KN = np.empty((len(mu_KD), len(x_ND)))
    for k, (mu_D, stddev_D) in enumerate(zip(mu_KD, stddev_KD)):
        log_p_KN[k] = (x_ND - mu_D) ** 2 @ (-0.5 / stddev_D**2)
    log_p_KN += (log_pi_K - np.sum(np.log(stddev_KD * np.sqrt(2 * np.pi)), axis=1))[:, None]
    top_N = np.max(log_p_KN, axis=0)
    return -np.sum(top_N) - np.sum(np.log(np.sum(np.exp(log_p_KN - top_N), axis=0)))
