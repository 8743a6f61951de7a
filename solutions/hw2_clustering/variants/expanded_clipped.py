"""Squares expanded into three terms and clipped at zero, as in most real solutions."""
import numpy as np


def pairwise_dist(X, Y):
    x_sq = np.square(X).sum(axis=1).reshape(-1, 1)
    y_sq = np.square(Y).sum(axis=1).reshape(1, -1)
    return np.sqrt(np.clip(x_sq - 2 * np.dot(X, Y.T) + y_sq, 0, None))


class KMeans:
    def _update_assignment(self, centers, points):
        return np.argmin(pairwise_dist(points, centers), axis=1)

    def _update_centers(self, old_centers, cluster_idx, points):
        centers = old_centers.astype(float)
        for k in set(cluster_idx.tolist()):
            centers[k] = points[cluster_idx == k].mean(axis=0)
        return centers

    def _get_loss(self, centers, cluster_idx, points):
        dist = pairwise_dist(points, centers)
        return np.mean(dist[np.arange(len(points)), cluster_idx] ** 2)
