"""You subtract the mean of the points from both arrays in place, so the caller's points and centres have moved after the call.

loses: []
"""
import numpy as np


class KMeans:
    def _update_assignment(self, centers, points):
        middle = points.mean(axis=0)
        points -= middle
        centers -= middle
        return np.argmin(pairwise_dist(points, centers), axis=1)
