"""You write the means into a copy of the old centres; when these are integers the means lose everything behind the decimal point.

loses: [update_centers_integer_points]
seen: 10
"""
import numpy as np


class KMeans:
    def _update_centers(self, old_centers, cluster_idx, points):
        centers = np.copy(old_centers)
        for k in range(len(old_centers)):
            if np.any(cluster_idx == k):
                centers[k] = np.mean(points[cluster_idx == k], axis=0)
        return centers
