"""An empty cluster moves to the data point farthest from its own centre."""
import numpy as np


class KMeans:
    def _update_centers(self, old_centers, cluster_idx, points):
        centers = np.array(old_centers, dtype=float)
        count = np.bincount(cluster_idx, minlength=len(centers))
        for k in np.flatnonzero(count):
            centers[k] = points[cluster_idx == k].mean(axis=0)
        square = np.sum((points - centers[cluster_idx]) ** 2, axis=1)
        for k, row in zip(np.flatnonzero(count == 0), np.argsort(-square)):
            centers[k] = points[row]
        return centers
