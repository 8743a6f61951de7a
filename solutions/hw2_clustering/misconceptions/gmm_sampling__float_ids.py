"""You return the component ids as floats, which cannot be used as an index; ids are integers.

loses: [gmm_sampling_shapes]
"""
import numpy as np


def gmm_sampling(num_samples, pi, mu, sigma):
    K, D = mu.shape
    samples, ids = np.zeros((num_samples, D)), np.zeros(num_samples)
    for n in range(num_samples):
        k = np.random.choice(K, p=pi)
        samples[n], ids[n] = mu[k] + sigma[k] * np.random.randn(D), k
    return samples, ids
