"""You average the K covariances with equal weights; a tied covariance weighs them by N_k / N.

loses: [m_step_by_hand, m_step_tied, m_step_empty_component]
may_lose: [m_step_narrow, compare_types_flowers]
"""
import numpy as np


def m_step(x_ND, r_NK, covariance_type="full", reg_covar=1e-6):
    (N, D), K = x_ND.shape, r_NK.shape[1]
    mass = np.maximum(r_NK.sum(axis=0), 1e-200)
    weights = r_NK.sum(axis=0) / N
    means = r_NK.T @ x_ND / mass[:, None]
    full = np.zeros((K, D, D))
    for k in range(K):
        gaps = x_ND - means[k]
        full[k] = (r_NK[:, k, None] * gaps).T @ gaps / mass[k]
    if covariance_type == "tied":
        return weights, means, full.mean(axis=0) + reg_covar * np.eye(D)
    full = full + reg_covar * np.eye(D)
    if covariance_type == "full":
        return weights, means, full
    variances = np.einsum("kdd->kd", full)
    return weights, means, variances if covariance_type == "diag" else variances.mean(axis=1)
