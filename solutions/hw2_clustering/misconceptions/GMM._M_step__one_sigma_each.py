"""You average the variances over the coordinates, so every coordinate of a component gets the same deviation; each coordinate has its own.

loses: [m_step_spread]
may_lose: [m_step_repeated_points]
"""
import numpy as np


class GMM:
    def _M_step(self, points, gamma):
        mass_K1 = np.maximum(gamma.sum(axis=0), 1e-200)[:, None]
        mu_KD = gamma.T @ points / mass_K1
        square_KD = [g_N @ (points - mu_D) ** 2 for g_N, mu_D in zip(gamma.T, mu_KD)]
        variance_K1 = np.mean(square_KD / mass_K1, axis=1, keepdims=True)
        sigma_K1 = np.sqrt(np.maximum(variance_K1, MIN_SIGMA**2))
        return gamma.mean(axis=0), mu_KD, np.tile(sigma_K1, (1, points.shape[1]))
