"""You seed the generator inside, so every start is the same; the seed belongs to the caller.

loses: [kpp_first_uniform, kpp_second_law]
may_lose: [kpp_third_law, kpp_few_places, kpp_keeps_input]
"""
import numpy as np


def kmeans_plus_plus(points, K):
    np.random.seed(0)
    N = len(points)
    rows = [np.random.randint(N)]
    for _ in range(K - 1):
        square = ((points[:, None, :] - points[rows]) ** 2).sum(axis=2).min(axis=1)
        total = square.sum()
        rows.append(np.random.choice(N, p=square / total if total > 0 else None))
    return points[rows]
