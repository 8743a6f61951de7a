"""You shuffle the caller's points in place and take the first K; after the call the rows are in another order than the caller's labels.

loses: [init_centers_keeps_input]
"""
import numpy as np


class KMeans:
    def _init_centers(self, points, K, **kwargs):
        np.random.shuffle(points)
        return points[:K].copy()
