"""You go from 0 to pi; a whole turn is 2 pi.

loses: [covariance_ellipse_correlated]
"""
import numpy as np


def covariance_ellipse(mean, covariance, n_std=2.0, n_points=100):
    angle = np.linspace(0, np.pi, n_points)
    circle = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    return mean + n_std * circle @ np.linalg.cholesky(covariance).T
