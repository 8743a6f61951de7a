"""You normalize over the rows; the responsibilities of each row must sum to one over the components.

module: GMM_PenalizedMLEstimator_EM
loses: [estep_by_hand, estep_values, estep_far_points, estep_many_dimensions, estep_zero_weight]
may_lose:
  - estep_rows_sum_to_one
  - estep_one_component
  - estep_duplicate_rows
  - estep_speed
  - estep_keeps_input
  - fit_two_blobs
  - estep_digits
"""
import numpy as np
from scipy.special import logsumexp
from scipy.stats import norm


class GMM_PenalizedMLEstimator_EM:
    def estep__calc_r_NK(self, x_ND):
        log_r_NK = np.zeros((len(x_ND), self.K))
        for k in range(self.K):
            log_p_ND = norm.logpdf(x_ND, self.mu_KD[k], self.stddev_KD[k])
            log_r_NK[:, k] = self.log_pi_K[k] + log_p_ND.sum(axis=1)
        return np.exp(log_r_NK - logsumexp(log_r_NK, axis=0, keepdims=True))
