"""You draw the components a second time for the result; z must name those the points came from.

loses: [sample_components]
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
        return x, rng.choice(K, size=n_samples, p=self.weights_)
