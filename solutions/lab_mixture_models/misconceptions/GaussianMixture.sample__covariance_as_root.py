"""You multiply the noise by the covariance; that gives its square, so take a root first.

loses: [sample_moments]
may_lose: [sample_order]
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
            factor = matrices[k]
            x[z == k] = self.means_[k] + noise[z == k] @ factor.T
        return x, z
