"""You return squared distances: the last step, the square root, is missing.

loses: []
"""
import numpy as np


def pairwise_dist(X, Y):
    return np.sum((X[:, None, :] - Y[None, :, :]) ** 2, axis=-1)
