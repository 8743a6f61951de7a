"""You let min find the best run; a NaN that stands first is never beaten, since no number is less.

loses: [best_of_n_nan]
"""


def best_of_n_init(points, K, n_init, algorithm="kmeans"):
    if n_init < 1 or algorithm not in ("kmeans", "gmm"):
        raise ValueError("n_init is at least 1, algorithm is kmeans or gmm")
    run = kmeans if algorithm == "kmeans" else gmm
    runs = [run(points, kmeans_plus_plus(points, K)) for _ in range(n_init)]
    if algorithm == "kmeans":
        return min(runs, key=lambda run: run["cost"])
    return max(runs, key=lambda run: run["log_likelihood"])
