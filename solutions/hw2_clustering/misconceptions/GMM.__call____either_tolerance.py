"""You stop as soon as one of the two tolerances is met; the loop ends only when both are.

loses: [gmm_call_stop_rule]
"""
import numpy as np


class GMM:
    def __call__(self, points, K, max_iters=100, abs_tol=1e-16, rel_tol=1e-16, **kwargs):
        points = np.array(points, dtype=np.float64, order="F")
        pi, mu, sigma = self._init_components(points, K, **kwargs)
        previous = None
        for _ in progress(max_iters):
            gamma = self._E_step(points, pi, mu, sigma)
            pi, mu, sigma = self._M_step(points, gamma)
            loss = -float(np.sum(logsumexp(self._ll_joint(points, pi, mu, sigma))))
            if previous is not None:
                change = abs(previous - loss)
                if change < abs_tol or change <= rel_tol * abs(previous):
                    break
            previous = loss
        return self._E_step(points, pi, mu, sigma), (pi, mu, sigma)
