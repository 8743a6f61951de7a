"""You take the variance as the mean of the squares minus the square of the mean; where points repeat, rounding leaves a tiny negative number, whose root is NaN.

loses: [m_step_repeated_points]
"""
import numpy as np


class GMM:
    def _M_step(self, points, gamma):
        mass_K1 = np.maximum(gamma.sum(axis=0), 1e-200)[:, None]
        mu_KD = gamma.T @ points / mass_K1
        return gamma.mean(axis=0), mu_KD, np.sqrt(gamma.T @ points**2 / mass_K1 - mu_KD**2)
