"""You return the distances of the rows of Y to the rows of X, so the answer is M x N where N x M was asked for.

loses: []
"""
import numpy as np


def pairwise_dist(X, Y):
    return np.sqrt(np.sum((Y[:, None, :] - X[None, :, :]) ** 2, axis=-1))
