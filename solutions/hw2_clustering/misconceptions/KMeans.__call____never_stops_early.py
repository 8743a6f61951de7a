"""You never look at the tolerances, so the loop goes on until max_iters even when nothing changes any more.

loses: [kmeans_call_stop_rule]
"""
import numpy as np


class KMeans:
    def __call__(self, points, K, max_iters=100, abs_tol=1e-16, rel_tol=1e-16, **kwargs):
        points = np.array(points, dtype=np.float64, order="F")
        centers = self._init_centers(points, K, **kwargs)
        for _ in progress(max_iters):
            cluster_idx = self._update_assignment(centers, points)
            centers = self._update_centers(centers, cluster_idx, points)
            self._get_loss(centers, cluster_idx, points)
        return self._update_assignment(centers, points), centers
