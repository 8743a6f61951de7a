"""np.asarray makes no copy of an array that has the wanted dtype already, so you write the new centres into the caller's old ones.

loses: [update_centers_keeps_input]
"""
import numpy as np


class KMeans:
    def _update_centers(self, old_centers, cluster_idx, points):
        centers = np.asarray(old_centers, dtype=float)
        for k in range(len(centers)):
            if np.any(cluster_idx == k):
                centers[k] = np.mean(points[cluster_idx == k], axis=0)
        return centers
