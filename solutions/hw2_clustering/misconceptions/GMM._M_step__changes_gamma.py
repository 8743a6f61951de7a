"""You divide gamma in place by the weight of each component, so the caller's responsibilities no longer sum to one.

loses: [m_step_keeps_input]
"""
import numpy as np


class GMM:
    def _M_step(self, points, gamma):
        pi_K = gamma.mean(axis=0)
        gamma /= np.maximum(gamma.sum(axis=0), 1e-200)
        mu_KD = gamma.T @ points
        variance_KD = [g_N @ (points - mu_D) ** 2 for g_N, mu_D in zip(gamma.T, mu_KD)]
        return pi_K, mu_KD, np.sqrt(np.maximum(variance_KD, MIN_SIGMA**2))
