"""You replace the minus infinity in log pi by 0, but a log of 0 is a weight of 1; a component without weight takes no row.

module: GMM_PenalizedMLEstimator_EM
loses: [estep_zero_weight]
"""
import numpy as np
from scipy.special import softmax
from scipy.stats import norm


class GMM_PenalizedMLEstimator_EM:
    def estep__calc_r_NK(self, x_ND):
        log_pi_K = np.nan_to_num(self.log_pi_K, neginf=0.0)
        log_r_NK = np.zeros((len(x_ND), self.K))
        for k in range(self.K):
            log_p_ND = norm.logpdf(x_ND, self.mu_KD[k], self.stddev_KD[k])
            log_r_NK[:, k] = log_pi_K[k] + log_p_ND.sum(axis=1)
        return softmax(log_r_NK, axis=1)
