"""You give each component a fixed share of the points; the counts are random, and rounded shares need not add up.

loses: [sample_components]
may_lose: [sample_shapes]
"""
import numpy as np


class GaussianMixture:
    def sample(self, n_samples=1):
        rng = np.random.default_rng(self.random_state)
        K, D = self.means_.shape
        matrices = full_covariances(self.covariances_, self.covariance_type, K, D)
        z = rng.permutation(np.repeat(np.arange(K), np.round(n_samples * self.weights_).astype(int)))
        n_samples = len(z)
        noise = rng.standard_normal((n_samples, D))
        x = np.empty((n_samples, D))
        for k in range(K):
            factor = np.linalg.cholesky(matrices[k])
            x[z == k] = self.means_[k] + noise[z == k] @ factor.T
        return x, z
