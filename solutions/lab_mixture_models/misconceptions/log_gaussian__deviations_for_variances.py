"""You read diagonal and spherical covariances as standard deviations; they are variances.

loses:
  - log_gaussian_four_types
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
    if covariance_type in ("diag", "spherical"):
        covariances = np.asarray(covariances) ** 2
    matrices = full_covariances(covariances, covariance_type, K, D)
    columns = []
    for mean, matrix in zip(means_KD, matrices):
        z = np.linalg.solve(np.linalg.cholesky(matrix), (x_ND - mean).T)
        log_det = np.linalg.slogdet(matrix)[1]
        columns.append(-0.5 * ((z**2).sum(axis=0) + log_det + D * np.log(2 * np.pi)))
    return np.stack(columns, axis=1)
