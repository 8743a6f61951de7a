"""You draw the components with equal probability and do not use pi.

loses: [gmm_sampling_proportions]
"""
import numpy as np


def gmm_sampling(num_samples, pi, mu, sigma):
    K, D = mu.shape
    ids = np.random.choice(K, num_samples)
    return mu[ids] + sigma[ids] * np.random.randn(num_samples, D), ids
