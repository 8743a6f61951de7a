"""You divide by sigma = 0; the limit there is the nearest mean.

loses: [kmeans_limit_by_hand, kmeans_limit_shrinks, kmeans_limit_ties]
"""
import numpy as np


def kmeans_limit(x_ND, means_KD, sigma):
    square = ((x_ND[:, None] - means_KD) ** 2).sum(axis=2)
    square -= square.min(axis=1, keepdims=True)
    r = np.exp(-0.5 * (square / sigma) / sigma)
    return r / r.sum(axis=1, keepdims=True)
