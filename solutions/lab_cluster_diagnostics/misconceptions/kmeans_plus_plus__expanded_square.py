"""You expand the square; far from the origin its three terms share all their digits, and noise is left.

loses: [kpp_far_from_origin]
may_lose: [kpp_few_places, kpp_every_place_once]
"""
import numpy as np


def kmeans_plus_plus(points, K):
    N = len(points)
    own = (points**2).sum(axis=1)
    rows = [np.random.randint(N)]
    for _ in range(K - 1):
        centers = points[rows]
        square = own[:, None] - 2 * points @ centers.T + (centers**2).sum(axis=1)
        square = np.maximum(square, 0).min(axis=1)
        square[square < 1e-9] = 0
        total = square.sum()
        rows.append(np.random.choice(N, p=square / total if total > 0 else None))
    return points[rows]
