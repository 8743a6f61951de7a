"""Each component as the sum of its peak and its shape, put together by ag_np.array of a list.

module: calc_neg_log_lik__ag
"""
import autograd.numpy as ag_np
from autograd.scipy.special import logsumexp


def calc_neg_log_lik(x_ND, log_pi_K, mu_KD, stddev_KD):
    D = mu_KD.shape[1]
    parts = []
    for k in range(len(log_pi_K)):
        shape_N = -0.5 * ag_np.dot((x_ND - mu_KD[k]) ** 2, 1.0 / stddev_KD[k] ** 2)
        peak = log_pi_K[k] - ag_np.sum(ag_np.log(stddev_KD[k])) - 0.5 * D * ag_np.log(2 * ag_np.pi)
        parts.append(shape_N + peak)
    return -ag_np.sum(logsumexp(ag_np.array(parts), axis=0))
