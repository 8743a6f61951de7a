"""You compare every point with the centres of all points, N x N differences of which only the diagonal is used; for thousands of points that needs gigabytes.

loses: [get_loss_many_points]
seen: 1
"""
import numpy as np


class KMeans:
    def _get_loss(self, centers, cluster_idx, points):
        diff_NND = points[:, None, :] - centers[cluster_idx]
        return float(np.mean(np.diag(np.sum(diff_NND**2, axis=-1))))
