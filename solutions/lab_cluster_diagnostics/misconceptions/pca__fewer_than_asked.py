"""You quietly return fewer components than were asked for; that is to be refused.

loses: [pca_refuses]
"""
import numpy as np


def pca(points, n_components):
    centered = points - points.mean(axis=0)
    _, s, axes = np.linalg.svd(centered, full_matrices=False)
    axes = axes[:n_components]
    return centered @ axes.T, axes, s[:n_components] ** 2 / len(points)
