"""The E step returns float32 responsibilities; the log densities and their normalization are float64.

module: GMM_PenalizedMLEstimator_EM
"""
import numpy as np
from scipy.special import softmax
from scipy.stats import norm


class GMM_PenalizedMLEstimator_EM:
    def estep__calc_r_NK(self, x_ND):
        log_r_NK = np.zeros((len(x_ND), self.K))
        for k in range(self.K):
            log_p_ND = norm.logpdf(x_ND, self.mu_KD[k], self.stddev_KD[k])
            log_r_NK[:, k] = self.log_pi_K[k] + log_p_ND.sum(axis=1)
        return softmax(log_r_NK, axis=1).astype(np.float32)
