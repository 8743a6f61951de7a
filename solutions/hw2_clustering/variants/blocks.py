"""KMeans and GMM walk through the points in blocks of rows; the three helpers see whole arrays."""
import numpy as np


def _blocks(array, rows=1000):
    return np.array_split(array, max(1, len(array) // rows))


def pairwise_dist(X, Y):
    return np.sqrt(((X[:, None] - Y) ** 2).sum(-1))


class KMeans:
    def _update_assignment(self, centers, points):
        parts = [pairwise_dist(block, centers).argmin(axis=1) for block in _blocks(points)]
        return np.concatenate(parts)

    def _update_centers(self, old_centers, cluster_idx, points):
        K = len(old_centers)
        total, count = np.zeros(old_centers.shape), np.zeros(K)
        for block, idx in zip(_blocks(points), _blocks(cluster_idx)):
            chosen_BK = (idx[:, None] == np.arange(K)).astype(float)
            total += chosen_BK.T @ block
            count += chosen_BK.sum(axis=0)
        centers = np.array(old_centers, dtype=float)
        centers[count > 0] = total[count > 0] / count[count > 0, None]
        return centers

    def _get_loss(self, centers, cluster_idx, points):
        pairs = zip(_blocks(points), _blocks(cluster_idx))
        return sum(np.sum((block - centers[idx]) ** 2) for block, idx in pairs) / len(points)


class GMM:
    def _ll_joint(self, points, pi, mu, sigma):
        constant_K = -np.log(sigma * np.sqrt(2 * np.pi)).sum(axis=1)
        with np.errstate(divide="ignore"):
            constant_K = constant_K + np.log(pi)
        squares = [(((b[:, None] - mu) / sigma) ** 2).sum(-1) for b in _blocks(points)]
        return constant_K - np.concatenate(squares) / 2

    def _M_step(self, points, gamma):
        mass_K1 = np.maximum(gamma.sum(axis=0)[:, None], 1e-300)
        pairs = list(zip(_blocks(gamma), _blocks(points)))
        mu = sum(g.T @ x for g, x in pairs) / mass_K1
        second = sum(np.sum(g[..., None] * (x[:, None] - mu) ** 2, axis=0) for g, x in pairs)
        return gamma.mean(axis=0), mu, np.sqrt(second / mass_K1 + 1e-16)
