"""You write the quadratic form as a product of matrices and keep only its diagonal; that array has N x N entries where N are needed.

module: GMM_PenalizedMLEstimator_EM
loses: [estep_speed]
"""
import numpy as np
from scipy.special import softmax


class GMM_PenalizedMLEstimator_EM:
    def estep__calc_r_NK(self, x_ND):
        log_r_NK = np.zeros((len(x_ND), self.K))
        for k in range(self.K):
            diff_ND = x_ND - self.mu_KD[k]
            square_N = np.diag(diff_ND @ np.diag(self.stddev_KD[k] ** -2.0) @ diff_ND.T)
            log_det = 2 * np.sum(np.log(self.stddev_KD[k]))
            log_r_NK[:, k] = self.log_pi_K[k] - 0.5 * (log_det + square_N)
        return softmax(log_r_NK, axis=1)
