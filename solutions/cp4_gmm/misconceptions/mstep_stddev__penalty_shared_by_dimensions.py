"""You divide the penalty's terms by D, as if all dimensions shared one; every sigma_kd has a penalty term of its own.

module: GMM_PenalizedMLEstimator_EM
loses: [mstep_stddev_by_hand, mstep_stddev_penalty]
may_lose: [fit_two_blobs]
"""
import numpy as np


class GMM_PenalizedMLEstimator_EM:
    def mstep__update_stddev_KD(self, r_NK, x_ND):
        m, s = self.variance_penalty_mode, self.variance_penalty_spread
        K, D = r_NK.shape[1], x_ND.shape[1]
        var_KD = np.zeros((K, D))
        for k in range(K):
            square_D = r_NK[:, k] @ (x_ND - self.mu_KD[k]) ** 2
            var_KD[k] = (1 / (s * m * D) + square_D) / (1 / (s * m**2 * D) + np.sum(r_NK[:, k]))
        return np.sqrt(var_KD)
