"""M steps as weighted averages: responsibilities are first divided by N_k, and the penalty is added to that.

module: GMM_PenalizedMLEstimator_EM
"""
import numpy as np


class GMM_PenalizedMLEstimator_EM:
    def _weights_NK(self, r_NK):
        N_K = r_NK.sum(axis=0)
        return r_NK / np.where(N_K > 0, N_K, 1.0)

    def mstep__update_mu_KD(self, r_NK, x_ND):
        mu_KD = self._weights_NK(r_NK).T @ x_ND
        is_empty_K = r_NK.sum(axis=0) == 0
        mu_KD[is_empty_K] = self.mu_KD[is_empty_K]
        return mu_KD

    def mstep__update_stddev_KD(self, r_NK, x_ND):
        m, s = self.variance_penalty_mode, self.variance_penalty_spread
        w_NK, N_K1 = self._weights_NK(r_NK), r_NK.sum(axis=0)[:, None]
        pairs = zip(w_NK.T, self.mu_KD)
        var_KD = np.array([w_N @ (x_ND - mu_D) ** 2 for w_N, mu_D in pairs])
        share_K1 = N_K1 / (N_K1 + 1 / (s * m**2))
        return np.sqrt(share_K1 * var_KD + (1 - share_K1) * m)
