"""You return a column of shape (N, 1); the ids are one flat array of length N, and a column does not select rows the way the later steps need it.

loses: []
"""
import numpy as np


class KMeans:
    def _update_assignment(self, centers, points):
        return np.argmin(pairwise_dist(points, centers), axis=1)[:, None]
