"""You expand the square, and rounding turns a distance of zero into the root of a tiny negative number, which is NaN; in an expanded square nothing may fall below zero before the root is taken.

loses: [pairwise_dist_zero_distance, pairwise_dist_digits]
seen: 7
"""
import numpy as np


def pairwise_dist(X, Y):
    x_sq = np.sum(X**2, axis=1, keepdims=True)
    y_sq = np.sum(Y**2, axis=1)
    return np.sqrt(x_sq + y_sq - 2 * X @ Y.T)
