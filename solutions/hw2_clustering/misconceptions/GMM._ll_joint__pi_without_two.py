"""The constant of the normal density is 2 pi; you use pi alone, so every log density is too large by D/2 log 2.

loses: [ll_joint_standard_normal, ll_joint_values]
may_lose: [ll_joint_keeps_input, ll_joint_digits]
"""
import numpy as np


class GMM:
    def _ll_joint(self, points, pi, mu, sigma):
        squares = np.sum(((points[:, None, :] - mu) / sigma) ** 2, axis=-1)
        log_const = -0.5 * points.shape[1] * np.log(np.pi) - np.sum(np.log(sigma), axis=1)
        return np.log(pi) + log_const - 0.5 * squares
