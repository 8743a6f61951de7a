"""You return the centres first; the order is cluster_idx, centers.

loses:
  - kmeans_call_two_blobs
  - kmeans_call_fixed_point
  - kmeans_call_loss_never_rises
  - kmeans_call_max_iters
  - kmeans_call_stop_rule
  - kmeans_call_one_cluster
  - kmeans_image_5_colors
  - kmeans_image_16_colors
  - mixture_kmeans_splits_large
may_lose: [kmeans_call_keeps_input, mixture_gmm_beats_kmeans]
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
            if previous is not None and converged(previous, loss, abs_tol, rel_tol):
                break
            previous = loss
        return centers, self._update_assignment(centers, points)


class GMM:
    def _init_components(self, points, K, **kwargs):
        mu_KD, _ = KMeans()(points, K)
        sigma_D = np.maximum(np.std(points, axis=0), MIN_SIGMA)
        return np.full(K, 1 / K), mu_KD, np.tile(sigma_D, (K, 1))
