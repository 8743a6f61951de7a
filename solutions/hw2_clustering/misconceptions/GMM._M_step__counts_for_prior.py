"""You return the summed responsibilities for pi and not their mean, so pi adds up to the number of points where it must add up to one.

loses: [m_step_by_hand, m_step_pi]
"""
import numpy as np


class GMM:
    def _M_step(self, points, gamma):
        mass_K1 = np.maximum(gamma.sum(axis=0), 1e-200)[:, None]
        mu_KD = gamma.T @ points / mass_K1
        square_KD = [g_N @ (points - mu_D) ** 2 for g_N, mu_D in zip(gamma.T, mu_KD)]
        return gamma.sum(axis=0), mu_KD, np.sqrt(np.maximum(square_KD / mass_K1, MIN_SIGMA**2))
