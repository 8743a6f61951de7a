"""You return the ids as floats, which cannot be used as an index; cluster ids are integers.

loses: [update_assignment_by_hand]
may_lose: [kmeans_call_two_blobs]
"""
import numpy as np


class KMeans:
    def _update_assignment(self, centers, points):
        cluster_idx = np.zeros(len(points))
        cluster_idx[:] = np.argmin(pairwise_dist(points, centers), axis=1)
        return cluster_idx
