"""Helper functions and np.logaddexp.reduce instead of logsumexp; the value is a Python float.

module: calc_neg_log_lik__np
"""
import numpy as np


def _log_normal(x, mu, sigma):
    return -0.5 * np.log(2 * np.pi * np.square(sigma)) - np.square(x - mu) / (2 * np.square(sigma))


def _log_weighted(x_ND, log_pi_K, mu_KD, stddev_KD):
    columns = zip(log_pi_K, mu_KD, stddev_KD)
    return np.array([w + _log_normal(x_ND, mu_D, s_D).sum(axis=1) for w, mu_D, s_D in columns])


def calc_neg_log_lik(x_ND, log_pi_K, mu_KD, stddev_KD):
    per_row_N = np.logaddexp.reduce(_log_weighted(x_ND, log_pi_K, mu_KD, stddev_KD), axis=0)
    return -per_row_N.sum().item()
