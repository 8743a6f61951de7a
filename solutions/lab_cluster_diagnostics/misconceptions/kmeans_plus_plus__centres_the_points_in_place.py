"""You centre the points with -=, which moves your caller's points as well.

loses: [kpp_keeps_input]
"""
import numpy as np


def kmeans_plus_plus(points, K):
    mean = points.mean(axis=0)
    points -= mean
    N = len(points)
    rows = [np.random.randint(N)]
    for _ in range(K - 1):
        square = ((points[:, None, :] - points[rows]) ** 2).sum(axis=2).min(axis=1)
        total = square.sum()
        rows.append(np.random.choice(N, p=square / total if total > 0 else None))
    return points[rows] + mean
