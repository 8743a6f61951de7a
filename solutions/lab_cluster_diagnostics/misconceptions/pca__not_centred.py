"""You do not centre the points; the first direction then points at their mean.

loses: [pca_by_hand, pca_components, pca_scores, pca_variances, pca_more_columns]
may_lose: [pca_keeps_input, pca_refuses]
"""
import numpy as np


def pca(points, n_components):
    if not 1 <= n_components <= min(points.shape):
        raise ValueError("n_components is in 1..min(N, D)")
    _, s, axes = np.linalg.svd(points, full_matrices=False)
    axes = axes[:n_components]
    return points @ axes.T, axes, s[:n_components] ** 2 / len(points)
