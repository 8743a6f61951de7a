"""No function calls another one: each step computes all that it needs by itself."""
import numpy as np


class KMeans:
    def _update_assignment(self, centers, points):
        gap_NK = sum((points[:, [d]] - centers[:, d]) ** 2 for d in range(points.shape[1]))
        return gap_NK.argmin(axis=1)

    def _get_loss(self, centers, cluster_idx, points):
        return float(np.square(points - centers[cluster_idx]).sum() / points.shape[0])


class GMM:
    def _init_components(self, points, K, **kwargs):
        points = np.asarray(points, dtype=float)
        mu = points[np.random.choice(len(points), K, replace=False)]
        return np.repeat(1 / K, K), mu, np.repeat(points.std(axis=0)[None] + 1e-4, K, axis=0)

    def _E_step(self, points, pi, mu, sigma):
        with np.errstate(divide="ignore"):
            log_weight = np.log(pi) - np.log(sigma).sum(axis=1)
        joint = log_weight - 0.5 * (((points[:, None] - mu) / sigma) ** 2).sum(axis=2)
        share = np.exp(joint - joint.max(axis=1, keepdims=True))
        return share / share.sum(axis=1, keepdims=True)
