"""You centre the caller's points in place; x -= mean writes into the array that was passed.

loses: [fit_keeps_input]
may_lose:
  - fit_parameters
  - fit_lower_bound
  - fit_stopping
  - fit_warm_start
  - fit_singular
  - fit_two_groups
  - compare_types_flowers
  - compare_types_keys
"""
import numpy as np


class GaussianMixture:
    def fit(self, x_ND):
        kind, N = self.covariance_type, len(x_ND)
        bound = -np.inf
        x_ND -= x_ND.mean(axis=0)
        if self.warm_start and hasattr(self, "converged_"):
            bound = self.lower_bound_
        else:
            self.weights_, self.means_, self.covariances_ = self._start(x_ND)
        self.converged_ = False
        for self.n_iter_ in range(1, self.max_iter + 1):
            mixture = self.weights_, self.means_, self.covariances_
            r = responsibilities(x_ND, *mixture, kind)
            before, bound = bound, log_likelihood(x_ND, *mixture, kind) / N
            self.weights_, self.means_, self.covariances_ = m_step(x_ND, r, kind, self.reg_covar)
            if abs(bound - before) < self.tol:
                self.converged_ = True
                break
        self.lower_bound_ = bound
        return self
