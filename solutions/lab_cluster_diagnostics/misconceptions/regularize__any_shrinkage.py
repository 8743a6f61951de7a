"""You accept shrinkages outside 0..1; beyond 1 the result is no covariance.

loses: [regularize_refuses]
"""
import numpy as np


def regularize(covariance, shrinkage):
    D = len(covariance)
    return (1 - shrinkage) * covariance + shrinkage * np.trace(covariance) / D * np.eye(D)
