"""eigh gives the smallest eigenvalue first, so you keep the directions of the least variance.

loses: [pca_by_hand, pca_components, pca_scores, pca_variances]
may_lose: [pca_more_columns, pca_keeps_input, pca_refuses]
"""
import numpy as np


def pca(points, n_components):
    if not 1 <= n_components <= min(points.shape):
        raise ValueError("n_components is in 1..min(N, D)")
    centered = points - points.mean(axis=0)
    values, axes = np.linalg.eigh(centered.T @ centered / len(points))
    axes = axes.T[:n_components]
    return centered @ axes.T, axes, values[:n_components]
