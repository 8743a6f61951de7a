"""You divide by the variance; the standard deviation is its root.

loses: [standardize_by_hand, standardize_values, standardize_constant, standardize_far_from_zero]
may_lose: [standardize_keeps_input]
"""
import numpy as np


def standardize(points):
    mean = points.mean(axis=0)
    flat = np.ptp(points, axis=0) == 0
    mean, scale = np.where(flat, points[0], mean), np.where(flat, 1.0, points.var(axis=0))
    return (points - mean) / scale, mean, scale
