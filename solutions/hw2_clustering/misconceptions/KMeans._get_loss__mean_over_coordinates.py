"""You average over the coordinates as well as over the points, so your loss is too small by the factor D.

loses: []
"""
import numpy as np


class KMeans:
    def _get_loss(self, centers, cluster_idx, points):
        return float(np.mean((points - centers[cluster_idx]) ** 2))
