"""You look for the largest log-likelihood beginning at zero; most of them are below.

loses: [best_of_n_gmm]
may_lose: [best_of_n_starts]
"""


def best_of_n_init(points, K, n_init, algorithm="kmeans"):
    if n_init < 1 or algorithm not in ("kmeans", "gmm"):
        raise ValueError("n_init is at least 1, algorithm is kmeans or gmm")
    best, best_score = {}, float("-inf") if algorithm == "kmeans" else 0.0
    for _ in range(n_init):
        start = kmeans_plus_plus(points, K)
        if algorithm == "kmeans":
            run = kmeans(points, start)
            score = -run["cost"]
        else:
            run = gmm(points, start)
            score = run["log_likelihood"]
        if score > best_score:
            best, best_score = run, score
    return best
