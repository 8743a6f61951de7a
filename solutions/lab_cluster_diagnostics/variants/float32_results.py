"""Arrays come back in float32 where the statement allows it; computed in float64."""
import numpy as np


def kmeans_plus_plus(points, K):
    points = np.asarray(points, dtype=np.float64)
    shifted = points - points[0]
    rows = [np.random.randint(len(points))]
    nearest = None
    for _ in range(K - 1):
        new = np.einsum("nd,nd->n", shifted - shifted[rows[-1]], shifted - shifted[rows[-1]])
        nearest = new if nearest is None else np.minimum(nearest, new)
        p = nearest / nearest.sum() if nearest.sum() > 0 else None
        rows.append(np.random.choice(len(points), p=p))
    return points[rows]


def regularize(covariance, shrinkage):
    if not 0 <= shrinkage <= 1:
        raise ValueError("shrinkage")
    result = covariance * (1 - shrinkage)
    result[np.diag_indices_from(result)] += shrinkage * np.mean(np.diag(covariance))
    return result.astype(np.float32)


def pca(points, n_components):
    if not 1 <= n_components <= min(points.shape):
        raise ValueError("n_components")
    centered = points - points.mean(axis=0)
    _, s, axes = np.linalg.svd(centered, full_matrices=False)
    axes = axes[:n_components]
    scores = (centered @ axes.T).astype(np.float32)
    return scores, axes.astype(np.float32), np.var(centered @ axes.T, axis=0).astype(np.float32)


def bic(log_likelihood, kind, N, D, K):
    counts = {"kmeans": K * D + K, "gmm": K * (2 * D + 1) - 1}
    if kind not in counts:
        raise ValueError("kind")
    return np.float64(counts[kind] * np.log(N) - log_likelihood - log_likelihood)
