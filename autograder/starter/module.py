"""ASSIGNMENT: what a student writes stands between the marks, and only there."""

import numpy as np


def standardize(x_ND):
    """Shift and scale every column to mean zero and standard deviation one.

    x_ND: (N, D) array of floats, N >= 1. Returns an array of the same shape.
    A column whose entries are all the same becomes zeros. x_ND is left as it is.
    """
    ### BEGIN SOLUTION: subtract each column's mean, divide by its standard deviation
    centered_ND = x_ND - x_ND.mean(axis=0)
    stddev_D = centered_ND.std(axis=0)
    constant_D = x_ND.max(axis=0) == x_ND.min(axis=0)
    return np.where(constant_D, 0.0, centered_ND / np.where(constant_D, 1.0, stddev_D))
    ### END SOLUTION
