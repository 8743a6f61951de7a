"""You add a tiny number to the variances before you divide by them and take their logarithm; where a component is narrow, that number is most of its variance.

module: calc_neg_log_lik__ag
loses: [ag_neg_log_lik_digits]
"""
import autograd.numpy as ag_np
from autograd.scipy.special import logsumexp


def calc_neg_log_lik(x_ND, log_pi_K, mu_KD, stddev_KD):
    var_KD = stddev_KD**2 + 1e-15
    square_NKD = (x_ND[:, None, :] - mu_KD) ** 2 / var_KD
    log_p_NK = -0.5 * ag_np.sum(ag_np.log(2 * ag_np.pi * var_KD) + square_NKD, axis=2)
    return -ag_np.sum(logsumexp(log_pi_K + log_p_NK, axis=1))
