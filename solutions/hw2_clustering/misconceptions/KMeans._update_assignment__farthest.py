"""You assign each point to its farthest centre; k-means wants the nearest.

loses: []
"""
import numpy as np


class KMeans:
    def _update_assignment(self, centers, points):
        return np.argmax(pairwise_dist(points, centers), axis=1)
