"""You centre the points in place, so the caller's data have moved after the call; the copy has to be made first.

loses: [kmeans_call_keeps_input]
"""
import numpy as np


class KMeans:
    def __call__(self, points, K, max_iters=100, abs_tol=1e-16, rel_tol=1e-16, **kwargs):
        centers = self._init_centers(points, K, **kwargs)
        middle = points.mean(axis=0)
        points -= middle
        centers = centers - middle
        previous = None
        for _ in progress(max_iters):
            cluster_idx = self._update_assignment(centers, points)
            centers = self._update_centers(centers, cluster_idx, points)
            loss = self._get_loss(centers, cluster_idx, points)
            if previous is not None and converged(previous, loss, abs_tol, rel_tol):
                break
            previous = loss
        return self._update_assignment(centers, points), centers + middle
