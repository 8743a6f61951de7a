"""You use stddev_KD as if it were the variance in the E step; the normal density divides by the square of the standard deviation.

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
            var_D = self.stddev_KD[k]
            square_ND = (x_ND - self.mu_KD[k]) ** 2 / var_D
            log_r_NK[:, k] -= 0.5 * np.sum(np.log(var_D) + square_ND, axis=1)
        return softmax(log_r_NK, axis=1)
