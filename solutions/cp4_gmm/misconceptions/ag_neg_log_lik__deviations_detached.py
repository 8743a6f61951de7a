"""You take the plain number out of stddev_KD before you use it; autograd no longer sees that the loss depends on it, and its gradient is zero.

module: calc_neg_log_lik__ag
loses: [ag_gradient_by_hand, ag_gradient_central_differences, ag_gradient_many_dimensions]
may_lose: [lbfgs_three_blobs]
"""
import autograd.numpy as ag_np
from autograd.scipy.special import logsumexp
from autograd.scipy.stats import norm


def calc_neg_log_lik(x_ND, log_pi_K, mu_KD, stddev_KD):
    stddev_KD = getattr(stddev_KD, "_value", stddev_KD)
    log_p_NK = log_pi_K + ag_np.sum(norm.logpdf(x_ND[:, None, :], mu_KD, stddev_KD), axis=2)
    return -ag_np.sum(logsumexp(log_p_NK, axis=1))
