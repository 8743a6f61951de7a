"""You write the new centres into the array of the old ones, so the caller's old centres are gone.

loses: []
"""
import numpy as np


class KMeans:
    def _update_centers(self, old_centers, cluster_idx, points):
        for k in range(len(old_centers)):
            if np.any(cluster_idx == k):
                old_centers[k] = np.mean(points[cluster_idx == k], axis=0)
        return old_centers
