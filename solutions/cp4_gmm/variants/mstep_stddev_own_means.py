"""The sigma update computes the new means again from the responsibilities; inside fit they are self.mu_KD.

module: GMM_PenalizedMLEstimator_EM
"""
import numpy as np


class GMM_PenalizedMLEstimator_EM:
    def mstep__update_stddev_KD(self, r_NK, x_ND):
        m, s = self.variance_penalty_mode, self.variance_penalty_spread
        stddev_KD = np.zeros((self.K, self.D))
        for k in range(self.K):
            r_N1, N_k = r_NK[:, [k]], np.sum(r_NK[:, k])
            mu_D = np.sum(r_N1 * x_ND, axis=0) / (N_k + 1e-16)
            square_D = np.sum(r_N1 * (x_ND - mu_D) ** 2, axis=0)
            stddev_KD[k] = np.sqrt((1 / (s * m) + square_D) / (1 / (s * m**2) + N_k))
        return stddev_KD
