"""You number the clusters from 1; they index the rows of centers, so they go from 0 to K - 1.

loses: []
"""
import numpy as np


class KMeans:
    def _update_assignment(self, centers, points):
        return np.argmin(pairwise_dist(points, centers), axis=1) + 1
