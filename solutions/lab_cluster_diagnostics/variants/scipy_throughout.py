"""scipy's distances, linear algebra and statistics wherever there is one; rows drawn by inversion."""
import numpy as np
from scipy import linalg
from scipy.optimize import linear_sum_assignment
from scipy.spatial.distance import cdist, pdist, squareform


def kmeans_plus_plus(points, K):
    rows = [np.random.choice(len(points))]
    for _ in range(K - 1):
        square = cdist(points[rows], points, "sqeuclidean").min(axis=0)
        if not square.any():
            square = np.ones(len(points))
        up_to = np.cumsum(square)
        rows.append(int(np.searchsorted(up_to, np.random.rand() * up_to[-1], side="right")))
    return np.take(points, rows, axis=0)


def label_agreement(labels_a, labels_b):
    if len(labels_a) != len(labels_b):
        raise ValueError("not the same points")
    a = np.asarray(labels_a)[:, None] == np.unique(labels_a)
    b = np.asarray(labels_b)[:, None] == np.unique(labels_b)
    cost = -(a.T.astype(float) @ b.astype(float))
    return -cost[linear_sum_assignment(cost)].sum() / len(a)


def condition_report(covariance):
    # check_finite, and a symmetry that eigh does not look for
    if np.ndim(covariance) != 2 or covariance.shape[0] != covariance.shape[1]:
        raise ValueError("not square")
    if not np.isfinite(covariance).all():
        raise ValueError("not finite")
    if not linalg.issymmetric(covariance, atol=1e-8 * np.abs(covariance).max()):
        raise ValueError("not symmetric")
    w = linalg.eigh(covariance, eigvals_only=True)
    eps = len(w) * np.finfo(w.dtype).eps * max(-w[0], w[-1])
    rank = np.count_nonzero(w > eps)
    condition = w[-1] / w[0] if rank == len(w) else np.float64("inf")
    names = np.array(["well-conditioned", "ill-conditioned", "singular", "indefinite"])
    said = names[max(int(condition > 1e8), 2 * (rank < len(w)), 3 * (w[0] < -eps))]
    return {"eigenvalues": w, "rank": rank, "condition": condition, "diagnosis": str(said)}


def pca(points, n_components):
    N, D = points.shape
    if n_components < 1 or n_components > min(N, D):
        raise ValueError("n_components")
    centered = points - points.mean(axis=0)
    U, s, Vt = linalg.svd(centered, full_matrices=False)
    return (U * s)[:, :n_components], Vt[:n_components], (s**2 / N)[:n_components]


def silhouette(points, labels):
    names, own = np.unique(labels, return_inverse=True)
    if len(names) == 1:
        return 0.0
    distance = squareform(pdist(points))
    counts = np.bincount(own)
    sums = np.stack([distance[:, own == k].sum(axis=1) for k in range(len(names))], axis=1)
    mine = np.eye(len(names), dtype=bool)[own]
    with np.errstate(divide="ignore", invalid="ignore"):
        a = sums[mine] / (counts[own] - 1)
        b = np.where(mine, np.inf, sums / counts).min(axis=1)
        s = (b - a) / np.maximum(a, b)
    s[(counts[own] == 1) | np.isnan(s)] = 0
    return s.mean()
