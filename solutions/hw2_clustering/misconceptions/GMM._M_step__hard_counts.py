"""You give each point wholly to its most probable component before you average; the M step weights every point with all of gamma.

loses: [m_step_means, m_step_spread, m_step_pi]
may_lose: [m_step_keeps_input]
"""
import numpy as np


class GMM:
    def _M_step(self, points, gamma):
        gamma = np.eye(gamma.shape[1])[np.argmax(gamma, axis=1)]
        mass_K1 = np.maximum(gamma.sum(axis=0), 1e-200)[:, None]
        mu_KD = gamma.T @ points / mass_K1
        square_KD = [g_N @ (points - mu_D) ** 2 for g_N, mu_D in zip(gamma.T, mu_KD)]
        return gamma.mean(axis=0), mu_KD, np.sqrt(np.maximum(square_KD / mass_K1, MIN_SIGMA**2))
