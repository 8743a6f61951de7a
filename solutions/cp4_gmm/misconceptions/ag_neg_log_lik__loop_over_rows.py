"""You go through the rows in a Python loop; autograd records every step of it, so value and gradient take hundreds of times as long.

module: calc_neg_log_lik__ag
loses: [ag_speed]
may_lose: [lbfgs_speed]
"""
import autograd.numpy as ag_np
from autograd.scipy.special import logsumexp


def calc_neg_log_lik(x_ND, log_pi_K, mu_KD, stddev_KD):
    log_peak_K = log_pi_K - ag_np.sum(ag_np.log(stddev_KD * ag_np.sqrt(2 * ag_np.pi)), axis=1)
    total = 0.0
    for x_D in x_ND:
        square_K = ag_np.sum(((x_D - mu_KD) / stddev_KD) ** 2, axis=1)
        total = total - logsumexp(log_peak_K - 0.5 * square_K)
    return total
