"""You call np.random.seed inside the function, so every start is the same and every other random number in the caller's program changes too; the seed belongs to the caller.

loses: [init_centers_random]
seen: 16
"""
import numpy as np


class KMeans:
    def _init_centers(self, points, K, **kwargs):
        np.random.seed(5)
        return points[np.random.choice(len(points), K, replace=False)]
