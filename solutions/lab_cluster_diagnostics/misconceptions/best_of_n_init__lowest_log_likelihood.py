"""You take the smallest number for the GMM too; a log-likelihood is better when it is larger.

loses: [best_of_n_gmm]
"""


def best_of_n_init(points, K, n_init, algorithm="kmeans"):
    if n_init < 1 or algorithm not in ("kmeans", "gmm"):
        raise ValueError("n_init is at least 1, algorithm is kmeans or gmm")
    best, best_loss = None, float("inf")
    for _ in range(n_init):
        start = kmeans_plus_plus(points, K)
        run = kmeans(points, start) if algorithm == "kmeans" else gmm(points, start)
        loss = run["cost"] if algorithm == "kmeans" else run["log_likelihood"]
        if loss < best_loss:
            best, best_loss = run, loss
    return best
