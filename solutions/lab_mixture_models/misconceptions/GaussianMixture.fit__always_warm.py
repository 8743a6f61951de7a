"""You go on from the last result even without warm_start; a second fit to other data must not know of the first.

loses: [fit_warm_start]
"""
import numpy as np


class GaussianMixture:
    def fit(self, x_ND):
        kind, N = self.covariance_type, len(x_ND)
        bound = -np.inf
        if hasattr(self, "converged_"):
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
