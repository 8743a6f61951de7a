"""You average the variances over the dimensions; every dimension of a component has a standard deviation of its own.

module: GMM_PenalizedMLEstimator_EM
loses:
  - mstep_stddev_by_hand
  - mstep_stddev_values
  - mstep_stddev_penalty
  - mstep_stddev_empty_component
  - mstep_stddev_narrow
may_lose: [mstep_speed]
"""
import numpy as np


class GMM_PenalizedMLEstimator_EM:
    def mstep__update_stddev_KD(self, r_NK, x_ND):
        m, s = self.variance_penalty_mode, self.variance_penalty_spread
        var_KD = np.zeros((r_NK.shape[1], x_ND.shape[1]))
        for k in range(len(var_KD)):
            square_D = r_NK[:, k] @ (x_ND - self.mu_KD[k]) ** 2
            var_D = (1 / (s * m) + square_D) / (1 / (s * m**2) + np.sum(r_NK[:, k]))
            var_KD[k] = np.mean(var_D)
        return np.sqrt(var_KD)
