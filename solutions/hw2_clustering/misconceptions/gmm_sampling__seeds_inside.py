"""You call np.random.seed inside the function, so every call returns the same samples; the seed belongs to the caller.

loses: [gmm_sampling_random]
"""
import numpy as np


def gmm_sampling(num_samples, pi, mu, sigma):
    np.random.seed(1)
    K, D = mu.shape
    ids = np.random.choice(K, num_samples, p=pi)
    return mu[ids] + sigma[ids] * np.random.randn(num_samples, D), ids
