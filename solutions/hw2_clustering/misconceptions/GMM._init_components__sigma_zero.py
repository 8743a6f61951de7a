"""You start with standard deviations of zero, so the first log density divides by zero.

loses: [init_components_shapes, init_components_finite]
"""
import numpy as np


class GMM:
    def _init_components(self, points, K, **kwargs):
        _, mu = KMeans()(points, K)
        return np.full(K, 1 / K), mu, np.zeros((K, points.shape[1]))
