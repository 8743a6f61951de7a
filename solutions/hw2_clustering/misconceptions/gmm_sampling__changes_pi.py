"""You turn pi into its running sum in place, so the caller's probabilities are no longer probabilities after the call.

loses: [gmm_sampling_keeps_input]
"""
import numpy as np


def gmm_sampling(num_samples, pi, mu, sigma):
    np.cumsum(pi, out=pi)
    ids = np.searchsorted(pi / pi[-1], np.random.rand(num_samples))
    return mu[ids] + sigma[ids] * np.random.randn(num_samples, mu.shape[1]), ids
