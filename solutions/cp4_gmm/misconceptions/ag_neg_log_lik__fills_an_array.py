"""You fill an array of zeros column by column; autograd cannot follow an assignment into an array, so collect the columns in a list and stack them.

module: calc_neg_log_lik__ag
loses: [ag_gradient_by_hand, ag_gradient_central_differences, ag_gradient_many_dimensions]
"""
import autograd.numpy as ag_np
from autograd.scipy.special import logsumexp
from autograd.scipy.stats import norm


def calc_neg_log_lik(x_ND, log_pi_K, mu_KD, stddev_KD):
    log_p_NK = ag_np.zeros((x_ND.shape[0], mu_KD.shape[0]))
    for k in range(mu_KD.shape[0]):
        log_p_ND = norm.logpdf(x_ND, mu_KD[k], stddev_KD[k])
        log_p_NK[:, k] = log_pi_K[k] + ag_np.sum(log_p_ND, axis=1)
    return -ag_np.sum(logsumexp(log_p_NK, axis=1))
