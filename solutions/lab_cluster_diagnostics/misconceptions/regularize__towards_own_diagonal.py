"""You shrink towards the matrix's own diagonal; the target is a ball, a multiple of the identity.

loses: [regularize_by_hand, regularize_values, regularize_positive_definite]
may_lose: [regularize_refuses, regularize_keeps_input]
"""
import numpy as np


def regularize(covariance, shrinkage):
    if not 0 <= shrinkage <= 1:
        raise ValueError("shrinkage is in 0..1")
    return (1 - shrinkage) * covariance + shrinkage * np.diag(np.diag(covariance))
