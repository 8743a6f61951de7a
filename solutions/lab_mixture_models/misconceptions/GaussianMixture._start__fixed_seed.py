"""You fix the seed yourself; random_state decides whether two starts are equal.

loses: [start_random]
"""
import numpy as np


class GaussianMixture:
    def _start(self, x_ND):
        N, K = len(x_ND), self.n_components
        rng = np.random.default_rng(0)
        if self.init_params == "kmeans":
            r = np.eye(K)[kmeans_labels(x_ND, K, rng)]
        else:
            r = rng.uniform(size=(N, K))
            r /= r.sum(axis=1, keepdims=True)
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
