"""You divide by the weight of a component that has none left, which is 0/0; such a component must still get finite numbers.

loses: [m_step_zero_weight]
"""
import numpy as np


class GMM:
    def _M_step(self, points, gamma):
        mass_K1 = gamma.sum(axis=0)[:, None]
        mu_KD = gamma.T @ points / mass_K1
        square_KD = [g_N @ (points - mu_D) ** 2 for g_N, mu_D in zip(gamma.T, mu_KD)]
        return gamma.mean(axis=0), mu_KD, np.sqrt(np.maximum(square_KD / mass_K1, MIN_SIGMA**2))
