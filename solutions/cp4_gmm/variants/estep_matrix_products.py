"""The E step with the square multiplied out: two matrix products, with x and with its square.

module: GMM_PenalizedMLEstimator_EM
"""
import numpy as np


class GMM_PenalizedMLEstimator_EM:
    def estep__calc_r_NK(self, x_ND):
        precision_KD = 1.0 / np.square(self.stddev_KD)
        weighted_KD = self.mu_KD * precision_KD
        constant_K = self.log_pi_K + 0.5 * np.log(precision_KD).sum(axis=1)
        constant_K = constant_K - 0.5 * (self.mu_KD * weighted_KD).sum(axis=1)
        log_r_NK = x_ND @ weighted_KD.T - 0.5 * np.square(x_ND) @ precision_KD.T + constant_K
        r_NK = np.exp(log_r_NK - log_r_NK.max(axis=1, keepdims=True))
        return r_NK / r_NK.sum(axis=1, keepdims=True)
