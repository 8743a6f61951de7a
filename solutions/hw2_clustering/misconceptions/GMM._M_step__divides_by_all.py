"""You divide the weighted sums by the number of points and not by the weight of the component, so a component with little weight gets a mean close to zero.

loses: []
"""
import numpy as np


class GMM:
    def _M_step(self, points, gamma):
        N = len(points)
        mu_KD = gamma.T @ points / N
        square_KD = [g_N @ (points - mu_D) ** 2 for g_N, mu_D in zip(gamma.T, mu_KD)]
        sigma_KD = np.sqrt(np.maximum(np.array(square_KD) / N, MIN_SIGMA**2))
        return gamma.mean(axis=0), mu_KD, sigma_KD
