"""You normalise over the points and not over the components; the responsibilities of each point must sum to one.

loses: []
"""
import numpy as np


class GMM:
    def _E_step(self, points, pi, mu, sigma):
        return softmax(self._ll_joint(points, pi, mu, sigma).T).T
