"""You make a diagonal matrix of the responsibilities; it has N x N entries, nearly all of them 0, where a product with the column is enough.

module: GMM_PenalizedMLEstimator_EM
loses: [mstep_speed]
"""
import numpy as np


class GMM_PenalizedMLEstimator_EM:
    def mstep__update_stddev_KD(self, r_NK, x_ND):
        m, s = self.variance_penalty_mode, self.variance_penalty_spread
        var_KD = np.zeros((r_NK.shape[1], x_ND.shape[1]))
        for k in range(len(var_KD)):
            diff_ND = x_ND - self.mu_KD[k]
            square_D = np.diag(diff_ND.T @ np.diag(r_NK[:, k]) @ diff_ND)
            var_KD[k] = (1 / (s * m) + square_D) / (1 / (s * m**2) + np.sum(r_NK[:, k]))
        return np.sqrt(var_KD)
