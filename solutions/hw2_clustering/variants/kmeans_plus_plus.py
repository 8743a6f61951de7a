"""K-means++ starts: every further centre is drawn with probability by squared distance."""
import numpy as np


class KMeans:
    def _init_centers(self, points, K, **kwargs):
        points = np.asarray(points, dtype=float)
        rows = [np.random.randint(len(points))]
        square = np.full(len(points), np.inf)
        for _ in range(K - 1):
            square = np.minimum(square, np.sum((points - points[rows[-1]]) ** 2, axis=1))
            square[rows] = 0
            if square.sum() > 0:
                rows.append(np.random.choice(len(points), p=square / square.sum()))
            else:  # fewer than K places in the data: take any row that is left
                rows.append(np.random.choice(np.setdiff1d(np.arange(len(points)), rows)))
        return points[rows]


class GMM:
    def _init_components(self, points, K, **kwargs):
        idx, mu = KMeans()(points, K, max_iters=20)
        pi = (np.bincount(idx, minlength=K) + 1.0) / (len(points) + K)
        spread = points.std(axis=0) + 1e-3
        sigma = [points[idx == k].std(axis=0) if np.any(idx == k) else spread for k in range(K)]
        return pi, mu, np.maximum(sigma, 0.05 * spread)
