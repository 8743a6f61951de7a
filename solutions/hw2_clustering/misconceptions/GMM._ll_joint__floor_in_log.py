"""You compute the density first and add 1e-32 before the log; a point a dozen deviations away has a density far below that, so its log comes out near -73.7 for every component.

loses: [ll_joint_far_points, ll_joint_many_dimensions, ll_joint_digits]
seen: 24
"""
import numpy as np


class GMM:
    def _ll_joint(self, points, pi, mu, sigma):
        scaled = (points[:, None, :] - mu) / sigma
        pdf = np.exp(-0.5 * scaled**2) / (np.sqrt(2 * np.pi) * sigma)
        return np.log(pi) + np.log(np.prod(pdf, axis=-1) + 1e-32)
