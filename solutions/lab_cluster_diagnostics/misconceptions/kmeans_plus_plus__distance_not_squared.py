"""You draw by the distance; the law of k-means++ takes its square, so far rows come up too rarely.

loses: [kpp_second_law]
may_lose: [kpp_third_law, kpp_keeps_input]
"""
import numpy as np


def kmeans_plus_plus(points, K):
    N = len(points)
    rows = [np.random.randint(N)]
    for _ in range(K - 1):
        gaps = np.linalg.norm(points[:, None, :] - points[rows], axis=2).min(axis=1)
        total = gaps.sum()
        rows.append(np.random.choice(N, p=gaps / total if total > 0 else None))
    return points[rows]
