"""You drop rows that occur twice; every row of the data has its own row of responsibilities, equal or not.

module: GMM_PenalizedMLEstimator_EM
loses: [estep_duplicate_rows]
may_lose: [fit_two_blobs]
"""
import numpy as np
from scipy.special import softmax
from scipy.stats import norm


class GMM_PenalizedMLEstimator_EM:
    def estep__calc_r_NK(self, x_ND):
        first_U = np.sort(np.unique(x_ND, axis=0, return_index=True)[1])
        x_UD = x_ND[first_U]
        log_r_UK = np.zeros((len(x_UD), self.K))
        for k in range(self.K):
            log_p_UD = norm.logpdf(x_UD, self.mu_KD[k], self.stddev_KD[k])
            log_r_UK[:, k] = self.log_pi_K[k] + log_p_UD.sum(axis=1)
        return softmax(log_r_UK, axis=1)
