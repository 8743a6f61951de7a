"""A loop over the K components with autograd's norm.logpdf; the columns are stacked.

module: calc_neg_log_lik__ag
"""
import autograd.numpy as ag_np
from autograd.scipy.special import logsumexp
from autograd.scipy.stats import norm


def calc_neg_log_lik(x_ND, log_pi_K, mu_KD, stddev_KD):
    columns = []
    for k in range(mu_KD.shape[0]):
        log_p_ND = norm.logpdf(x_ND, mu_KD[k], stddev_KD[k])
        columns.append(log_pi_K[k] + ag_np.sum(log_p_ND, axis=1))
    return -1.0 * ag_np.sum(logsumexp(ag_np.stack(columns, axis=1), axis=1))
