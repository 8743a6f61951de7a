"""Cluster sums by np.bincount over flattened cells; labels by a stable sort of the distances."""
import numpy as np


class KMeans:
    def _init_centers(self, points, K, **kwargs):
        return np.array(points[np.argsort(np.random.rand(len(points)))[:K]], dtype=float)

    def _update_assignment(self, centers, points):
        return pairwise_dist(centers, points).argsort(axis=0, kind="stable")[0]

    def _update_centers(self, old_centers, cluster_idx, points):
        K, D = np.shape(old_centers)
        idx = np.asarray(cluster_idx).astype(int)
        count = np.bincount(idx, minlength=K)
        flat = np.bincount((idx[:, None] * D + np.arange(D)).ravel(), points.ravel(), K * D)
        centers = flat.reshape(K, D) / np.maximum(count, 1)[:, None]
        centers[count == 0] = old_centers[count == 0]
        return centers

    def _get_loss(self, centers, cluster_idx, points):
        square = np.sum((points - centers[cluster_idx]) ** 2, axis=1)
        return np.bincount(cluster_idx, weights=square).sum() / len(points)
