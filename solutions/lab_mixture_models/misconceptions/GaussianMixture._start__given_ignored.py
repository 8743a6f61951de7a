"""You ignore weights_init, means_init and precisions_init; what is given takes the place of what was found.

loses: [start_given, start_partly_given]
may_lose: [compare_types_flowers]
"""
import numpy as np


class GaussianMixture:
    def _start(self, x_ND):
        N, K = len(x_ND), self.n_components
        rng = np.random.default_rng(self.random_state)
        if self.init_params == "kmeans":
            r = np.eye(K)[kmeans_labels(x_ND, K, rng)]
        else:
            r = rng.dirichlet(np.ones(K), size=N)
        return m_step(x_ND, r, self.covariance_type, self.reg_covar)
