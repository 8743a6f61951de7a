"""You divide the log densities by their sum; responsibilities are ratios of the densities themselves, not of their logarithms.

loses: [e_step_by_hand, e_step_values, e_step_far_points]
may_lose:
  - e_step_keeps_input
  - gmm_call_two_blobs
  - gmm_image_5_colors
  - gmm_image_16_colors
  - mixture_gmm_recovers_components
  - mixture_gmm_beats_kmeans
  - e_step_digits
seen: 1
"""
import numpy as np


class GMM:
    def _E_step(self, points, pi, mu, sigma):
        joint_NK = self._ll_joint(points, pi, mu, sigma)
        return joint_NK / np.sum(joint_NK, axis=1, keepdims=True)
