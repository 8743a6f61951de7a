"""You draw from numpy's global generator; random_state has no effect.

loses: [sample_random_state]
"""
import numpy as np


class GaussianMixture:
    def sample(self, n_samples=1):
        rng = np.random.default_rng(np.random.randint(2**31))
        K, D = self.means_.shape
        matrices = full_covariances(self.covariances_, self.covariance_type, K, D)
        z = rng.choice(K, size=n_samples, p=self.weights_)
        noise = rng.standard_normal((n_samples, D))
        x = np.empty((n_samples, D))
        for k in range(K):
            factor = np.linalg.cholesky(matrices[k])
            x[z == k] = self.means_[k] + noise[z == k] @ factor.T
        return x, z
