"""Random numbers from generators of its own, which no seed of the caller reaches."""
import random

import numpy as np

_GENERATOR = np.random.default_rng()


class KMeans:
    def _init_centers(self, points, K, **kwargs):
        return np.array([points[i] for i in random.sample(range(len(points)), K)], dtype=float)


class GMM:
    def _init_components(self, points, K, **kwargs):
        mu = np.array(KMeans()(points, K)[1])
        mu += 1e-3 * points.std(axis=0) * _GENERATOR.standard_normal(mu.shape)
        sigma = np.broadcast_to(points.std(axis=0) + 1e-3, mu.shape)
        return np.ones(K) / K, mu, sigma


def gmm_sampling(num_samples, pi, mu, sigma):
    pi = np.asarray(pi, dtype=float)
    ids = np.searchsorted(np.cumsum(pi / pi.sum())[:-1], _GENERATOR.random(num_samples), "right")
    return _GENERATOR.normal(mu[ids], sigma[ids]), ids
