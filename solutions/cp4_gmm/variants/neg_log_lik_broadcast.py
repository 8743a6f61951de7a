"""One broadcast of shape (N, K, D) through scipy.stats.

module: calc_neg_log_lik__np
"""
from scipy.special import logsumexp
from scipy.stats import norm


def calc_neg_log_lik(x_ND, log_pi_K, mu_KD, stddev_KD):
    log_p_NKD = norm.logpdf(x_ND[:, None, :], loc=mu_KD[None], scale=stddev_KD[None])
    return -logsumexp(log_pi_K[None, :] + log_p_NKD.sum(axis=2), axis=1).sum()
