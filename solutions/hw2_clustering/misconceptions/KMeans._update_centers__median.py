"""You take the median of each cluster; the centre that makes the squared distances smallest is the mean.

loses: []
"""
import numpy as np


class KMeans:
    def _update_centers(self, old_centers, cluster_idx, points):
        centers = np.array(old_centers, dtype=float)
        for k in range(len(old_centers)):
            if np.any(cluster_idx == k):
                centers[k] = np.median(points[cluster_idx == k], axis=0)
        return centers
