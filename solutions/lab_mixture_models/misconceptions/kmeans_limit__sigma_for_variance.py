"""You divide by 2 sigma; the Gaussian has 2 sigma^2 there.

loses: [kmeans_limit_values]
"""
import numpy as np


def kmeans_limit(x_ND, means_KD, sigma):
    square = ((x_ND[:, None] - means_KD) ** 2).sum(axis=2)
    square -= square.min(axis=1, keepdims=True)
    with np.errstate(over="ignore"):
        r = np.exp(-square / (2 * sigma)) if sigma > 0 else (square == 0).astype(float)
    return r / r.sum(axis=1, keepdims=True)
