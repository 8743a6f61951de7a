"""In the exponent you divide the squared difference by sigma and not by sigma squared; sigma is the standard deviation.

loses: [ll_joint_values, ll_joint_sigma_is_deviation]
may_lose: [ll_joint_keeps_input, ll_joint_digits]
"""
import numpy as np


class GMM:
    def _ll_joint(self, points, pi, mu, sigma):
        squares = np.sum((points[:, None, :] - mu) ** 2 / sigma, axis=-1)
        log_const = -0.5 * points.shape[1] * np.log(2 * np.pi) - np.sum(np.log(sigma), axis=1)
        return np.log(pi) + log_const - 0.5 * squares
