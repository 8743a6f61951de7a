"""You use the standard deviations of the two axes only; correlated Gaussians have tilted ellipses.

loses: [covariance_ellipse_correlated]
"""
import numpy as np


def covariance_ellipse(mean, covariance, n_std=2.0, n_points=100):
    angle = np.linspace(0, 2 * np.pi, n_points)
    circle = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    return mean + n_std * circle * np.sqrt(np.diag(covariance))
