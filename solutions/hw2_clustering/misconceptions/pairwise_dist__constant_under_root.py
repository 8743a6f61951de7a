"""The constant that you add under the root keeps NaN away, but it makes every distance wrong: a point is no longer at distance zero from itself.

loses: []
"""
import numpy as np


def pairwise_dist(X, Y):
    return np.sqrt(np.sum((X[:, None, :] - Y[None, :, :]) ** 2, axis=-1) + 1e-6)
