"""You take the eigenvalues for the half-axes; they are variances, so take their roots.

loses: [covariance_ellipse_by_hand, covariance_ellipse_correlated]
"""
import numpy as np


def covariance_ellipse(mean, covariance, n_std=2.0, n_points=100):
    values, vectors = np.linalg.eigh(covariance)
    angle = np.linspace(0, 2 * np.pi, n_points)
    circle = np.stack([np.cos(angle), np.sin(angle)])
    return mean + n_std * (vectors @ (values[:, None] * circle)).T
