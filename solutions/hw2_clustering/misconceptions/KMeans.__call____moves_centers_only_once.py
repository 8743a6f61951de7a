"""You assign the points once, before the loop; after the centres have moved the assignment has to be made again in every iteration.

loses:
  - kmeans_call_two_blobs
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
        cluster_idx = self._update_assignment(centers, points)
        previous = None
        for _ in progress(max_iters):
            centers = self._update_centers(centers, cluster_idx, points)
            loss = self._get_loss(centers, cluster_idx, points)
            if previous is not None and converged(previous, loss, abs_tol, rel_tol):
                break
            previous = loss
        return cluster_idx, centers
