"""You square self.stddev_KD in place; after the E step the object's standard deviations are variances.

module: GMM_PenalizedMLEstimator_EM
loses: [estep_keeps_input]
may_lose: [estep_speed]
"""
import numpy as np
from scipy.special import softmax


class GMM_PenalizedMLEstimator_EM:
    def estep__calc_r_NK(self, x_ND):
        var_KD = self.stddev_KD
        var_KD **= 2
        log_r_NK = np.tile(self.log_pi_K, (len(x_ND), 1))
        for k in range(self.K):
            square_ND = (x_ND - self.mu_KD[k]) ** 2 / var_KD[k]
            log_r_NK[:, k] -= 0.5 * np.sum(np.log(var_KD[k]) + square_ND, axis=1)
        return softmax(log_r_NK, axis=1)
