"""You divide by N - 1; the deviations here are those over N.

loses: [standardize_by_hand, standardize_values, standardize_constant, standardize_far_from_zero]
may_lose: [standardize_keeps_input]
"""
import numpy as np


def standardize(points):
    mean, scale = points.mean(axis=0), points.std(axis=0, ddof=1)
    flat = np.ptp(points, axis=0) == 0
    mean, scale = np.where(flat, points[0], mean), np.where(flat, 1.0, scale)
    return (points - mean) / scale, mean, scale
