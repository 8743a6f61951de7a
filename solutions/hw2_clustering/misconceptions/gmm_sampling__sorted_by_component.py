"""You draw how many samples each component gets and return them component by component; the samples are no longer in random order, so neighbours tell each other's component.

loses: [gmm_sampling_order]
"""
import numpy as np


def gmm_sampling(num_samples, pi, mu, sigma):
    K, D = mu.shape
    ids = np.repeat(np.arange(K), np.random.multinomial(num_samples, pi))
    return mu[ids] + sigma[ids] * np.random.randn(num_samples, D), ids
