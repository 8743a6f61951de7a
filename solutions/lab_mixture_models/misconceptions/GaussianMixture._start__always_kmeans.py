"""You start from K-means whatever init_params says.

loses: [start_random]
"""
import numpy as np


class GaussianMixture:
    def _start(self, x_ND):
        N, K = len(x_ND), self.n_components
        rng = np.random.default_rng(self.random_state)
        r = np.eye(K)[kmeans_labels(x_ND, K, rng)]
        weights, means, covariances = m_step(x_ND, r, self.covariance_type, self.reg_covar)
        if self.weights_init is not None:
            weights = np.array(self.weights_init)
        if self.means_init is not None:
            means = np.array(self.means_init)
        if self.precisions_init is not None:
            covariances = self._inverse(self.precisions_init)
        return weights, means, covariances

    def _inverse(self, precisions):
        if self.covariance_type in ("full", "tied"):
            return np.linalg.inv(precisions)
        return 1 / np.asarray(precisions)
