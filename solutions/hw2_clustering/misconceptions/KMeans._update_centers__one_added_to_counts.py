"""You add 1 to every count to avoid a division by zero, which pulls every centre towards the origin; only an empty cluster needs special care.

loses: [update_centers_by_hand, update_centers_means]
may_lose: [update_centers_keeps_input, kmeans_call_two_blobs]
"""
import numpy as np


class KMeans:
    def _update_centers(self, old_centers, cluster_idx, points):
        centers = np.array(old_centers, dtype=float)
        for k in range(len(old_centers)):
            members = points[cluster_idx == k]
            if len(members):
                centers[k] = np.sum(members, axis=0) / (len(members) + 1)
        return centers
