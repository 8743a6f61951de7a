"""You go through the rows in a Python loop; the value is right, but it takes hundreds of times as long as operations on whole arrays.

module: calc_neg_log_lik__np
loses: [neg_log_lik_speed]
"""
import numpy as np


def calc_neg_log_lik(x_ND, log_pi_K, mu_KD, stddev_KD):
    log_peak_K = log_pi_K - np.sum(np.log(np.sqrt(2 * np.pi) * stddev_KD), axis=1)
    total = 0.0
    for x_D in x_ND:
        square_K = np.sum(((x_D - mu_KD) / stddev_KD) ** 2, axis=1)
        total -= np.logaddexp.reduce(log_peak_K - 0.5 * square_K)
    return total
