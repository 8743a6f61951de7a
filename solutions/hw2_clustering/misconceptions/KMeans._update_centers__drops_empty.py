"""You return centres only for the clusters that have points, so an empty cluster disappears and the ids no longer fit the rows of centers.

loses: [update_centers_empty_cluster]
"""
import numpy as np


class KMeans:
    def _update_centers(self, old_centers, cluster_idx, points):
        return np.array([np.mean(points[cluster_idx == k], axis=0) for k in np.unique(cluster_idx)])
