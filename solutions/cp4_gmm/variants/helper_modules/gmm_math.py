"""Formulas of the mixture, shared by likelihood and EM."""

import numpy as np
from scipy.special import logsumexp
from scipy.stats import norm


def log_joint_NK(x_ND, log_pi_K, mu_KD, stddev_KD):
    """log pi_k plus the log density of component k, for every row."""
    joint_NK = np.empty((len(x_ND), len(mu_KD)))
    for k, (mu_D, stddev_D) in enumerate(zip(mu_KD, stddev_KD)):
        joint_NK[:, k] = log_pi_K[k] + norm.logpdf(x_ND, mu_D, stddev_D).sum(axis=1)
    return joint_NK


def responsibilities_NK(x_ND, *parameters):
    joint_NK = log_joint_NK(x_ND, *parameters)
    return np.exp(joint_NK - logsumexp(joint_NK, axis=1, keepdims=True))


def weighted_sums_KD(r_NK, values_of):
    """sum_n r_nk values_of(k)[n], a row for each component."""
    return np.array([r_N @ values_of(k) for k, r_N in enumerate(r_NK.T)])


def penalized_variance_KD(square_KD, N_K1, m, s):
    return (1.0 / (s * m) + square_KD) / (1.0 / (s * m**2) + N_K1)
