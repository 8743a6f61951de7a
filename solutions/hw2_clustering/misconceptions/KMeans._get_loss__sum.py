"""You return the sum of the squared distances; the loss is their mean, so yours grows with the number of points.

loses: [get_loss_is_mean]
seen: 29
"""
import numpy as np


class KMeans:
    def _get_loss(self, centers, cluster_idx, points):
        return float(np.sum((points - centers[cluster_idx]) ** 2))
