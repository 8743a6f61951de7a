"""You subtract the centres from the points in place; the number is right, but the caller's points are gone, and the next iteration clusters what is left of them.

loses: [get_loss_keeps_input]
"""
import numpy as np


class KMeans:
    def _get_loss(self, centers, cluster_idx, points):
        points -= centers[cluster_idx]
        return float(np.mean(np.sum(points**2, axis=1)))
