import numpy as np
import scipy.stats as stats
from scipy.special import logsumexp


def calc_neg_log_lik(x_ND, log_pi_K, mu_KD, stddev_KD):
    ''' Negative log likelihood of the data under the mixture '''
    N, D = x_ND.shape
    K = log_pi_K.shape[0]

    if N == 0:
        return 0.0

    log_lik_NK = np.zeros((N, K))
    for k in range(K):
        # log pi_k + sum over d of log NormPDF(x_nd)
        log_lik_NK[:, k] = log_pi_K[k] + np.sum(
            stats.norm.logpdf(x_ND, mu_KD[k, :], stddev_KD[k, :]), axis=1)

    neg_log_lik = -1.0 * np.sum(logsumexp(log_lik_NK, axis=1))
    return neg_log_lik


if __name__ == '__main__':
    print(calc_neg_log_lik(np.zeros((1, 1)), np.zeros(1), np.zeros((1, 1)), np.ones((1, 1))))
