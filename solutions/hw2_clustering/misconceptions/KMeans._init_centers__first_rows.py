"""You always start from the first K rows, so nothing is random: a run that ended badly ends badly every time, and sorted data give a poor start.

loses: [init_centers_random]
seen: 2
"""
import numpy as np


class KMeans:
    def _init_centers(self, points, K, **kwargs):
        return np.array(points[:K])
