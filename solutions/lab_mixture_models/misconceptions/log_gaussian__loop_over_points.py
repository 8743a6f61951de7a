"""You loop over the points in Python; let numpy take all points of a component at once.

loses: [log_gaussian_speed]
"""
import numpy as np


def log_gaussian(x_ND, means_KD, covariances, covariance_type="full"):
    (N, D), K = x_ND.shape, len(means_KD)
    matrices = full_covariances(covariances, covariance_type, K, D)
    result = np.zeros((N, K))
    for k in range(K):
        factor = np.linalg.cholesky(matrices[k])
        half_log_det = np.log(np.diag(factor)).sum()
        for n in range(N):
            z = np.linalg.solve(factor, x_ND[n] - means_KD[k])
            result[n, k] = -0.5 * (z @ z) - half_log_det - 0.5 * D * np.log(2 * np.pi)
    return result
