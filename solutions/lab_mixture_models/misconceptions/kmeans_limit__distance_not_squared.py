"""You take distances where the squares of distances belong.

loses: [kmeans_limit_by_hand, kmeans_limit_values]
may_lose: [kmeans_limit_shrinks]
"""
import numpy as np


def kmeans_limit(x_ND, means_KD, sigma):
    distance = np.linalg.norm(x_ND[:, None] - means_KD, axis=2)
    distance -= distance.min(axis=1, keepdims=True)
    with np.errstate(over="ignore"):
        r = np.exp(-distance / sigma / sigma / 2) if sigma > 0 else (distance == 0).astype(float)
    return r / r.sum(axis=1, keepdims=True)
