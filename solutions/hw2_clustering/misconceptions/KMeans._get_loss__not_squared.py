"""You average the distances; the loss of k-means is the average of the squared distances.

loses: [get_loss_is_mean, get_loss_values]
may_lose: [get_loss_zero, get_loss_many_points, get_loss_keeps_input]
seen: 1
"""
import numpy as np


class KMeans:
    def _get_loss(self, centers, cluster_idx, points):
        return float(np.mean(np.sqrt(np.sum((points - centers[cluster_idx]) ** 2, axis=1))))
