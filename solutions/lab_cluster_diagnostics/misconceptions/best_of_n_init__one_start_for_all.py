"""You draw the start once, before the loop; all runs are the same then, and no one is better.

loses: [best_of_n_gmm, best_of_n_starts, best_of_n_nan, best_of_n_nine_blobs]
"""


def best_of_n_init(points, K, n_init, algorithm="kmeans"):
    if n_init < 1 or algorithm not in ("kmeans", "gmm"):
        raise ValueError("n_init is at least 1, algorithm is kmeans or gmm")
    start = kmeans_plus_plus(points, K)
    runs = [(kmeans if algorithm == "kmeans" else gmm)(points, start) for _ in range(n_init)]
    if algorithm == "kmeans":
        return min(runs, key=lambda run: run["cost"])
    return max(runs, key=lambda run: run["log_likelihood"])
