"""You take every other word for the GMM, so a typing error quietly runs another algorithm.

loses: [best_of_n_refuses]
"""


def best_of_n_init(points, K, n_init, algorithm="kmeans"):
    if n_init < 1:
        raise ValueError("n_init is at least 1")
    best, best_score = None, -float("inf")
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
