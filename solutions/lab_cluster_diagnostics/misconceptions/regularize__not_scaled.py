"""You add s to the diagonal, whatever the size of the covariance; s is a share, of the mean variance.

loses: [regularize_by_hand, regularize_values, regularize_positive_definite]
may_lose: [regularize_keeps_input, regularize_refuses]
"""
import numpy as np


def regularize(covariance, shrinkage):
    if not 0 <= shrinkage <= 1:
        raise ValueError("shrinkage is in 0..1")
    return (1 - shrinkage) * covariance + shrinkage * np.eye(len(covariance))
