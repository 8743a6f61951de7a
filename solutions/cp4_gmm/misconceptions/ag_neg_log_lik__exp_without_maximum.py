"""You take exp of the log densities without subtracting the largest one first; for a far row the log of 0 is minus infinity, and its gradient is NaN.

module: calc_neg_log_lik__ag
loses: [ag_neg_log_lik_far_points, ag_gradient_many_dimensions, ag_neg_log_lik_digits]
"""
import autograd.numpy as ag_np
from autograd.scipy.stats import norm


def calc_neg_log_lik(x_ND, log_pi_K, mu_KD, stddev_KD):
    log_p_NK = log_pi_K + ag_np.sum(norm.logpdf(x_ND[:, None, :], mu_KD, stddev_KD), axis=2)
    return -ag_np.sum(ag_np.log(ag_np.sum(ag_np.exp(log_p_NK), axis=1)))
