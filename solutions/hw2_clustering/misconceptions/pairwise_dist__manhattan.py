"""You add up absolute differences, which is the city-block distance and not the Euclidean one.

loses: []
"""
import numpy as np


def pairwise_dist(X, Y):
    return np.sum(np.abs(X[:, None, :] - Y[None, :, :]), axis=-1)
