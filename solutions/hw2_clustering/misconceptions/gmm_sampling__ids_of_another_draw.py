"""You draw the component ids a second time for the return value, so the ids do not belong to the samples.

loses: [gmm_sampling_ids_match]
may_lose: [gmm_sampling_keeps_input]
"""
import numpy as np


def gmm_sampling(num_samples, pi, mu, sigma):
    K, D = mu.shape
    drawn = np.random.choice(K, num_samples, p=pi)
    samples = mu[drawn] + sigma[drawn] * np.random.randn(num_samples, D)
    return samples, np.random.choice(K, num_samples, p=pi)
