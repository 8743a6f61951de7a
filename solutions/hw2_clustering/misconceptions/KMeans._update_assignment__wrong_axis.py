"""You look for the nearest point of every centre, so you return K numbers; asked for is the nearest centre of every point, N numbers.

loses: []
"""
import numpy as np


class KMeans:
    def _update_assignment(self, centers, points):
        return np.argmin(pairwise_dist(points, centers), axis=0)
