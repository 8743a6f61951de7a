"""You draw new centres in every iteration, so nothing that the iteration before has learned is kept.

loses: []
"""
import numpy as np


class KMeans:
    def __call__(self, points, K, max_iters=100, abs_tol=1e-16, rel_tol=1e-16, **kwargs):
        points = np.array(points, dtype=np.float64, order="F")
        previous = None
        for _ in progress(max_iters):
            centers = self._init_centers(points, K, **kwargs)
            cluster_idx = self._update_assignment(centers, points)
            centers = self._update_centers(centers, cluster_idx, points)
            loss = self._get_loss(centers, cluster_idx, points)
            if previous is not None and converged(previous, loss, abs_tol, rel_tol):
                break
            previous = loss
        return self._update_assignment(centers, points), centers
