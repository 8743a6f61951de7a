"""You set self.stddev_KD in the M step and return nothing; the method returns the new value, and fit decides when to set it.

module: GMM_PenalizedMLEstimator_EM
loses:
  - mstep_stddev_by_hand
  - mstep_stddev_values
  - mstep_stddev_penalty
  - mstep_stddev_empty_component
  - mstep_stddev_narrow
may_lose: [mstep_speed, fit_two_blobs, fit_history_keys, em_training_table]
"""
import numpy as np


class GMM_PenalizedMLEstimator_EM:
    def mstep__update_stddev_KD(self, r_NK, x_ND):
        m, s = self.variance_penalty_mode, self.variance_penalty_spread
        var_KD = np.zeros((r_NK.shape[1], x_ND.shape[1]))
        for k in range(len(var_KD)):
            square_D = r_NK[:, k] @ (x_ND - self.mu_KD[k]) ** 2
            var_KD[k] = (1 / (s * m) + square_D) / (1 / (s * m**2) + np.sum(r_NK[:, k]))
        self.stddev_KD = np.sqrt(var_KD)
