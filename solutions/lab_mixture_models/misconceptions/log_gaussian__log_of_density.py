"""You take the logarithm of the density; far away the density is 0 as a float, so write its logarithm down directly.

loses: [log_gaussian_far_points, log_gaussian_many_dimensions]
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
        density = np.exp(-0.5 * square) / np.sqrt((2 * np.pi) ** D * np.linalg.det(matrix))
        columns.append(np.log(density))
    return np.stack(columns, axis=1)
