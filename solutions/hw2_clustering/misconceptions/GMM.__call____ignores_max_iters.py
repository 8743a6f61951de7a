"""You always allow 100 iterations; the loop has to stop after max_iters at the latest.

loses: [gmm_call_likelihood_never_falls, gmm_call_max_iters, gmm_call_stop_rule]
"""
import numpy as np


class GMM:
    def __call__(self, points, K, max_iters=100, abs_tol=1e-16, rel_tol=1e-16, **kwargs):
        points = np.array(points, dtype=np.float64, order="F")
        pi, mu, sigma = self._init_components(points, K, **kwargs)
        previous = None
        for _ in progress(100):
            gamma = self._E_step(points, pi, mu, sigma)
            pi, mu, sigma = self._M_step(points, gamma)
            loss = -float(np.sum(logsumexp(self._ll_joint(points, pi, mu, sigma))))
            if previous is not None and converged(previous, loss, abs_tol, rel_tol):
                break
            previous = loss
        return self._E_step(points, pi, mu, sigma), (pi, mu, sigma)
