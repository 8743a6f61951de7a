"""One broadcast of shape (N, K, D), the density written out, and the maximum subtracted by hand.

module: calc_neg_log_lik__ag
"""
import autograd.numpy as ag_np


def calc_neg_log_lik(x_ND, log_pi_K, mu_KD, stddev_KD):
    z_NKD = (x_ND[:, None, :] - mu_KD) / stddev_KD
    log_p_NKD = -0.5 * z_NKD**2 - ag_np.log(stddev_KD) - 0.5 * ag_np.log(2 * ag_np.pi)
    joint_NK = log_pi_K + ag_np.sum(log_p_NKD, axis=2)
    top_N1 = ag_np.max(joint_NK, axis=1, keepdims=True)
    per_row_N = ag_np.log(ag_np.sum(ag_np.exp(joint_NK - top_N1), axis=1)) + top_N1[:, 0]
    return -ag_np.sum(per_row_N)
