"""Both calls return the loss as one more value at the end."""
import numpy as np


class KMeans:
    def __call__(self, points, K, max_iters=100, abs_tol=1e-16, rel_tol=1e-16, **kwargs):
        points = np.array(points, dtype=np.float64)
        centers = self._init_centers(points, K, **kwargs)
        losses = []
        for _ in range(max_iters):
            cluster_idx = self._update_assignment(centers, points)
            centers = self._update_centers(centers, cluster_idx, points)
            losses.append(self._get_loss(centers, cluster_idx, points))
            if len(losses) > 1 and converged(losses[-2], losses[-1], abs_tol, rel_tol):
                break
        return self._update_assignment(centers, points), centers, losses[-1]


class GMM:
    def _init_components(self, points, K, **kwargs):
        _, mu, _ = KMeans()(points, K)
        return np.full(K, 1 / K), mu, np.full(mu.shape, np.std(points) + 1e-6)

    def __call__(self, points, K, max_iters=100, abs_tol=1e-16, rel_tol=1e-16, **kwargs):
        points = np.array(points, dtype=np.float64)
        pi, mu, sigma = self._init_components(points, K, **kwargs)
        losses = []
        for _ in range(max_iters):
            gamma = self._E_step(points, pi, mu, sigma)
            pi, mu, sigma = self._M_step(points, gamma)
            losses.append(-float(logsumexp(self._ll_joint(points, pi, mu, sigma)).sum()))
            if len(losses) > 1 and converged(losses[-2], losses[-1], abs_tol, rel_tol):
                break
        return self._E_step(points, pi, mu, sigma), (pi, mu, sigma), losses[-1]
