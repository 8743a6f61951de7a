"""Cluster ids of the smallest integer types; centres come back as a transposed view in memory."""
import numpy as np


class KMeans:
    def _update_assignment(self, centers, points):
        return pairwise_dist(points, centers).argmin(axis=1).astype(np.int32)

    def _update_centers(self, old_centers, cluster_idx, points):
        centers_DK = np.array(old_centers, dtype=float).T.copy()
        for k in np.unique(cluster_idx):
            centers_DK[:, k] = points[cluster_idx == k].mean(axis=0)
        return centers_DK.T


def gmm_sampling(num_samples, pi, mu, sigma):
    edges = np.cumsum(np.ravel(pi))
    ids = (np.random.rand(num_samples, 1) * edges[-1] >= edges[:-1]).sum(axis=1).astype(np.uint8)
    return np.random.normal(np.take(mu, ids, axis=0), np.take(sigma, ids, axis=0)), ids
