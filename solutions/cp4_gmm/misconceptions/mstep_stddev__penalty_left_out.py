"""You leave the penalty out of the sigma update; its terms in m and s keep the deviation of a shrinking component away from zero.

module: GMM_PenalizedMLEstimator_EM
loses: [mstep_stddev_by_hand, mstep_stddev_penalty, mstep_stddev_empty_component]
may_lose: [fit_two_blobs]
"""
import numpy as np


class GMM_PenalizedMLEstimator_EM:
    def mstep__update_stddev_KD(self, r_NK, x_ND):
        var_KD = np.zeros((r_NK.shape[1], x_ND.shape[1]))
        for k in range(len(var_KD)):
            square_D = r_NK[:, k] @ (x_ND - self.mu_KD[k]) ** 2
            var_KD[k] = square_D / (np.sum(r_NK[:, k]) + 1e-16)
        return np.sqrt(var_KD)
