"""You return the points alone; sample gives a pair, the points and their components.

loses: [sample_shapes, sample_components, sample_moments, sample_order, sample_random_state]
"""
import numpy as np


class GaussianMixture:
    def sample(self, n_samples=1):
        rng = np.random.default_rng(self.random_state)
        K, D = self.means_.shape
        matrices = full_covariances(self.covariances_, self.covariance_type, K, D)
        z = rng.choice(K, size=n_samples, p=self.weights_)
        noise = rng.standard_normal((n_samples, D))
        x = np.empty((n_samples, D))
        for k in range(K):
            factor = np.linalg.cholesky(matrices[k])
            x[z == k] = self.means_[k] + noise[z == k] @ factor.T
        return x
