"""You draw one random number for each sample and use it for all coordinates, so the coordinates move together; each needs its own.

loses: [gmm_sampling_order]
"""
import numpy as np


def gmm_sampling(num_samples, pi, mu, sigma):
    K, D = mu.shape
    ids = np.random.choice(K, num_samples, p=pi)
    return mu[ids] + sigma[ids] * np.random.randn(num_samples, 1), ids
