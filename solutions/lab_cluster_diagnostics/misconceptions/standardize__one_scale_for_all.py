"""You take one mean and one deviation for the whole array; every column needs its own.

loses: [standardize_by_hand, standardize_values, standardize_constant, standardize_far_from_zero]
may_lose: [standardize_keeps_input]
"""
import numpy as np


def standardize(points):
    D = points.shape[1]
    mean, scale = np.full(D, points.mean()), np.full(D, points.std())
    return (points - mean) / scale, mean, scale
