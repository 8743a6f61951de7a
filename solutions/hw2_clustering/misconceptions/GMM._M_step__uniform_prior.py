"""You always return 1/K for pi; the prior is learned too, as the mean responsibility of each component.

loses: [m_step_pi]
"""
import numpy as np


class GMM:
    def _M_step(self, points, gamma):
        mass_K1 = np.maximum(gamma.sum(axis=0), 1e-200)[:, None]
        mu_KD = gamma.T @ points / mass_K1
        square_KD = [g_N @ (points - mu_D) ** 2 for g_N, mu_D in zip(gamma.T, mu_KD)]
        sigma_KD = np.sqrt(np.maximum(square_KD / mass_K1, MIN_SIGMA**2))
        return np.full(gamma.shape[1], 1 / gamma.shape[1]), mu_KD, sigma_KD
