"""You draw the rows with replacement, so the same point can become two centres and one of the clusters starts empty.

loses: [init_centers_different_rows]
seen: 6
"""
import numpy as np


class KMeans:
    def _init_centers(self, points, K, **kwargs):
        return points[np.random.choice(len(points), K)]
