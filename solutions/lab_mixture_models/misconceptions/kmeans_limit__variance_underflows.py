"""You square sigma; below 1e-162 the square is zero as a float, and 0 / 0 is NaN.

loses: [kmeans_limit_shrinks]
"""
import numpy as np


def kmeans_limit(x_ND, means_KD, sigma):
    square = ((x_ND[:, None] - means_KD) ** 2).sum(axis=2)
    square -= square.min(axis=1, keepdims=True)
    if sigma == 0:
        r = (square == 0).astype(float)
    else:
        r = np.exp(-square / (2 * sigma**2))
    return r / r.sum(axis=1, keepdims=True)
