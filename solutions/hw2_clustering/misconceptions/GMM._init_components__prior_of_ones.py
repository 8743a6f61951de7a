"""You give every component the prior 1, but the priors are probabilities and must sum to one.

loses: [init_components_shapes, init_components_finite]
"""
import numpy as np


class GMM:
    def _init_components(self, points, K, **kwargs):
        _, mu = KMeans()(points, K)
        sigma = np.tile(np.std(points, axis=0) + 1e-6, (K, 1))
        return np.ones(K), mu, sigma
