"""You divide by the sum of the squared distances, which is zero where all points lie on centres.

loses: [kpp_few_places]
"""
import numpy as np


def kmeans_plus_plus(points, K):
    N = len(points)
    rows = [np.random.randint(N)]
    for _ in range(K - 1):
        square = ((points[:, None, :] - points[rows]) ** 2).sum(axis=2).min(axis=1)
        rows.append(np.random.choice(N, p=square / square.sum()))
    return points[rows]
