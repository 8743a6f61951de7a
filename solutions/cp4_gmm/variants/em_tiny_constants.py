"""Tiny constants against logarithms of 0 and divisions by 0: log(pi + 1e-13), r + 1e-16, N_k + 1e-16.

module: GMM_PenalizedMLEstimator_EM
"""
import numpy as np
from scipy.special import logsumexp
from scipy.stats import norm


class GMM_PenalizedMLEstimator_EM:
    def estep__calc_r_NK(self, x_ND):
        log_r_NK = np.zeros((len(x_ND), self.K))
        for k in range(self.K):
            log_p_ND = norm.logpdf(x_ND, self.mu_KD[k], self.stddev_KD[k])
            log_r_NK[:, k] = self.log_pi_K[k] + log_p_ND.sum(axis=1)
        return np.exp(log_r_NK - logsumexp(log_r_NK, axis=1, keepdims=True)) + 1e-16

    def mstep__update_log_pi_K(self, r_NK):
        return np.log(np.sum(r_NK, axis=0) / max(r_NK.shape[0], 1) + 1e-13)

    def mstep__update_mu_KD(self, r_NK, x_ND):
        N_K = np.sum(r_NK, axis=0) + 1e-16
        return np.dot(r_NK.T, x_ND) / N_K[:, np.newaxis]
