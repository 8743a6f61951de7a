"""You count the deviations of the GMM for K-means too; it has one for everything.

loses: [bic_by_hand, bic_values]
may_lose: [bic_refuses]
"""
import numpy as np


def bic(log_likelihood, kind, N, D, K):
    if kind not in ("kmeans", "gmm"):
        raise ValueError("kind is kmeans or gmm")
    return (2 * K * D + K - 1) * np.log(N) - 2 * log_likelihood
