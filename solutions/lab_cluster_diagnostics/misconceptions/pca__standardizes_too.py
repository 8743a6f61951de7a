"""You divide the columns by their deviations; that is another question, and whoever wants it calls standardize first.

loses: [pca_components, pca_scores, pca_variances, pca_more_columns]
may_lose: [pca_by_hand, pca_keeps_input, pca_refuses]
"""
import numpy as np


def pca(points, n_components):
    if not 1 <= n_components <= min(points.shape):
        raise ValueError("n_components is in 1..min(N, D)")
    centered = (points - points.mean(axis=0)) / points.std(axis=0)
    _, s, axes = np.linalg.svd(centered, full_matrices=False)
    axes = axes[:n_components]
    return centered @ axes.T, axes, s[:n_components] ** 2 / len(points)
