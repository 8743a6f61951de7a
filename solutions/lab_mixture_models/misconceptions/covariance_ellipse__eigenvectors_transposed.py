"""You take the rows of the matrix of eigenvectors; eigh returns them in its columns.

loses: [covariance_ellipse_correlated]
may_lose: [covariance_ellipse_by_hand]
"""
import numpy as np


def covariance_ellipse(mean, covariance, n_std=2.0, n_points=100):
    values, vectors = np.linalg.eigh(covariance)
    angle = np.linspace(0, 2 * np.pi, n_points)
    circle = np.stack([np.cos(angle), np.sin(angle)])
    return mean + n_std * (vectors.T @ (np.sqrt(values)[:, None] * circle)).T
