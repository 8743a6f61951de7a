"""Blocks of 512 rows through every step, with buffers that are used again.

module: GMM_PenalizedMLEstimator_EM
"""
import numpy as np

BLOCK = 512


def _blocks(N):
    for start in range(0, N, BLOCK):
        yield slice(start, start + BLOCK)


class GMM_PenalizedMLEstimator_EM:
    def estep__calc_r_NK(self, x_ND):
        r_NK = np.empty((len(x_ND), self.K))
        for rows in _blocks(len(x_ND)):
            part_BK = r_NK[rows]
            for k in range(self.K):
                z_BD = x_ND[rows] - self.mu_KD[k]
                z_BD /= self.stddev_KD[k]
                part_BK[:, k] = -0.5 * np.einsum("bd,bd->b", z_BD, z_BD)
            part_BK += self.log_pi_K - np.sum(np.log(self.stddev_KD), axis=1)
            part_BK -= part_BK.max(axis=1, keepdims=True)
            np.exp(part_BK, out=part_BK)
            part_BK /= part_BK.sum(axis=1, keepdims=True)
        return r_NK

    def mstep__update_mu_KD(self, r_NK, x_ND):
        sum_KD = np.zeros((self.K, x_ND.shape[1]))
        for rows in _blocks(len(x_ND)):
            sum_KD += r_NK[rows].T @ x_ND[rows]
        N_K = r_NK.sum(axis=0)
        mu_KD = np.array(self.mu_KD, dtype=float)
        mu_KD[N_K > 0] = sum_KD[N_K > 0] / N_K[N_K > 0, None]
        return mu_KD

    def mstep__update_stddev_KD(self, r_NK, x_ND):
        m, s = self.variance_penalty_mode, self.variance_penalty_spread
        top_KD = np.full((self.K, x_ND.shape[1]), 1 / (s * m))
        for rows in _blocks(len(x_ND)):
            for k in range(self.K):
                top_KD[k] += r_NK[rows, k] @ np.square(x_ND[rows] - self.mu_KD[k])
        return np.sqrt(top_KD / (1 / (s * m**2) + r_NK.sum(axis=0)[:, None]))
