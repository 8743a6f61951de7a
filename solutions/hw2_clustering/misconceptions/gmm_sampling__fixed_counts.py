"""You give each component a fixed share of the samples; the counts are random, and rounded shares need not even add up to num_samples.

loses: [gmm_sampling_shapes, gmm_sampling_ids_match]
may_lose: [gmm_sampling_keeps_input]
"""
import numpy as np


def gmm_sampling(num_samples, pi, mu, sigma):
    K, D = mu.shape
    counts = np.round(num_samples * np.asarray(pi)).astype(int)
    ids = np.random.permutation(np.repeat(np.arange(K), counts))
    return mu[ids] + sigma[ids] * np.random.randn(len(ids), D), ids
