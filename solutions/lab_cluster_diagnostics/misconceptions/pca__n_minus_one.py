"""You divide the variances by N - 1; they are over N here, as in standardize.

loses: [pca_by_hand, pca_variances]
may_lose: [pca_refuses]
"""
import numpy as np


def pca(points, n_components):
    if not 1 <= n_components <= min(points.shape):
        raise ValueError("n_components is in 1..min(N, D)")
    centered = points - points.mean(axis=0)
    _, s, axes = np.linalg.svd(centered, full_matrices=False)
    axes = axes[:n_components]
    return centered @ axes.T, axes, s[:n_components] ** 2 / (len(points) - 1)
