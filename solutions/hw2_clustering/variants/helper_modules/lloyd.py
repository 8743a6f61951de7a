"""K-means."""
import distances
import numpy as np
from stopping import settled


class KMeans:
    def _init_centers(self, points, K, **kwargs):
        return points[np.random.choice(len(points), K, replace=False)].astype(float)

    def _update_assignment(self, centers, points):
        return distances.pairwise_dist(points, centers).argmin(axis=1)

    def _update_centers(self, old_centers, cluster_idx, points):
        centers = old_centers.astype(float)
        for k in range(len(centers)):
            members = points[cluster_idx == k]
            if len(members) > 0:
                centers[k] = members.mean(axis=0)
        return centers

    def _get_loss(self, centers, cluster_idx, points):
        return float(np.mean(np.sum((points - centers[cluster_idx]) ** 2, axis=1)))

    def __call__(self, points, K, max_iters=100, abs_tol=1e-16, rel_tol=1e-16, **kwargs):
        points = np.array(points, dtype=float)
        centers = self._init_centers(points, K, **kwargs)
        losses = []
        while len(losses) < max_iters and not settled(losses, abs_tol, rel_tol):
            cluster_idx = self._update_assignment(centers, points)
            centers = self._update_centers(centers, cluster_idx, points)
            losses.append(self._get_loss(centers, cluster_idx, points))
        return self._update_assignment(centers, points), centers
