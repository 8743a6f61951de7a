"""You leave out the constant D/2 log(2 pi); responsibilities do not notice, but a likelihood does.

loses: [log_gaussian_by_hand, log_gaussian_values, log_gaussian_four_types]
may_lose:
  - log_gaussian_far_points
  - log_gaussian_many_dimensions
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
        square = np.einsum("nd,de,ne->n", gaps, np.linalg.inv(matrix), gaps)
        columns.append(-0.5 * square - 0.5 * np.linalg.slogdet(matrix)[1])
    return np.stack(columns, axis=1)
