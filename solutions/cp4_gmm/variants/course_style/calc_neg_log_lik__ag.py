import autograd.numpy as ag_np
import autograd.scipy.stats as ag_stats
from autograd.scipy.special import logsumexp as ag_logsumexp


def calc_neg_log_lik(x_ND, log_pi_K, mu_KD, stddev_KD):
    ''' Negative log likelihood, for autograd '''
    N = x_ND.shape[0]
    K = log_pi_K.shape[0]
    if N == 0:
        return 0.0

    log_lik_list = []
    for k in range(K):
        logpdf_ND = ag_stats.norm.logpdf(x_ND, mu_KD[k, :], stddev_KD[k, :])
        log_lik_list.append(log_pi_K[k] + ag_np.sum(logpdf_ND, axis=1))
    log_lik_NK = ag_np.stack(log_lik_list).T
    return -1.0 * ag_np.sum(ag_logsumexp(log_lik_NK, axis=1))
