"""You take the differences from the mean of all rows; the variance of a component is about its own mean, self.mu_KD.

module: GMM_PenalizedMLEstimator_EM
loses:
  - mstep_stddev_by_hand
  - mstep_stddev_values
  - mstep_stddev_penalty
  - mstep_stddev_empty_component
  - mstep_stddev_narrow
may_lose: [mstep_speed, fit_two_blobs]
"""
import numpy as np


class GMM_PenalizedMLEstimator_EM:
    def mstep__update_stddev_KD(self, r_NK, x_ND):
        m, s = self.variance_penalty_mode, self.variance_penalty_spread
        square_ND = (x_ND - np.mean(x_ND, axis=0)) ** 2
        N_K1 = np.sum(r_NK, axis=0)[:, np.newaxis]
        return np.sqrt((1 / (s * m) + r_NK.T @ square_ND) / (1 / (s * m**2) + N_K1))
