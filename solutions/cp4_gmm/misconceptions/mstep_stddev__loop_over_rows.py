"""You add up the squared differences in a Python loop over the rows; the deviations are right, but it takes hundreds of times as long as operations on whole arrays.

module: GMM_PenalizedMLEstimator_EM
loses: [mstep_speed]
"""
import numpy as np


class GMM_PenalizedMLEstimator_EM:
    def mstep__update_stddev_KD(self, r_NK, x_ND):
        m, s = self.variance_penalty_mode, self.variance_penalty_spread
        square_KD = np.zeros((r_NK.shape[1], x_ND.shape[1]))
        for r_K, x_D in zip(r_NK, x_ND):
            square_KD += r_K[:, np.newaxis] * (x_D - self.mu_KD) ** 2
        above, below = 1 / (s * m), 1 / (s * m**2)
        return np.sqrt((square_KD + above) / (np.sum(r_NK, axis=0)[:, np.newaxis] + below))
