"""You square sigma in place, so the caller's standard deviations have become variances after the call.

loses: [ll_joint_keeps_input]
"""
import numpy as np


class GMM:
    def _ll_joint(self, points, pi, mu, sigma):
        sigma **= 2
        squares = np.sum((points[:, None, :] - mu) ** 2 / sigma, axis=-1)
        log_const = -0.5 * np.sum(np.log(2 * np.pi * sigma), axis=1)
        return np.log(pi) + log_const - 0.5 * squares
