"""One more E step after the loop, so that gamma belongs to the components returned."""
import numpy as np


class GMM:
    def __call__(self, points, K, max_iters=100, abs_tol=1e-16, rel_tol=1e-16, **kwargs):
        parameters = self._init_components(points, K, **kwargs)
        gamma = self._E_step(points, *parameters)
        previous = np.inf
        for _ in range(max_iters):
            parameters = self._M_step(points, gamma)
            gamma = self._E_step(points, *parameters)
            loss = -logsumexp(self._ll_joint(points, *parameters)).sum()
            change = abs(previous - loss)
            if change < abs_tol and change <= rel_tol * abs(previous):
                break
            previous = loss
        return gamma, tuple(parameters)
