"""Scaled differences squared by einsum, and logsumexp with the weights as its factor b.

module: calc_neg_log_lik__np
"""
import numpy as np
from scipy.special import logsumexp


def calc_neg_log_lik(x_ND, log_pi_K, mu_KD, stddev_KD):
    K, D = mu_KD.shape
    square_NK = np.empty((len(x_ND), K))
    for k in range(K):
        z_ND = (x_ND - mu_KD[k]) / stddev_KD[k]
        square_NK[:, k] = np.einsum("nd,nd->n", z_ND, z_ND)
    log_scale_K = np.log(stddev_KD).sum(axis=1) + 0.5 * D * np.log(2 * np.pi)
    return -np.sum(logsumexp(-0.5 * square_NK - log_scale_K, axis=1, b=np.exp(log_pi_K)))
