"""You write 1/(s m) in the denominator as well; there the mode m is squared, so that the penalty alone gives a variance of m.

module: GMM_PenalizedMLEstimator_EM
loses: [mstep_stddev_by_hand, mstep_stddev_penalty, mstep_stddev_empty_component]
may_lose: [fit_two_blobs]
"""
import numpy as np


class GMM_PenalizedMLEstimator_EM:
    def mstep__update_stddev_KD(self, r_NK, x_ND):
        m, s = self.variance_penalty_mode, self.variance_penalty_spread
        var_KD = np.zeros((r_NK.shape[1], x_ND.shape[1]))
        for k in range(len(var_KD)):
            square_D = r_NK[:, k] @ (x_ND - self.mu_KD[k]) ** 2
            var_KD[k] = (1 / (s * m) + square_D) / (1 / (s * m) + np.sum(r_NK[:, k]))
        return np.sqrt(var_KD)
