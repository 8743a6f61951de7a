"""You add uniform random numbers from 0 to 1; the noise of a normal distribution is centred on zero and has no bounds.

loses: []
"""
import numpy as np


def gmm_sampling(num_samples, pi, mu, sigma):
    K, D = mu.shape
    ids = np.random.choice(K, num_samples, p=pi)
    return mu[ids] + sigma[ids] * np.random.rand(num_samples, D), ids
