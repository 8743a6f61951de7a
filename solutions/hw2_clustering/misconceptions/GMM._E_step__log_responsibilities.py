"""You return the logarithms of the responsibilities; the M step needs the probabilities themselves.

loses: []
"""
import numpy as np


class GMM:
    def _E_step(self, points, pi, mu, sigma):
        joint_NK = self._ll_joint(points, pi, mu, sigma)
        return joint_NK - logsumexp(joint_NK)
