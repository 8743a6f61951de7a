"""Distances by np.linalg.norm, weighted means by np.average."""
import numpy as np


def pairwise_dist(X, Y):
    return np.linalg.norm(X[:, np.newaxis] - Y, axis=-1)


class KMeans:
    def _update_assignment(self, centers, points):
        return np.linalg.norm(points[:, np.newaxis] - centers, axis=-1).argmin(-1)

    def _update_centers(self, old_centers, cluster_idx, points):
        def center(k):
            mine = cluster_idx == k
            return np.average(points, axis=0, weights=mine) if mine.any() else old_centers[k]

        return np.stack([center(k) for k in range(len(old_centers))]).astype(float)

    def _get_loss(self, centers, cluster_idx, points):
        return np.linalg.norm(points - centers[cluster_idx]) ** 2 / len(points)


class GMM:
    def _ll_joint(self, points, pi, mu, sigma):
        z_norm = np.linalg.norm((points[:, np.newaxis] - mu) / sigma, axis=-1)
        log_peak = -np.sum(np.log(np.sqrt(2 * np.pi) * sigma), axis=-1)
        with np.errstate(divide="ignore"):
            return np.log(pi) + log_peak - z_norm**2 / 2

    def _M_step(self, points, gamma):
        pi = np.average(gamma, axis=0)
        gamma = np.where(pi > 0, gamma, 1)  # a component without weight looks at all points
        mu = np.stack([np.average(points, axis=0, weights=g) for g in gamma.T])
        variance = np.stack(
            [np.average((points - m) ** 2, axis=0, weights=g) for g, m in zip(gamma.T, mu)]
        )
        return pi, mu, np.sqrt(np.fmax(variance, 1e-12))
