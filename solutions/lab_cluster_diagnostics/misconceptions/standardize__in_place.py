"""You subtract and divide in place, so your caller's points are gone.

loses: [standardize_keeps_input]
"""
import numpy as np


def standardize(points):
    flat = np.ptp(points, axis=0) == 0
    mean = np.where(flat, points[0], points.mean(axis=0))
    scale = np.where(flat, 1.0, points.std(axis=0))
    points -= mean
    points /= scale
    return points, mean, scale
