"""You average over the coordinates as well as over the points, so your loss is too small by the factor D.

loses: [get_loss_is_mean, get_loss_values]
may_lose: [get_loss_zero, get_loss_many_points, get_loss_keeps_input]
"""
import numpy as np


class KMeans:
    def _get_loss(self, centers, cluster_idx, points):
        return float(np.mean((points - centers[cluster_idx]) ** 2))
