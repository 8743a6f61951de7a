"""You add the ball and keep all of the matrix, so the total variance grows; it has to stay.

loses: [regularize_by_hand, regularize_values, regularize_positive_definite]
may_lose: [regularize_refuses, regularize_keeps_input]
"""
import numpy as np


def regularize(covariance, shrinkage):
    if not 0 <= shrinkage <= 1:
        raise ValueError("shrinkage is in 0..1")
    D = len(covariance)
    return covariance + shrinkage * np.trace(covariance) / D * np.eye(D)
