"""You assign each point to the centre with the largest inner product; a long centre then wins over a near one, because the centre's own squared length is left out.

loses: []
"""
import numpy as np


class KMeans:
    def _update_assignment(self, centers, points):
        return np.argmax(points @ centers.T, axis=1)
