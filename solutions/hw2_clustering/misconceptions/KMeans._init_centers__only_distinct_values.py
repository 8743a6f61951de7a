"""You throw repeated points away before you draw; where the data hold fewer than K distinct points there is nothing left to draw, and the call fails.

loses: [init_centers_duplicates]
"""
import numpy as np


class KMeans:
    def _init_centers(self, points, K, **kwargs):
        distinct = np.unique(points, axis=0)
        return distinct[np.random.choice(len(distinct), K, replace=False)]
