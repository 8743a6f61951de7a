"""You compare every point with the centres of all points, N x N distances of which only the diagonal is used; for thousands of points that needs gigabytes.

loses: []
"""
import numpy as np


class KMeans:
    def _get_loss(self, centers, cluster_idx, points):
        dist_NN = pairwise_dist(points, centers[cluster_idx])
        return float(np.mean(np.diag(dist_NN) ** 2))
