"""You write into the table that you were given.

loses: [standardize_keeps_input]
"""
import numpy as np


def standardize(x_ND):
    constant_D = x_ND.max(axis=0) == x_ND.min(axis=0)
    x_ND -= x_ND.mean(axis=0)
    stddev_D = x_ND.std(axis=0)
    return np.where(constant_D, 0.0, x_ND / np.where(constant_D, 1.0, stddev_D))
