"""Loops over components and over dimensions, one column at a time.

module: GMM_PenalizedMLEstimator_EM
"""
import numpy as np


class GMM_PenalizedMLEstimator_EM:
    def estep__calc_r_NK(self, x_ND):
        log_r_NK = np.repeat(self.log_pi_K[np.newaxis, :], len(x_ND), axis=0)
        for k in range(self.K):
            for d in range(self.D):
                sigma = self.stddev_KD[k, d]
                square_N = (x_ND[:, d] - self.mu_KD[k, d]) ** 2
                log_r_NK[:, k] -= 0.5 * square_N / sigma**2 + np.log(sigma)
        log_r_NK -= np.amax(log_r_NK, axis=1)[:, np.newaxis]
        r_NK = np.exp(log_r_NK)
        return r_NK / np.sum(r_NK, axis=1)[:, np.newaxis]

    def mstep__update_mu_KD(self, r_NK, x_ND):
        mu_KD = np.array(self.mu_KD, dtype=float)
        for k in range(self.K):
            for d in range(self.D):
                if r_NK[:, k].sum() > 0:
                    mu_KD[k, d] = np.average(x_ND[:, d], weights=r_NK[:, k])
        return mu_KD

    def mstep__update_stddev_KD(self, r_NK, x_ND):
        m, s = self.variance_penalty_mode, self.variance_penalty_spread
        var_KD = np.zeros((self.K, self.D))
        for k in range(self.K):
            for d in range(self.D):
                square_N = (x_ND[:, d] - self.mu_KD[k, d]) ** 2
                top = 1 / (s * m) + np.dot(r_NK[:, k], square_N)
                var_KD[k, d] = top / (1 / (s * m**2) + r_NK[:, k].sum())
        return var_KD**0.5
