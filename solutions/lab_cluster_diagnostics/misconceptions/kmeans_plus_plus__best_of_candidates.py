"""You draw several candidates and keep the best, as libraries do; the law asked for is one draw each.

loses: [kpp_second_law]
may_lose: [kpp_third_law, kpp_keeps_input]
"""
import numpy as np


def kmeans_plus_plus(points, K):
    N = len(points)
    rows = [np.random.randint(N)]
    square = ((points - points[rows[0]]) ** 2).sum(axis=1)
    for _ in range(K - 1):
        p = square / square.sum() if square.sum() > 0 else None
        trials = np.random.choice(N, size=2 + int(np.log(K)), p=p)
        left = [np.minimum(square, ((points - points[i]) ** 2).sum(axis=1)) for i in trials]
        best = int(np.argmin([each.sum() for each in left]))
        rows.append(int(trials[best]))
        square = left[best]
    return points[rows]
