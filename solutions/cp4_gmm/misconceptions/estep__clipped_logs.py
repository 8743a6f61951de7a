"""You do not let a log density fall below -1e15, so that exp always has something to work on; a row for which all of them are below that is shared out evenly. Only the differences count, and subtracting the largest one needs no such limit.

module: GMM_PenalizedMLEstimator_EM
loses: [estep_digits]
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
        return softmax(np.clip(log_r_NK, -1e15, None), axis=1)
