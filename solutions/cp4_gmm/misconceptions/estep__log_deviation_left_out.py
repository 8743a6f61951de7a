"""You drop the log of the standard deviations as if it were a constant; it differs between components, so it does not cancel in the responsibilities.

module: GMM_PenalizedMLEstimator_EM
loses: [estep_by_hand, estep_values, estep_many_dimensions, estep_zero_weight]
may_lose:
  - estep_rows_sum_to_one
  - estep_one_component
  - estep_duplicate_rows
  - estep_speed
  - estep_keeps_input
  - estep_digits
"""
import numpy as np
from scipy.special import softmax


class GMM_PenalizedMLEstimator_EM:
    def estep__calc_r_NK(self, x_ND):
        log_r_NK = np.tile(self.log_pi_K, (len(x_ND), 1))
        for k in range(self.K):
            z_ND = (x_ND - self.mu_KD[k]) / self.stddev_KD[k]
            log_r_NK[:, k] -= 0.5 * np.sum(z_ND**2, axis=1)
        return softmax(log_r_NK, axis=1)
