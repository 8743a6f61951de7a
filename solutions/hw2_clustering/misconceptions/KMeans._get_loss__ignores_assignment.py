"""You measure the distance to the nearest centre and never look at cluster_idx; the loss belongs to the assignment that is passed in.

loses: [get_loss_values]
may_lose: [get_loss_zero, get_loss_many_points, get_loss_keeps_input]
seen: 1
"""
import numpy as np


class KMeans:
    def _get_loss(self, centers, cluster_idx, points):
        return float(np.mean(np.min(pairwise_dist(points, centers), axis=1) ** 2))
