"""One broadcast of shape (N, K, D) in the E step and in the M steps.

module: GMM_PenalizedMLEstimator_EM
"""
import numpy as np
from scipy.special import softmax
from scipy.stats import norm


class GMM_PenalizedMLEstimator_EM:
    def estep__calc_r_NK(self, x_ND):
        log_p_NKD = norm.logpdf(x_ND[:, None, :], self.mu_KD, self.stddev_KD)
        return softmax(self.log_pi_K + np.sum(log_p_NKD, axis=2), axis=1)

    def mstep__update_mu_KD(self, r_NK, x_ND):
        sum_KD = np.sum(r_NK[:, :, None] * x_ND[:, None, :], axis=0)
        N_K1 = np.sum(r_NK, axis=0)[:, None]
        return np.where(N_K1 > 0, sum_KD / np.where(N_K1 > 0, N_K1, 1.0), self.mu_KD)

    def mstep__update_stddev_KD(self, r_NK, x_ND):
        m, s = self.variance_penalty_mode, self.variance_penalty_spread
        square_NKD = (x_ND[:, None, :] - self.mu_KD[None, :, :]) ** 2
        top_KD = 1 / (s * m) + np.sum(r_NK[:, :, None] * square_NKD, axis=0)
        return np.sqrt(top_KD / (1 / (s * m**2) + np.sum(r_NK, axis=0)[:, None]))
