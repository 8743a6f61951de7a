"""You centre with -=, so your caller's points move.

loses: [pca_keeps_input]
"""
import numpy as np


def pca(points, n_components):
    if not 1 <= n_components <= min(points.shape):
        raise ValueError("n_components is in 1..min(N, D)")
    mean = points.mean(axis=0)
    points -= mean
    _, s, axes = np.linalg.svd(points, full_matrices=False)
    axes = axes[:n_components]
    return points @ axes.T, axes, s[:n_components] ** 2 / len(points)
