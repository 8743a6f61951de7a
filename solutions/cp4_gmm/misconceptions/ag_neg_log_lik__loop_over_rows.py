"""You go through the rows in a Python loop; autograd records every step of it, so value and gradient take hundreds of times as long.

module: calc_neg_log_lik__ag
loses: [ag_speed]
"""
import autograd.numpy as ag_np
from autograd.scipy.special import logsumexp
from autograd.scipy.stats import norm


def calc_neg_log_lik(x_ND, log_pi_K, mu_KD, stddev_KD):
    total = 0.0
    for x_D in x_ND:
        log_p_K = log_pi_K + ag_np.sum(norm.logpdf(x_D, mu_KD, stddev_KD), axis=1)
        total = total - logsumexp(log_p_K)
    return total
