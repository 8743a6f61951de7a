"""You average the squared differences over the coordinates where the Euclidean distance adds them up, so every distance is too small by the square root of D.

loses: []
"""
import numpy as np


def pairwise_dist(X, Y):
    return np.sqrt(np.mean((X[:, None, :] - Y[None, :, :]) ** 2, axis=-1))
