"""You take the farthest row each time; it has to be drawn, or outliers always become centres.

loses: [kpp_second_law, kpp_third_law]
may_lose: [kpp_keeps_input]
"""
import numpy as np


def kmeans_plus_plus(points, K):
    rows = [np.random.randint(len(points))]
    for _ in range(K - 1):
        square = ((points[:, None, :] - points[rows]) ** 2).sum(axis=2).min(axis=1)
        rows.append(int(square.argmax()))
    return points[rows]
