"""You solve with the transpose of the Cholesky factor; S = L L^T with L lower, so z solves L z = x - m.

loses:
  - log_gaussian_by_hand
  - log_gaussian_values
  - log_gaussian_far_points
  - log_gaussian_many_dimensions
may_lose:
  - log_gaussian_keeps_input
  - log_gaussian_speed
  - em_bound_and_likelihood_rise
  - fit_two_groups
  - compare_types_keys
  - compare_types_flowers
"""
import numpy as np


def log_gaussian(x_ND, means_KD, covariances, covariance_type="full"):
    (N, D), K = x_ND.shape, len(means_KD)
    matrices = full_covariances(covariances, covariance_type, K, D)
    columns = []
    for mean, matrix in zip(means_KD, matrices):
        gaps = x_ND - mean
        factor = np.linalg.cholesky(matrix)
        z = np.linalg.solve(factor.T, gaps.T)
        half_log_det = np.log(np.diag(factor)).sum()
        columns.append(-0.5 * (z**2).sum(axis=0) - half_log_det - 0.5 * D * np.log(2 * np.pi))
    return np.stack(columns, axis=1)
