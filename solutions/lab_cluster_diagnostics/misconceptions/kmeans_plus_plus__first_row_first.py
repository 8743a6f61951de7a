"""Your first centre is always the first row; it has to be drawn as well.

loses: [kpp_first_uniform]
"""
import numpy as np


def kmeans_plus_plus(points, K):
    N = len(points)
    rows = [0]
    for _ in range(K - 1):
        square = ((points[:, None, :] - points[rows]) ** 2).sum(axis=2).min(axis=1)
        total = square.sum()
        rows.append(np.random.choice(N, p=square / total if total > 0 else None))
    return points[rows]
