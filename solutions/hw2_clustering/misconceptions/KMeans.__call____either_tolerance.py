"""You stop as soon as one of the two tolerances is met; the loop ends only when both are.

loses: [kmeans_call_stop_rule]
"""
import numpy as np


class KMeans:
    def __call__(self, points, K, max_iters=100, abs_tol=1e-16, rel_tol=1e-16, **kwargs):
        points = np.array(points, dtype=np.float64, order="F")
        centers = self._init_centers(points, K, **kwargs)
        previous = None
        for _ in progress(max_iters):
            cluster_idx = self._update_assignment(centers, points)
            centers = self._update_centers(centers, cluster_idx, points)
            loss = self._get_loss(centers, cluster_idx, points)
            if previous is not None:
                change = abs(previous - loss)
                if change < abs_tol or change <= rel_tol * abs(previous):
                    break
            previous = loss
        return self._update_assignment(centers, points), centers
