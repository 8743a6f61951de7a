"""You give each point wholly to its most probable component; that is k-means' assignment, while the E step keeps the probabilities.

loses: [e_step_by_hand, e_step_values, e_step_far_points]
may_lose: [e_step_keeps_input, gmm_image_16_colors, e_step_digits]
"""
import numpy as np


class GMM:
    def _E_step(self, points, pi, mu, sigma):
        joint_NK = self._ll_joint(points, pi, mu, sigma)
        return np.eye(joint_NK.shape[1])[np.argmax(joint_NK, axis=1)]
