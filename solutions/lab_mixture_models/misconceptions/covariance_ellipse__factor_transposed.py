"""You take the circle through the transpose of the Cholesky factor; L times a point of the circle lies on the ellipse.

loses: [covariance_ellipse_correlated]
"""
import numpy as np


def covariance_ellipse(mean, covariance, n_std=2.0, n_points=100):
    angle = np.linspace(0, 2 * np.pi, n_points)
    circle = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    return mean + n_std * circle @ np.linalg.cholesky(covariance)
