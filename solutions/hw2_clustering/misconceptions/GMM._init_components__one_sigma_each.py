"""You return one standard deviation for each component; asked for is one for each component and coordinate, shape (K, D).

loses: [init_components_shapes, init_components_finite]
"""
import numpy as np


class GMM:
    def _init_components(self, points, K, **kwargs):
        _, mu = KMeans()(points, K)
        return np.full(K, 1 / K), mu, np.full(K, np.std(points))
