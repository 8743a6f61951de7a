"""The E step through a logsumexp and a log density of the student's own, as static methods.

module: GMM_PenalizedMLEstimator_EM
"""
import numpy as np


class GMM_PenalizedMLEstimator_EM:
    @staticmethod
    def _logsumexp(a_NK):
        top_N1 = np.max(a_NK, axis=1, keepdims=True)
        return top_N1 + np.log(np.sum(np.exp(a_NK - top_N1), axis=1, keepdims=True))

    @staticmethod
    def _log_density(x_ND, mu_D, stddev_D):
        square_ND = ((x_ND - mu_D) / stddev_D) ** 2
        return -0.5 * np.sum(square_ND + np.log(2 * np.pi) + 2 * np.log(stddev_D), axis=1)

    def estep__calc_r_NK(self, x_ND):
        joint_NK = np.column_stack(
            [
                self.log_pi_K[k] + self._log_density(x_ND, self.mu_KD[k], self.stddev_KD[k])
                for k in range(self.K)
            ]
        )
        return np.exp(joint_NK - self._logsumexp(joint_NK))
