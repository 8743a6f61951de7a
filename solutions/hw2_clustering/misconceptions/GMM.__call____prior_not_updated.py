"""You drop the new pi of the M step, so the components keep the weights that they started with.

loses:
  - gmm_call_fixed_point
  - gmm_call_max_iters
  - gmm_call_stop_rule
  - mixture_gmm_recovers_components
may_lose: [mixture_gmm_beats_kmeans]
"""
import numpy as np


class GMM:
    def __call__(self, points, K, max_iters=100, abs_tol=1e-16, rel_tol=1e-16, **kwargs):
        points = np.array(points, dtype=np.float64, order="F")
        pi, mu, sigma = self._init_components(points, K, **kwargs)
        previous = None
        for _ in progress(max_iters):
            gamma = self._E_step(points, pi, mu, sigma)
            _, mu, sigma = self._M_step(points, gamma)
            loss = -float(np.sum(logsumexp(self._ll_joint(points, pi, mu, sigma))))
            if previous is not None and converged(previous, loss, abs_tol, rel_tol):
                break
            previous = loss
        return self._E_step(points, pi, mu, sigma), (pi, mu, sigma)
