"""You sum over all points first and then take the mean of that single number, which is still the sum.

loses: [get_loss_is_mean]
"""
import numpy as np


class KMeans:
    def _get_loss(self, centers, cluster_idx, points):
        dist = pairwise_dist(points, centers)[np.arange(len(points)), cluster_idx]
        return np.mean(np.sum(dist**2))
