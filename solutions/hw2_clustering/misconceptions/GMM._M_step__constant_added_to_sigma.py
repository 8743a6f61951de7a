"""You add a constant to every sigma against zeros; a lower bound does that without changing the deviations that are well above it.

loses: [m_step_by_hand, m_step_spread, m_step_sigma_is_deviation]
may_lose: [m_step_repeated_points]
"""
import numpy as np


class GMM:
    def _M_step(self, points, gamma):
        mass_K1 = np.maximum(gamma.sum(axis=0), 1e-200)[:, None]
        mu_KD = gamma.T @ points / mass_K1
        square_KD = [g_N @ (points - mu_D) ** 2 for g_N, mu_D in zip(gamma.T, mu_KD)]
        return gamma.mean(axis=0), mu_KD, np.sqrt(square_KD / mass_K1) + 1e-2
