"""You divide the sum of each cluster by the number of all points and not by the cluster's own number of points.

loses: []
"""
import numpy as np


class KMeans:
    def _update_centers(self, old_centers, cluster_idx, points):
        centers = np.array(old_centers, dtype=float)
        for k in range(len(old_centers)):
            if np.any(cluster_idx == k):
                centers[k] = np.sum(points[cluster_idx == k], axis=0) / len(points)
        return centers
