"""Distances between rows."""
import numpy as np


def squared(X, Y):
    origin = Y.mean(axis=0)
    X, Y = X - origin, Y - origin
    squares = (X * X).sum(axis=1)[:, None] - 2 * (X @ Y.T) + (Y * Y).sum(axis=1)[None, :]
    return np.maximum(squares, 0)


def pairwise_dist(X, Y):
    return np.sqrt(squared(X, Y))
