"""einsum over the dimensions, with components in rows and log pi normalized once more inside.

module: calc_neg_log_lik__ag
"""
import autograd.numpy as ag_np
from autograd.scipy.special import logsumexp


def calc_neg_log_lik(x_ND, log_pi_K, mu_KD, stddev_KD):
    log_pi_K = log_pi_K - logsumexp(log_pi_K)
    square_KND = (x_ND[None, :, :] - mu_KD[:, None, :]) ** 2
    joint_KN = -0.5 * ag_np.einsum("knd,kd->kn", square_KND, stddev_KD**-2.0)
    log_peak_K = log_pi_K - ag_np.sum(ag_np.log(stddev_KD * ag_np.sqrt(2 * ag_np.pi)), axis=1)
    return -ag_np.sum(logsumexp(joint_KN + ag_np.reshape(log_peak_K, (-1, 1)), axis=0))
