"""Your sign is turned round: here a smaller BIC is better.

loses: [bic_by_hand, bic_values]
may_lose: [bic_refuses]
"""
import numpy as np


def bic(log_likelihood, kind, N, D, K):
    if kind not in ("kmeans", "gmm"):
        raise ValueError("kind is kmeans or gmm")
    p = K * D + (1 if kind == "kmeans" else K * D) + K - 1
    return 2 * log_likelihood - p * np.log(N)
