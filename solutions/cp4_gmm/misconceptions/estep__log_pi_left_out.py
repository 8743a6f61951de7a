"""You leave log pi out of the E step, so a rare component takes as many rows as a common one; the responsibility is proportional to pi_k times the density.

module: GMM_PenalizedMLEstimator_EM
loses: [estep_by_hand, estep_values, estep_far_points, estep_many_dimensions, estep_zero_weight]
may_lose:
  - estep_rows_sum_to_one
  - estep_one_component
  - estep_duplicate_rows
  - estep_speed
  - estep_keeps_input
  - estep_digits
"""
import numpy as np
from scipy.special import logsumexp
from scipy.stats import norm


class GMM_PenalizedMLEstimator_EM:
    def estep__calc_r_NK(self, x_ND):
        log_r_NK = np.zeros((len(x_ND), self.K))
        for k in range(self.K):
            log_r_NK[:, k] = norm.logpdf(x_ND, self.mu_KD[k], self.stddev_KD[k]).sum(axis=1)
        return np.exp(log_r_NK - logsumexp(log_r_NK, axis=1, keepdims=True))
