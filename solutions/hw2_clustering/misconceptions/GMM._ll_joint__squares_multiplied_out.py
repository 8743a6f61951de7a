"""You multiply the square out as it stands; far from the origin x^2, 2 x mu and mu^2 are huge and nearly cancel, and their rounding errors are all that is left. Subtract first, or move the origin close.

loses: [ll_joint_digits]
"""
import numpy as np


class GMM:
    def _ll_joint(self, points, pi, mu, sigma):
        precision = 1.0 / sigma**2
        squares = points**2 @ precision.T - 2 * points @ (mu * precision).T
        squares = squares + np.sum(mu**2 * precision, axis=1)
        log_const = -0.5 * points.shape[1] * np.log(2 * np.pi) - np.sum(np.log(sigma), axis=1)
        with np.errstate(divide="ignore"):
            return np.log(pi) + log_const - 0.5 * squares
