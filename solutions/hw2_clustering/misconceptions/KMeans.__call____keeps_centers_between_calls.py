"""You keep the centres in a variable of the module and start the next call from them, so an answer depends on which data were clustered before.

loses: [kmeans_call_max_iters]
may_lose: [kmeans_image_5_colors, kmeans_image_16_colors]
"""
import numpy as np

_KEPT = {}


class KMeans:
    def __call__(self, points, K, max_iters=100, abs_tol=1e-16, rel_tol=1e-16, **kwargs):
        points = np.array(points, dtype=np.float64, order="F")
        shape = (K, points.shape[1])
        centers = _KEPT[shape] if shape in _KEPT else self._init_centers(points, K, **kwargs)
        previous = None
        for _ in progress(max_iters):
            cluster_idx = self._update_assignment(centers, points)
            centers = self._update_centers(centers, cluster_idx, points)
            loss = self._get_loss(centers, cluster_idx, points)
            if previous is not None and converged(previous, loss, abs_tol, rel_tol):
                break
            previous = loss
        _KEPT[shape] = centers
        return self._update_assignment(centers, points), centers
