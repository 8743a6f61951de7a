"""You average the distances; the loss of k-means is the average of the squared distances.

loses: []
"""
import numpy as np


class KMeans:
    def _get_loss(self, centers, cluster_idx, points):
        return float(np.mean(np.sqrt(np.sum((points - centers[cluster_idx]) ** 2, axis=1))))
