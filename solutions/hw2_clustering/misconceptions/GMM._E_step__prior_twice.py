"""You multiply by pi once more, but _ll_joint already contains the prior, so it counts twice.

loses: [e_step_by_hand, e_step_values, e_step_far_points]
may_lose:
  - e_step_keeps_input
  - gmm_image_5_colors
  - gmm_image_16_colors
  - mixture_gmm_recovers_components
  - mixture_gmm_beats_kmeans
  - e_step_digits
"""
import numpy as np


class GMM:
    def _E_step(self, points, pi, mu, sigma):
        return softmax(self._ll_joint(points, pi, mu, sigma) + np.log(pi))
