"""You move X and Y to the origin inside the arrays that you were given, so the caller's data have changed after the call; work on copies.

loses: [pairwise_dist_keeps_input]
"""
import numpy as np


def pairwise_dist(X, Y):
    middle = X.mean(axis=0)
    X -= middle
    Y -= middle
    squares = np.sum(X * X, axis=1)[:, None] + np.sum(Y * Y, axis=1) - 2 * (X @ Y.T)
    return np.sqrt(np.maximum(squares, 0))
