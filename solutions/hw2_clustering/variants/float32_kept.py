"""Answers have the dtype of the data: float32 stays float32, other input is taken as float64."""
import numpy as np


def _float(array):
    array = np.asarray(array)
    return array if array.dtype == np.float32 else array.astype(np.float64)


def pairwise_dist(X, Y):
    X, Y = _float(X), _float(Y)
    return np.sqrt(((X[:, None, :] - Y) ** 2).sum(axis=-1))


def softmax(logits):
    logits = _float(logits)
    exps = np.exp(logits - logits.max(axis=1, keepdims=True))
    return exps / exps.sum(axis=1, keepdims=True)


def logsumexp(logits):
    logits = _float(logits)
    biggest = logits.max(axis=1, keepdims=True)
    return biggest + np.log(np.exp(logits - biggest).sum(axis=1, keepdims=True))


class KMeans:
    def _init_centers(self, points, K, **kwargs):
        return _float(points)[np.random.choice(len(points), size=K, replace=False)]

    def _update_centers(self, old_centers, cluster_idx, points):
        points = _float(points)
        centers = np.array(old_centers, dtype=points.dtype)
        for k in range(len(centers)):
            if (cluster_idx == k).any():
                centers[k] = points[cluster_idx == k].mean(axis=0, dtype=np.float64)
        return centers

    def _get_loss(self, centers, cluster_idx, points):
        return _float(((_float(points) - centers[cluster_idx]) ** 2).sum(axis=1).mean())[()]


class GMM:
    def _init_components(self, points, K, **kwargs):
        points = _float(points)
        mu = KMeans()(points, K)[1].astype(points.dtype)
        sigma = np.ones_like(mu) * points.std(axis=0) + points.dtype.type(1e-3)
        return np.full(K, 1 / K, dtype=points.dtype), mu, sigma

    def _ll_joint(self, points, pi, mu, sigma):
        points = _float(points)
        z = (points[:, None, :] - mu) / sigma
        half_log_two_pi = points.dtype.type(0.5 * np.log(2 * np.pi))
        with np.errstate(divide="ignore"):
            return np.log(pi) - (z**2 / 2 + np.log(sigma) + half_log_two_pi).sum(axis=-1)

    def _M_step(self, points, gamma):
        points = _float(points)
        mass = np.maximum(gamma.sum(axis=0), np.finfo(points.dtype).tiny)[:, None]
        mu = gamma.T @ points / mass
        variance = np.stack([g @ (points - m) ** 2 for g, m in zip(gamma.T, mu)]) / mass
        return gamma.mean(axis=0), mu, np.sqrt(np.maximum(variance, points.dtype.type(1e-12)))
