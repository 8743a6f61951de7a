"""You centre the points in place, so the caller's data have moved after the call; the copy has to be made first.

loses: [gmm_call_keeps_input]
"""
import numpy as np


class GMM:
    def __call__(self, points, K, max_iters=100, abs_tol=1e-16, rel_tol=1e-16, **kwargs):
        pi, mu, sigma = self._init_components(points, K, **kwargs)
        middle = points.mean(axis=0)
        points -= middle
        mu = mu - middle
        previous = None
        for _ in progress(max_iters):
            gamma = self._E_step(points, pi, mu, sigma)
            pi, mu, sigma = self._M_step(points, gamma)
            loss = -float(np.sum(logsumexp(self._ll_joint(points, pi, mu, sigma))))
            if previous is not None and converged(previous, loss, abs_tol, rel_tol):
                break
            previous = loss
        return self._E_step(points, pi, mu, sigma), (pi, mu + middle, sigma)
