"""You scale the noise by the square root of sigma, as if sigma were a variance; it is the standard deviation.

loses: [gmm_sampling_moments]
"""
import numpy as np


def gmm_sampling(num_samples, pi, mu, sigma):
    K, D = mu.shape
    ids = np.random.choice(K, num_samples, p=pi)
    return mu[ids] + np.sqrt(sigma[ids]) * np.random.randn(num_samples, D), ids
