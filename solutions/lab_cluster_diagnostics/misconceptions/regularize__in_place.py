"""You scale your caller's covariance in place; the next call starts from a spoilt one.

loses: [regularize_keeps_input]
"""
import numpy as np


def regularize(covariance, shrinkage):
    if not 0 <= shrinkage <= 1:
        raise ValueError("shrinkage is in 0..1")
    mean = np.trace(covariance) / len(covariance)
    covariance *= 1 - shrinkage
    covariance[np.diag_indices(len(covariance))] += shrinkage * mean
    return covariance
