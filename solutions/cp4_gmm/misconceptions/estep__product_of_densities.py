"""You multiply the densities of all dimensions; with 400 pixels every product is 0 or infinite, and their ratio is NaN.

module: GMM_PenalizedMLEstimator_EM
loses: [estep_far_points, estep_many_dimensions, estep_digits]
"""
import numpy as np
from scipy.stats import norm


class GMM_PenalizedMLEstimator_EM:
    def estep__calc_r_NK(self, x_ND):
        r_NK = np.zeros((len(x_ND), self.K))
        for k in range(self.K):
            p_ND = norm.pdf(x_ND, self.mu_KD[k], self.stddev_KD[k])
            r_NK[:, k] = np.exp(self.log_pi_K[k]) * p_ND.prod(axis=1)
        return r_NK / r_NK.sum(axis=1, keepdims=True)
