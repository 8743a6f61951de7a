"""You take the mean of the squares minus the square of the mean; for a narrow component far from the origin the digits cancel, and the root of what is left is wrong or NaN.

module: GMM_PenalizedMLEstimator_EM
loses: [mstep_stddev_narrow]
"""
import numpy as np


class GMM_PenalizedMLEstimator_EM:
    def mstep__update_stddev_KD(self, r_NK, x_ND):
        m, s = self.variance_penalty_mode, self.variance_penalty_spread
        N_K1 = np.sum(r_NK, axis=0)[:, np.newaxis]
        square_KD = r_NK.T @ x_ND**2 - 2 * self.mu_KD * (r_NK.T @ x_ND) + N_K1 * self.mu_KD**2
        return np.sqrt((1 / (s * m) + square_KD) / (1 / (s * m**2) + N_K1))
