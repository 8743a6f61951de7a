"""You draw one random number for all dimensions of a point; every dimension needs its own.

loses: [sample_moments, sample_order]
"""
import numpy as np


class GaussianMixture:
    def sample(self, n_samples=1):
        rng = np.random.default_rng(self.random_state)
        K, D = self.means_.shape
        matrices = full_covariances(self.covariances_, self.covariance_type, K, D)
        z = rng.choice(K, size=n_samples, p=self.weights_)
        noise = np.repeat(rng.standard_normal((n_samples, 1)), D, axis=1)
        x = np.empty((n_samples, D))
        for k in range(K):
            factor = np.linalg.cholesky(matrices[k])
            x[z == k] = self.means_[k] + noise[z == k] @ factor.T
        return x, z
