"""You measure the deviations from the mean of all points; sigma is the deviation of a component from its own mean.

loses: []
"""
import numpy as np


class GMM:
    def _M_step(self, points, gamma):
        mass_K1 = np.maximum(gamma.sum(axis=0), 1e-200)[:, None]
        square_KD = gamma.T @ (points - points.mean(axis=0)) ** 2
        sigma_KD = np.sqrt(np.maximum(square_KD / mass_K1, MIN_SIGMA**2))
        return gamma.mean(axis=0), gamma.T @ points / mass_K1, sigma_KD
