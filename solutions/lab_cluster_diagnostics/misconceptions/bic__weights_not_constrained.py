"""You count K weights; they sum to one, so K - 1 of them are free.

loses: [bic_by_hand, bic_values]
may_lose: [bic_refuses]
"""
import numpy as np


def bic(log_likelihood, kind, N, D, K):
    if kind not in ("kmeans", "gmm"):
        raise ValueError("kind is kmeans or gmm")
    p = K * D + (1 if kind == "kmeans" else K * D) + K
    return p * np.log(N) - 2 * log_likelihood
