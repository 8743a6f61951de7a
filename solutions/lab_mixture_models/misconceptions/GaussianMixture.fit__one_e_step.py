"""You compute the responsibilities once, before the loop; every iteration needs them for its newest mixture.

loses: [fit_parameters, fit_lower_bound, fit_warm_start]
may_lose: [fit_stopping, fit_two_groups, fit_singular, compare_types_flowers, fit_keeps_input]
"""
import numpy as np


class GaussianMixture:
    def fit(self, x_ND):
        kind, N = self.covariance_type, len(x_ND)
        bound = -np.inf
        if self.warm_start and hasattr(self, "converged_"):
            bound = self.lower_bound_
        else:
            self.weights_, self.means_, self.covariances_ = self._start(x_ND)
        self.converged_ = False
        for self.n_iter_ in range(1, self.max_iter + 1):
            mixture = self.weights_, self.means_, self.covariances_
            r = responsibilities(x_ND, *mixture, kind) if self.n_iter_ == 1 else r
            before, bound = bound, log_likelihood(x_ND, *mixture, kind) / N
            self.weights_, self.means_, self.covariances_ = m_step(x_ND, r, kind, self.reg_covar)
            if abs(bound - before) < self.tol:
                self.converged_ = True
                break
        self.lower_bound_ = bound
        return self
