"""You divide exponentials that are all 0 as floats; take the smallest squared distance away first.

loses: [kmeans_limit_shrinks, kmeans_limit_ties]
"""
import numpy as np


def kmeans_limit(x_ND, means_KD, sigma):
    square = ((x_ND[:, None] - means_KD) ** 2).sum(axis=2)
    if sigma == 0:
        r = (square == square.min(axis=1, keepdims=True)).astype(float)
    else:
        r = np.exp(-square / (2 * sigma**2))
    return r / r.sum(axis=1, keepdims=True)
