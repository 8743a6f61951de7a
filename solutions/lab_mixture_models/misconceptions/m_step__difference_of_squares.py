"""You compute the mean of squares less the square of the mean; for narrow components far from the origin no digit is left.

loses: [m_step_narrow]
may_lose: [m_step_singular]
"""
import numpy as np


def m_step(x_ND, r_NK, covariance_type="full", reg_covar=1e-6):
    (N, D), K = x_ND.shape, r_NK.shape[1]
    mass = np.maximum(r_NK.sum(axis=0), 1e-200)
    weights = r_NK.sum(axis=0) / N
    means = r_NK.T @ x_ND / mass[:, None]
    full = np.zeros((K, D, D))
    for k in range(K):
        squares = (r_NK[:, k, None] * x_ND).T @ x_ND / mass[k]
        full[k] = squares - np.outer(means[k], means[k])
    if covariance_type == "tied":
        return weights, means, np.tensordot(weights, full, axes=1) + reg_covar * np.eye(D)
    full = full + reg_covar * np.eye(D)
    if covariance_type == "full":
        return weights, means, full
    variances = np.einsum("kdd->kd", full)
    return weights, means, variances if covariance_type == "diag" else variances.mean(axis=1)
