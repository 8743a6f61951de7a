"""You look at the last centre alone; D is the distance to the nearest of all centres so far.

loses: [kpp_third_law, kpp_every_place_once, kpp_far_from_origin]
may_lose: [kpp_few_places]
"""
import numpy as np


def kmeans_plus_plus(points, K):
    N = len(points)
    rows = [np.random.randint(N)]
    for _ in range(K - 1):
        square = ((points - points[rows[-1]]) ** 2).sum(axis=1)
        total = square.sum()
        rows.append(np.random.choice(N, p=square / total if total > 0 else None))
    return points[rows]
