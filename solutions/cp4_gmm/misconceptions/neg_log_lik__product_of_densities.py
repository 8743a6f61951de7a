"""You multiply the densities of all dimensions before you take the logarithm; with 400 pixels the product is 0 or infinite.

module: calc_neg_log_lik__np
loses: [neg_log_lik_many_dimensions, neg_log_lik_far_points, neg_log_lik_digits]
"""
import numpy as np
from scipy.stats import norm


def calc_neg_log_lik(x_ND, log_pi_K, mu_KD, stddev_KD):
    p_N = np.zeros(len(x_ND))
    for k in range(len(log_pi_K)):
        p_N += np.exp(log_pi_K[k]) * norm.pdf(x_ND, mu_KD[k], stddev_KD[k]).prod(axis=1)
    return -np.sum(np.log(p_N))
