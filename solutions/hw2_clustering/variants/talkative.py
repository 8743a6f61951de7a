"""Prints its progress, imports scipy without using it, and warns once; the answers are right."""
import warnings

import numpy as np

try:
    import scipy  # noqa: F401
except ImportError:
    print("no scipy here")


class KMeans:
    def _get_loss(self, centers, cluster_idx, points):
        loss = np.mean(pairwise_dist(points, centers)[np.arange(len(points)), cluster_idx] ** 2)
        print(f"{len(points)} points, {len(centers)} clusters, loss {loss:.6f}")
        return loss


class GMM:
    def _E_step(self, points, pi, mu, sigma):
        warnings.warn("this may take a while", stacklevel=2)
        log_joint = self._ll_joint(points, pi, mu, sigma)
        print("log-likelihood", logsumexp(log_joint).sum())
        return softmax(log_joint)
