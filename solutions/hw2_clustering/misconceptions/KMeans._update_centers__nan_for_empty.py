"""You take the mean of a cluster that has no points, so its centre becomes NaN and stays NaN for the rest of the run.

loses: [update_centers_empty_cluster]
seen: 24
"""
import numpy as np


class KMeans:
    def _update_centers(self, old_centers, cluster_idx, points):
        centers = np.zeros((len(old_centers), points.shape[1]))
        for k in range(len(old_centers)):
            centers[k] = np.mean(points[cluster_idx == k], axis=0)
        return centers
