"""You leave out the factor 1/2 in the exponent, so the density falls off too fast.

loses: []
"""
import numpy as np


class GMM:
    def _ll_joint(self, points, pi, mu, sigma):
        squares = np.sum(((points[:, None, :] - mu) / sigma) ** 2, axis=-1)
        log_const = -0.5 * points.shape[1] * np.log(2 * np.pi) - np.sum(np.log(sigma), axis=1)
        return np.log(pi) + log_const - squares
