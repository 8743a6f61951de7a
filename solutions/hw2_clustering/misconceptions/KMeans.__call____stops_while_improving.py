"""Your stop rule is the wrong way round: the loop ends while the loss is still changing.

loses:
  - kmeans_call_fixed_point
  - kmeans_call_loss_never_rises
  - kmeans_call_max_iters
  - kmeans_call_stop_rule
  - kmeans_image_5_colors
  - kmeans_image_16_colors
  - mixture_kmeans_splits_large
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
            if previous is not None and abs(previous - loss) > abs_tol:
                break
            previous = loss
        return self._update_assignment(centers, points), centers
