"""You take one mean over all numbers of a cluster, so all coordinates of a centre become equal; the mean is taken for each coordinate.

loses: [update_centers_by_hand, update_centers_means]
may_lose: [update_centers_keeps_input, kmeans_call_two_blobs]
seen: 1
"""
import numpy as np


class KMeans:
    def _update_centers(self, old_centers, cluster_idx, points):
        centers = np.array(old_centers, dtype=float)
        for k in range(len(old_centers)):
            if np.any(cluster_idx == k):
                centers[k] = np.mean(points[cluster_idx == k])
        return centers
