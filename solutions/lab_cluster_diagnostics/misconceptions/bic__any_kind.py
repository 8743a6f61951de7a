"""You take every other word for the GMM; a typing error then goes unseen.

loses: [bic_refuses]
"""
import numpy as np


def bic(log_likelihood, kind, N, D, K):
    p = K * D + (1 if kind == "kmeans" else K * D) + K - 1
    return p * np.log(N) - 2 * log_likelihood
