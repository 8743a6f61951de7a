"""You start every component from the mean of all data; identical components get identical responsibilities in every step, so they never come apart.

loses: []
"""
import numpy as np


class GMM:
    def _init_components(self, points, K, **kwargs):
        mu = np.tile(np.mean(points, axis=0), (K, 1))
        sigma = np.tile(np.std(points, axis=0) + 1e-6, (K, 1))
        return np.full(K, 1 / K), mu, sigma
