"""You take exp of the log densities and divide by the sum; for a row far from every component all of them underflow, and 0/0 is NaN.

module: GMM_PenalizedMLEstimator_EM
loses: [estep_far_points, estep_many_dimensions, estep_digits]
"""
import numpy as np
from scipy.stats import norm


class GMM_PenalizedMLEstimator_EM:
    def estep__calc_r_NK(self, x_ND):
        r_NK = np.zeros((len(x_ND), self.K))
        for k in range(self.K):
            log_p_ND = norm.logpdf(x_ND, self.mu_KD[k], self.stddev_KD[k])
            r_NK[:, k] = np.exp(self.log_pi_K[k] + log_p_ND.sum(axis=1))
        return r_NK / r_NK.sum(axis=1, keepdims=True)
