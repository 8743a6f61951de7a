"""You add a tiny number to sigma in place, against a division by zero; however small it is, the caller's standard deviations have changed after the call.

loses: [e_step_keeps_input, e_step_digits]
"""
import numpy as np


class GMM:
    def _E_step(self, points, pi, mu, sigma):
        sigma += 1e-12
        return softmax(self._ll_joint(points, pi, mu, sigma))
