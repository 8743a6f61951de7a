"""You return the numbers of the rows that were drawn; the centres are those rows of points.

loses: [kpp_rows_of_data, kpp_first_uniform, kpp_second_law, kpp_third_law, kpp_every_place_once,
  kpp_few_places, kpp_far_from_origin, kpp_keeps_input]
"""
import numpy as np


def kmeans_plus_plus(points, K):
    N = len(points)
    rows = [np.random.randint(N)]
    square = np.full(N, np.inf)
    for _ in range(K - 1):
        square = np.minimum(square, ((points - points[rows[-1]]) ** 2).sum(axis=1))
        total = square.sum()
        rows.append(np.random.choice(N, p=square / total if total > 0 else None))
    return np.array(rows)
