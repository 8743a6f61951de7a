"""You go through the rows in a Python loop; the responsibilities are right, but it takes hundreds of times as long as operations on whole arrays.

module: GMM_PenalizedMLEstimator_EM
loses: [estep_speed]
"""
import numpy as np


class GMM_PenalizedMLEstimator_EM:
    def estep__calc_r_NK(self, x_ND):
        log_peak_K = self.log_pi_K - np.sum(np.log(self.stddev_KD), axis=1)
        r_NK = np.zeros((len(x_ND), self.K))
        for n, x_D in enumerate(x_ND):
            square_K = np.sum(((x_D - self.mu_KD) / self.stddev_KD) ** 2, axis=1)
            log_r_K = log_peak_K - 0.5 * square_K
            r_NK[n] = np.exp(log_r_K - np.logaddexp.reduce(log_r_K))
        return r_NK
