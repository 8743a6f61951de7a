"""You put the whole trace on every place of the diagonal; divide it by D.

loses: [regularize_by_hand, regularize_values, regularize_positive_definite]
may_lose: [regularize_refuses, regularize_keeps_input]
"""
import numpy as np


def regularize(covariance, shrinkage):
    if not 0 <= shrinkage <= 1:
        raise ValueError("shrinkage is in 0..1")
    target = np.trace(covariance) * np.eye(len(covariance))
    return (1 - shrinkage) * covariance + shrinkage * target
