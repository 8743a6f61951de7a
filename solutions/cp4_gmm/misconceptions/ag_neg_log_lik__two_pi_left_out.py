"""You leave out 2 pi because its gradient is zero; the value of the loss is wrong all the same, and it is what the history shows.

module: calc_neg_log_lik__ag
loses: [ag_neg_log_lik_printed_example, ag_neg_log_lik_values, ag_neg_log_lik_far_points]
may_lose: [ag_speed, ag_neg_log_lik_digits]
"""
import autograd.numpy as ag_np
from autograd.scipy.special import logsumexp


def calc_neg_log_lik(x_ND, log_pi_K, mu_KD, stddev_KD):
    z_NKD = (x_ND[:, None, :] - mu_KD) / stddev_KD
    log_p_NK = -ag_np.sum(ag_np.log(stddev_KD) + 0.5 * z_NKD**2, axis=2)
    return -ag_np.sum(logsumexp(log_pi_K + log_p_NK, axis=1))
