"""You draw K rows, all with the same probability; from the second on they follow the distances.

loses: [kpp_second_law, kpp_third_law, kpp_every_place_once]
may_lose: [kpp_third_law, kpp_few_places, kpp_keeps_input]
"""
import numpy as np


def kmeans_plus_plus(points, K):
    return points[np.random.choice(len(points), K, replace=False)]
