"""You return four values; asked for are two, gamma and the tuple (pi, mu, sigma).

loses:
  - gmm_call_two_blobs
  - gmm_call_likelihood_never_falls
  - gmm_call_fixed_point
  - gmm_call_max_iters
  - gmm_call_stop_rule
  - gmm_call_one_component
  - gmm_image_5_colors
  - gmm_image_16_colors
  - mixture_gmm_recovers_components
may_lose: [gmm_call_keeps_input, mixture_gmm_beats_kmeans]
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
            if previous is not None and converged(previous, loss, abs_tol, rel_tol):
                break
            previous = loss
        return self._E_step(points, pi, mu, sigma), pi, mu, sigma
