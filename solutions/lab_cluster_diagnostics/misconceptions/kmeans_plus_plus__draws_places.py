"""You throw out repeated rows first; a place where many points lie then comes up too rarely.

loses: [kpp_first_uniform, kpp_second_law]
may_lose: [kpp_third_law, kpp_few_places, kpp_keeps_input]
"""
import numpy as np


def kmeans_plus_plus(points, K):
    places = np.unique(points, axis=0)
    N = len(places)
    rows = [np.random.randint(N)]
    for _ in range(K - 1):
        square = ((places[:, None, :] - places[rows]) ** 2).sum(axis=2).min(axis=1)
        total = square.sum()
        rows.append(np.random.choice(N, p=square / total if total > 0 else None))
    return places[rows]
