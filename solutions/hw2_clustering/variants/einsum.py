"""Sums written as np.einsum wherever there is one."""
import numpy as np


def pairwise_dist(X, Y):
    diff = X[:, None] - Y[None]
    return np.sqrt(np.einsum("nmd,nmd->nm", diff, diff))


def softmax(logits):
    exps = np.exp(logits - logits.max(axis=1, keepdims=True))
    return np.einsum("nd,n->nd", exps, 1 / np.einsum("nd->n", exps))


def logsumexp(logits):
    biggest = logits.max(axis=1)
    return (biggest + np.log(np.einsum("nd->n", np.exp(logits - biggest[:, None]))))[:, None]


class KMeans:
    def _update_assignment(self, centers, points):
        diff = points[:, None] - centers
        return np.einsum("nkd,nkd->nk", diff, diff).argmin(axis=1)

    def _update_centers(self, old_centers, cluster_idx, points):
        chosen = np.equal.outer(cluster_idx, np.arange(len(old_centers))).astype(float)
        count = np.einsum("nk->k", chosen)
        means = np.einsum("nk,nd->kd", chosen, points) / np.where(count, count, 1)[:, None]
        return np.where(count[:, None], means, old_centers)

    def _get_loss(self, centers, cluster_idx, points):
        diff = points - centers[cluster_idx]
        return np.einsum("nd,nd->", diff, diff) / len(diff)


class GMM:
    def _ll_joint(self, points, pi, mu, sigma):
        z = (points[:, None] - mu) / sigma
        log_norm = np.einsum("kd->k", np.log(sigma)) + points.shape[1] * np.log(2 * np.pi) / 2
        with np.errstate(divide="ignore"):
            return np.log(pi) - log_norm - np.einsum("nkd,nkd->nk", z, z) / 2

    def _M_step(self, points, gamma):
        mass = np.einsum("nk->k", gamma)
        share = gamma / np.where(mass > 0, mass, 1)
        mu = np.einsum("nk,nd->kd", share, points)
        diff = points[:, None] - mu
        sigma = np.sqrt(np.einsum("nk,nkd,nkd->kd", share, diff, diff))
        return mass / len(points), mu, np.where(sigma > 1e-6, sigma, 1e-6)
