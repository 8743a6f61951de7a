"""Cluster sums by np.add.at, an unbuffered scatter-add."""
import numpy as np


class KMeans:
    def _update_centers(self, old_centers, cluster_idx, points):
        total, count = np.zeros(np.shape(old_centers)), np.zeros(len(old_centers))
        np.add.at(total, cluster_idx, points)
        np.add.at(count, cluster_idx, 1)
        empty = count == 0
        total[empty], count[empty] = old_centers[empty], 1
        return total / count[:, None]

    def _get_loss(self, centers, cluster_idx, points):
        total = np.zeros(len(centers))
        np.add.at(total, cluster_idx, ((points - centers[cluster_idx]) ** 2).sum(axis=1))
        return float(total.sum() / len(points))
