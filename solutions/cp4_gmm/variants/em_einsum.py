"""Everything by einsum, differences included.

module: GMM_PenalizedMLEstimator_EM
"""
import numpy as np
from scipy.special import logsumexp


class GMM_PenalizedMLEstimator_EM:
    def estep__calc_r_NK(self, x_ND):
        diff_NKD = x_ND[:, None, :] - self.mu_KD
        square_NK = np.einsum("nkd,nkd,kd->nk", diff_NKD, diff_NKD, self.stddev_KD**-2.0)
        log_r_NK = self.log_pi_K - np.log(self.stddev_KD).sum(axis=1) - 0.5 * square_NK
        return np.exp(log_r_NK - logsumexp(log_r_NK, axis=1)[:, None])

    def mstep__update_log_pi_K(self, r_NK):
        return np.log(np.einsum("nk->k", r_NK)) - np.log(len(r_NK))

    def mstep__update_mu_KD(self, r_NK, x_ND):
        N_K1 = np.einsum("nk->k", r_NK)[:, None]
        sum_KD = np.einsum("nk,nd->kd", r_NK, x_ND)
        return np.divide(sum_KD, N_K1, out=1.0 * self.mu_KD, where=N_K1 != 0)

    def mstep__update_stddev_KD(self, r_NK, x_ND):
        m, s = self.variance_penalty_mode, self.variance_penalty_spread
        diff_NKD = x_ND[:, None, :] - self.mu_KD
        square_KD = np.einsum("nk,nkd,nkd->kd", r_NK, diff_NKD, diff_NKD)
        N_K1 = np.einsum("nk->k", r_NK)[:, None]
        return np.sqrt((1 / (s * m) + square_KD) / (1 / (s * m**2) + N_K1))
