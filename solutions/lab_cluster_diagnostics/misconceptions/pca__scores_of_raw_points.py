"""Your scores are those of the points as they came; the centred ones are asked for.

loses: [pca_by_hand, pca_scores, pca_more_columns]
may_lose: [pca_refuses]
"""
import numpy as np


def pca(points, n_components):
    if not 1 <= n_components <= min(points.shape):
        raise ValueError("n_components is in 1..min(N, D)")
    _, s, axes = np.linalg.svd(points - points.mean(axis=0), full_matrices=False)
    axes = axes[:n_components]
    return points @ axes.T, axes, s[:n_components] ** 2 / len(points)
