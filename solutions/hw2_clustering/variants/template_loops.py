"""The loops of the original template: progress bars; ids and gamma of before the last update."""
import numpy as np

try:
    from tqdm import tqdm
except ImportError:
    tqdm = None


class KMeans:
    def __call__(self, points, K, max_iters=100, abs_tol=1e-16, rel_tol=1e-16, **kwargs):
        centers = self._init_centers(points, K, **kwargs)
        bar = tqdm(range(max_iters)) if tqdm else range(max_iters)
        for it in bar:
            cluster_idx = self._update_assignment(centers, points)
            centers = self._update_centers(centers, cluster_idx, points)
            loss = self._get_loss(centers, cluster_idx, points)
            K = centers.shape[0]
            if it > 0:
                change = np.abs(loss_before - loss)
                if change < abs_tol and change / loss_before < rel_tol:
                    break
            loss_before = loss
            if tqdm:
                bar.set_description(f"iter {it}, loss: {loss:.4f}")
        return cluster_idx, centers


class GMM:
    def __call__(self, points, K, max_iters=100, abs_tol=1e-16, rel_tol=1e-16, **kwargs):
        pi, mu, sigma = self._init_components(points, K, **kwargs)
        bar = tqdm(range(max_iters)) if tqdm else range(max_iters)
        for it in bar:
            gamma = self._E_step(points, pi, mu, sigma)
            pi, mu, sigma = self._M_step(points, gamma)
            loss = -np.sum(logsumexp(self._ll_joint(points, pi, mu, sigma)))
            if it > 0:
                change = np.abs(loss_before - loss)
                if change < abs_tol and change / np.abs(loss_before) < rel_tol:
                    break
            loss_before = loss
            if tqdm:
                bar.set_description(f"iter {it}, loss: {loss:.4f}")
        return gamma, (pi, mu, sigma)
