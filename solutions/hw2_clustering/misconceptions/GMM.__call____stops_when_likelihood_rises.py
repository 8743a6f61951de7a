"""You compute the log-likelihood without the minus sign and stop when it does not fall; EM makes it rise, so the loop ends after two iterations.

loses: [gmm_call_max_iters, gmm_call_stop_rule, gmm_image_5_colors, gmm_image_16_colors]
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
            loss = float(np.sum(logsumexp(self._ll_joint(points, pi, mu, sigma))))
            if previous is not None and previous - loss <= abs_tol:
                break
            previous = loss
        return self._E_step(points, pi, mu, sigma), (pi, mu, sigma)
