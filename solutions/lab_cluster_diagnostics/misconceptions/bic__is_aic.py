"""You charge 2 for a parameter: that is the criterion of Akaike; Schwarz charges log N.

loses: [bic_by_hand, bic_values]
may_lose: [bic_refuses]
"""


def bic(log_likelihood, kind, N, D, K):
    if kind not in ("kmeans", "gmm"):
        raise ValueError("kind is kmeans or gmm")
    p = K * D + (1 if kind == "kmeans" else K * D) + K - 1
    return 2 * p - 2.0 * log_likelihood
