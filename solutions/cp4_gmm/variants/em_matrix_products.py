"""Matrix products with the responsibilities; the squares are of differences from each mean.

module: GMM_PenalizedMLEstimator_EM
"""
import numpy as np


class GMM_PenalizedMLEstimator_EM:
    def estep__calc_r_NK(self, x_ND):
        log_r_KN = np.stack(
            [
                (x_ND - mu_D) ** 2 @ (-0.5 / stddev_D**2)
                for mu_D, stddev_D in zip(self.mu_KD, self.stddev_KD)
            ]
        )
        log_r_KN += (self.log_pi_K - np.log(self.stddev_KD).sum(axis=1))[:, None]
        log_r_KN -= log_r_KN.max(axis=0)
        r_KN = np.exp(log_r_KN)
        return (r_KN / r_KN.sum(axis=0)).T

    def mstep__update_log_pi_K(self, r_NK):
        with np.errstate(divide="ignore"):
            return np.log(np.ones(len(r_NK)) @ r_NK / len(r_NK))

    def mstep__update_mu_KD(self, r_NK, x_ND):
        N_K1 = r_NK.sum(axis=0)[:, None]
        with np.errstate(invalid="ignore"):
            mu_KD = r_NK.T @ x_ND / N_K1
        return np.where(N_K1 > 0, mu_KD, self.mu_KD)

    def mstep__update_stddev_KD(self, r_NK, x_ND):
        m, s = self.variance_penalty_mode, self.variance_penalty_spread
        var_KD = np.empty(self.mu_KD.shape)
        for k, mu_D in enumerate(self.mu_KD):
            var_KD[k] = r_NK[:, k] @ (x_ND - mu_D) ** 2
        var_KD += 1 / (s * m)
        var_KD /= 1 / (s * m**2) + r_NK.sum(axis=0)[:, None]
        return np.sqrt(var_KD, out=var_KD)
