"""You leave out the factor 1/2 in the exponent, so the density falls off too fast.

loses:
  - ll_joint_standard_normal
  - ll_joint_values
  - ll_joint_far_points
  - ll_joint_many_dimensions
  - ll_joint_sigma_is_deviation
  - ll_joint_zero_weight
may_lose: [ll_joint_keeps_input, ll_joint_digits]
"""
import numpy as np


class GMM:
    def _ll_joint(self, points, pi, mu, sigma):
        squares = np.sum(((points[:, None, :] - mu) / sigma) ** 2, axis=-1)
        log_const = -0.5 * points.shape[1] * np.log(2 * np.pi) - np.sum(np.log(sigma), axis=1)
        return np.log(pi) + log_const - squares
