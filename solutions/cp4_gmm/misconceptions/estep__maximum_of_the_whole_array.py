"""You subtract the largest log density of all rows; a row far below it still underflows to 0/0, so each row needs its own maximum.

module: GMM_PenalizedMLEstimator_EM
loses: [estep_far_points, estep_digits]
"""
import numpy as np
from scipy.stats import norm


class GMM_PenalizedMLEstimator_EM:
    def estep__calc_r_NK(self, x_ND):
        log_r_NK = np.zeros((len(x_ND), self.K))
        for k in range(self.K):
            log_p_ND = norm.logpdf(x_ND, self.mu_KD[k], self.stddev_KD[k])
            log_r_NK[:, k] = self.log_pi_K[k] + log_p_ND.sum(axis=1)
        r_NK = np.exp(log_r_NK - np.max(log_r_NK, initial=-1e300))
        return r_NK / r_NK.sum(axis=1, keepdims=True)
