"""You print the loss and return nothing, so the caller gets None.

loses: []
"""
import numpy as np


class KMeans:
    def _get_loss(self, centers, cluster_idx, points):
        loss = np.mean(np.sum((points - centers[cluster_idx]) ** 2, axis=1))
        print("loss:", loss)
