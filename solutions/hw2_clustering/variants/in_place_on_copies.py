"""Copies its arguments once and then works in place with out= and augmented assignment."""
import numpy as np


def pairwise_dist(X, Y):
    diff = np.subtract(X[:, None, :], Y[None, :, :], dtype=float)
    np.square(diff, out=diff)
    total = np.add.reduce(diff, axis=-1)
    return np.sqrt(total, out=total)


def softmax(logits):
    work = logits.copy()
    work -= work.max(axis=1, keepdims=True)
    np.exp(work, out=work)
    work /= work.sum(axis=1, keepdims=True)
    return work


def logsumexp(logits):
    work = logits.copy()
    biggest = work.max(axis=1, keepdims=True)
    work -= biggest
    total = np.exp(work, out=work).sum(axis=1, keepdims=True)
    np.log(total, out=total)
    total += biggest
    return total


class GMM:
    def _ll_joint(self, points, pi, mu, sigma):
        K, D = mu.shape
        ll = np.empty((len(points), K))
        for k in range(K):
            work = points.astype(float)
            work -= mu[k]
            work /= sigma[k]
            work *= work
            ll[:, k] = work.sum(axis=1)
        ll *= -0.5
        ll -= np.log(sigma).sum(axis=1)
        ll -= D * 0.5 * np.log(2 * np.pi)
        with np.errstate(divide="ignore"):
            ll += np.log(pi)
        return ll

    def _M_step(self, points, gamma):
        weights = gamma.copy()
        pi = weights.mean(axis=0)
        weights /= np.where(pi > 0, weights.sum(axis=0), 1)
        mu = weights.T @ points
        sigma = np.zeros_like(mu)
        for k in range(len(mu)):
            work = points - mu[k]
            work **= 2
            sigma[k] = weights[:, k] @ work
        np.sqrt(sigma, out=sigma)
        sigma[sigma < 1e-6] = 1e-6
        return pi, mu, sigma
