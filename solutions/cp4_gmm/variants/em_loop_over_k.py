"""E and M steps in Python loops over the K components with scipy.stats, as most students write them.

module: GMM_PenalizedMLEstimator_EM
"""
import numpy as np
from scipy import stats
from scipy.special import logsumexp


class GMM_PenalizedMLEstimator_EM:
    def estep__calc_r_NK(self, x_ND):
        N = x_ND.shape[0]
        log_r_NK = np.zeros((N, self.K))
        for k in range(self.K):
            log_p_ND = stats.norm.logpdf(x_ND, self.mu_KD[k], self.stddev_KD[k])
            log_r_NK[:, k] = self.log_pi_K[k] + np.sum(log_p_ND, axis=1)
        return np.exp(log_r_NK - logsumexp(log_r_NK, axis=1, keepdims=True))

    def mstep__update_log_pi_K(self, r_NK):
        log_pi_K = np.zeros(self.K)
        for k in range(self.K):
            log_pi_K[k] = np.log(np.sum(r_NK[:, k])) - np.log(r_NK.shape[0])
        return log_pi_K

    def mstep__update_mu_KD(self, r_NK, x_ND):
        mu_KD = np.array(self.mu_KD, dtype=float)
        for k in range(self.K):
            N_k = np.sum(r_NK[:, k])
            if N_k > 0:
                mu_KD[k, :] = np.sum(r_NK[:, k][:, np.newaxis] * x_ND, axis=0) / N_k
        return mu_KD

    def mstep__update_stddev_KD(self, r_NK, x_ND):
        m, s = self.variance_penalty_mode, self.variance_penalty_spread
        stddev_KD = np.zeros((self.K, x_ND.shape[1]))
        for k in range(self.K):
            r_N1 = r_NK[:, k].reshape(-1, 1)
            top_D = 1.0 / (s * m) + np.sum(r_N1 * (x_ND - self.mu_KD[k]) ** 2, axis=0)
            stddev_KD[k] = np.sqrt(top_D / (1.0 / (s * m**2) + np.sum(r_N1)))
        return stddev_KD
