"""You take the variance as the mean of the squares minus the square of the mean; far from zero no digit of it is left.

loses: [standardize_far_from_zero]
"""
import numpy as np


def standardize(points):
    mean = points.mean(axis=0)
    scale = np.sqrt(np.maximum((points**2).mean(axis=0) - mean**2, 1e-30))
    flat = np.ptp(points, axis=0) == 0
    mean, scale = np.where(flat, points[0], mean), np.where(flat, 1.0, scale)
    return (points - mean) / scale, mean, scale
