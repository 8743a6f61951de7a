"""Answers are views: transposed, reversed or broadcast arrays whose memory is in another order."""
import numpy as np


def pairwise_dist(X, Y):
    return np.sqrt(((Y[:, None] - X[None]) ** 2).sum(-1)).T


def softmax(logits):
    flipped = logits.T[::-1]
    exps = np.exp(flipped - flipped.max(axis=0))
    return (exps / exps.sum(axis=0))[::-1].T


def logsumexp(logits):
    flipped = np.asfortranarray(logits).T
    biggest = flipped.max(axis=0, keepdims=True)
    return (biggest + np.log(np.exp(flipped - biggest).sum(axis=0, keepdims=True))).T


class KMeans:
    def _init_centers(self, points, K, **kwargs):
        return np.asfortranarray(points[np.random.choice(len(points), K, replace=False)])


class GMM:
    def _init_components(self, points, K, **kwargs):
        _, mu = KMeans()(points, K)
        pi = np.broadcast_to(1 / K, (K,))
        return pi, mu, np.broadcast_to(points.std(axis=0) + 1e-6, mu.shape)
