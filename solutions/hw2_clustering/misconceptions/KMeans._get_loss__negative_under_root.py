"""You expand the squared distances and take their root before you square them again; for a point on its centre rounding leaves a tiny negative number, whose root is NaN.

loses: [get_loss_zero]
"""
import numpy as np


class KMeans:
    def _get_loss(self, centers, cluster_idx, points):
        point_sq, center_sq = np.sum(points**2, axis=1), np.sum(centers**2, axis=1)
        dist = np.sqrt(point_sq[:, None] - 2 * points @ centers.T + center_sq)
        return float(np.mean(dist[np.arange(len(points)), cluster_idx] ** 2))
