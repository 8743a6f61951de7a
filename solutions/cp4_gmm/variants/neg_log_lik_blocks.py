"""Blocks of 256 rows, each a broadcast, with the maximum subtracted by hand.

module: calc_neg_log_lik__np
"""
import numpy as np


def calc_neg_log_lik(x_ND, log_pi_K, mu_KD, stddev_KD):
    D = mu_KD.shape[1]
    log_peak_K = log_pi_K - np.log(stddev_KD).sum(axis=1) - 0.5 * D * np.log(2.0 * np.pi)
    total = 0.0
    for start in range(0, len(x_ND), 256):
        z_BKD = (x_ND[start : start + 256, np.newaxis, :] - mu_KD) / stddev_KD
        log_p_BK = log_peak_K - 0.5 * np.square(z_BKD).sum(axis=2)
        top_B1 = log_p_BK.max(axis=1, keepdims=True)
        total += np.sum(top_B1[:, 0] + np.log(np.exp(log_p_BK - top_B1).sum(axis=1)))
    return -total
