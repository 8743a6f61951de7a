"""You subtract the mean from the caller's points in place; x -= m writes into the array that was passed.

loses: [log_gaussian_keeps_input]
may_lose:
  - log_gaussian_by_hand
  - log_gaussian_values
  - log_gaussian_far_points
  - log_gaussian_many_dimensions
  - log_gaussian_four_types
  - log_gaussian_speed
  - em_bound_and_likelihood_rise
  - fit_two_groups
  - compare_types_keys
  - compare_types_flowers
  - fit_keeps_input
  - lower_bound_by_hand
"""
import numpy as np


def log_gaussian(x_ND, means_KD, covariances, covariance_type="full"):
    (N, D), K = x_ND.shape, len(means_KD)
    matrices = full_covariances(covariances, covariance_type, K, D)
    columns = []
    for mean, matrix in zip(means_KD, matrices):
        x_ND -= mean
        factor = np.linalg.cholesky(matrix)
        z = np.linalg.solve(factor, x_ND.T)
        x_ND += mean
        half_log_det = np.log(np.diag(factor)).sum()
        columns.append(-0.5 * (z**2).sum(axis=0) - half_log_det - 0.5 * D * np.log(2 * np.pi))
    x_ND -= means_KD[0]
    return np.stack(columns, axis=1)
