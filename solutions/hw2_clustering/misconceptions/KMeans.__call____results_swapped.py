"""You return the centres first; the order is cluster_idx, centers.

loses: []
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
