"""You let no squared distance fall below 1e-12 where zero is meant; every distance below 1e-6 comes out as 1e-6, and for data of that size all of them are.

loses: [pairwise_dist_digits]
"""
import numpy as np


def pairwise_dist(X, Y):
    squares = np.sum(X**2, axis=1)[:, None] + np.sum(Y**2, axis=1) - 2 * (X @ Y.T)
    return np.sqrt(np.maximum(squares, 1e-12))
