"""You add the prior itself to the log density; a product of probabilities becomes a sum of logarithms, so its logarithm is what you add.

loses: [ll_joint_standard_normal, ll_joint_values, ll_joint_zero_weight]
may_lose: [ll_joint_keeps_input, ll_joint_digits]
"""
import numpy as np


class GMM:
    def _ll_joint(self, points, pi, mu, sigma):
        squares = np.sum(((points[:, None, :] - mu) / sigma) ** 2, axis=-1)
        log_const = -0.5 * points.shape[1] * np.log(2 * np.pi) - np.sum(np.log(sigma), axis=1)
        return pi + log_const - 0.5 * squares
