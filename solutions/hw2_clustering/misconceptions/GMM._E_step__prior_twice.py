"""You multiply by pi once more, but _ll_joint already contains the prior, so it counts twice.

loses: []
"""
import numpy as np


class GMM:
    def _E_step(self, points, pi, mu, sigma):
        return softmax(self._ll_joint(points, pi, mu, sigma) + np.log(pi))
