"""The loop of the original template: the gamma returned is the one before the last M step."""
import numpy as np


class GMM:
    def __call__(self, points, K, max_iters=100, abs_tol=1e-16, rel_tol=1e-16, **kwargs):
        pi, mu, sigma = self._init_components(points, K, **kwargs)
        for it in range(max_iters):
            gamma = self._E_step(points, pi, mu, sigma)
            pi, mu, sigma = self._M_step(points, gamma)
            loss = -np.sum(logsumexp(self._ll_joint(points, pi, mu, sigma)))
            if it and converged(previous, loss, abs_tol, rel_tol):
                break
            previous = loss
        return gamma, (pi, mu, sigma)
