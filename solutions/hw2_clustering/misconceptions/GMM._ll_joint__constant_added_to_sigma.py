"""You add a constant to sigma against a division by zero; where sigma itself is that small the density is of another, wider normal.

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
        sigma = sigma + 1e-3
        squares = np.sum(((points[:, None, :] - mu) / sigma) ** 2, axis=-1)
        log_const = -0.5 * points.shape[1] * np.log(2 * np.pi) - np.sum(np.log(sigma), axis=1)
        return np.log(pi) + log_const - 0.5 * squares
