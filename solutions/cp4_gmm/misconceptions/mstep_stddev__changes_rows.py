"""You subtract the mean from x_ND in place, so the caller's rows are no longer the data after the M step.

module: GMM_PenalizedMLEstimator_EM
loses: [mstep_keeps_input]
may_lose: [fit_two_blobs, em_training_table]
"""
import numpy as np


class GMM_PenalizedMLEstimator_EM:
    def mstep__update_stddev_KD(self, r_NK, x_ND):
        m, s = self.variance_penalty_mode, self.variance_penalty_spread
        var_KD = np.zeros((r_NK.shape[1], x_ND.shape[1]))
        before_D = np.zeros(x_ND.shape[1])
        for k in range(len(var_KD)):
            x_ND -= self.mu_KD[k] - before_D
            before_D = self.mu_KD[k]
            square_D = r_NK[:, k] @ x_ND**2
            var_KD[k] = (1 / (s * m) + square_D) / (1 / (s * m**2) + np.sum(r_NK[:, k]))
        return np.sqrt(var_KD)
