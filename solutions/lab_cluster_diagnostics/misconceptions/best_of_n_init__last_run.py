"""You return the last run instead of the best one.

loses: [best_of_n_by_hand, best_of_n_gmm, best_of_n_nan]
may_lose: [best_of_n_refuses]
"""


def best_of_n_init(points, K, n_init, algorithm="kmeans"):
    if n_init < 1 or algorithm not in ("kmeans", "gmm"):
        raise ValueError("n_init is at least 1, algorithm is kmeans or gmm")
    for _ in range(n_init):
        run = (kmeans if algorithm == "kmeans" else gmm)(points, kmeans_plus_plus(points, K))
    return run
