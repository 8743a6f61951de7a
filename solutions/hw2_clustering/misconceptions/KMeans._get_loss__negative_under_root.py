"""You expand the square and take a root before you square again; for a point on its centre rounding leaves a tiny negative number, whose root is NaN.

loses: []
"""
import numpy as np


class KMeans:
    def _get_loss(self, centers, cluster_idx, points):
        own = centers[cluster_idx]
        squares = np.sum(points**2, axis=1) - 2 * np.sum(points * own, axis=1)
        return float(np.mean(np.sqrt(squares + np.sum(own**2, axis=1)) ** 2))
