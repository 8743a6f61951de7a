"""Everything by broadcasting: (N, M, D) differences, (N, K, D) densities, no matrix product."""
import numpy as np


def pairwise_dist(X, Y):
    return np.sqrt(np.sum((X[:, np.newaxis, :] - Y[np.newaxis, :, :]) ** 2, axis=2))


def softmax(logits):
    exps = np.exp(logits - logits.max(axis=1)[:, np.newaxis])
    return exps / exps.sum(axis=1)[:, np.newaxis]


def logsumexp(logits):
    biggest = logits.max(axis=1, keepdims=True)
    return np.log(np.exp(logits - biggest).sum(axis=1, keepdims=True)) + biggest


class KMeans:
    def _init_centers(self, points, K, **kwargs):
        return points[np.random.permutation(len(points))[:K]]

    def _update_assignment(self, centers, points):
        return pairwise_dist(points, centers).argmin(axis=1)

    def _update_centers(self, old_centers, cluster_idx, points):
        member_KN1 = (cluster_idx == np.arange(len(old_centers))[:, np.newaxis])[:, :, np.newaxis]
        total_KD = np.sum(member_KN1 * points, axis=1)
        count_K1 = np.sum(member_KN1, axis=1)
        return np.where(count_K1 == 0, old_centers, total_KD / np.maximum(count_K1, 1))

    def _get_loss(self, centers, cluster_idx, points):
        return np.mean(np.sum((points - centers[cluster_idx]) ** 2, axis=1))


class GMM:
    def _ll_joint(self, points, pi, mu, sigma):
        z_NKD = (points[:, np.newaxis, :] - mu) / sigma
        log_pdf_NKD = -0.5 * z_NKD**2 - np.log(sigma) - 0.5 * np.log(2 * np.pi)
        with np.errstate(divide="ignore"):
            return log_pdf_NKD.sum(axis=2) + np.log(pi)

    def _E_step(self, points, pi, mu, sigma):
        return softmax(self._ll_joint(points, pi, mu, sigma))

    def _M_step(self, points, gamma):
        mass_K1 = gamma.sum(axis=0)[:, np.newaxis] + np.finfo(float).tiny
        mu = np.sum(gamma[:, :, np.newaxis] * points[:, np.newaxis, :], axis=0) / mass_K1
        square_NKD = (points[:, np.newaxis, :] - mu) ** 2
        variance = np.sum(gamma[:, :, np.newaxis] * square_NKD, axis=0) / mass_K1
        return gamma.mean(axis=0), mu, np.maximum(np.sqrt(variance), 1e-6)
