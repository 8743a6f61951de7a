"""You average over all pairs of a point and a centre; only the centre that a point is assigned to counts.

loses: []
"""
import numpy as np


class KMeans:
    def _get_loss(self, centers, cluster_idx, points):
        return float(np.mean(pairwise_dist(points, centers) ** 2))
