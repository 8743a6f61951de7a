"""You take the logarithm of np.linalg.det; in many dimensions the determinant is 0 or infinite as a float, so add logarithms of the Cholesky factor's diagonal.

loses: [log_gaussian_many_dimensions]
may_lose: [log_gaussian_speed]
"""
import numpy as np


def log_gaussian(x_ND, means_KD, covariances, covariance_type="full"):
    (N, D), K = x_ND.shape, len(means_KD)
    matrices = full_covariances(covariances, covariance_type, K, D)
    columns = []
    for mean, matrix in zip(means_KD, matrices):
        gaps = x_ND - mean
        square = np.einsum("nd,de,ne->n", gaps, np.linalg.inv(matrix), gaps)
        columns.append(-0.5 * (D * np.log(2 * np.pi) + square + np.log(np.linalg.det(matrix))))
    return np.stack(columns, axis=1)
