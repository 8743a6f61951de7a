"""Your components stand in the columns; each is to be a row.

loses: [pca_by_hand, pca_components, pca_more_columns]
may_lose: [pca_keeps_input, pca_refuses]
"""
import numpy as np


def pca(points, n_components):
    if not 1 <= n_components <= min(points.shape):
        raise ValueError("n_components is in 1..min(N, D)")
    centered = points - points.mean(axis=0)
    _, s, axes = np.linalg.svd(centered, full_matrices=False)
    axes = axes[:n_components].T
    return centered @ axes, axes, s[:n_components] ** 2 / len(points)
