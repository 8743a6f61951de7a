"""You take 1 / precision of every entry; the inverse of a matrix is np.linalg.inv.

loses: [start_partly_given]
may_lose: [compare_types_flowers, compare_types_keys]
"""
import numpy as np


class GaussianMixture:
    def _start(self, x_ND):
        N, K = len(x_ND), self.n_components
        rng = np.random.default_rng(self.random_state)
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
        return 1 / np.asarray(precisions)
