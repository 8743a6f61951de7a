"""You normalize the caller's responsibilities in place; r /= ... writes into the array that was passed.

loses: [m_step_keeps_input]
may_lose: [em_bound_and_likelihood_rise, m_step_empty_component, m_step_reg_covar]
"""
import numpy as np


def m_step(x_ND, r_NK, covariance_type="full", reg_covar=1e-6):
    (N, D), K = x_ND.shape, r_NK.shape[1]
    mass = np.maximum(r_NK.sum(axis=0), 1e-200)
    weights = r_NK.sum(axis=0) / N
    r_NK /= mass
    means = r_NK.T @ x_ND
    full = np.zeros((K, D, D))
    for k in range(K):
        gaps = x_ND - means[k]
        full[k] = (r_NK[:, k, None] * gaps).T @ gaps
    if covariance_type == "tied":
        return weights, means, np.tensordot(weights, full, axes=1) + reg_covar * np.eye(D)
    full = full + reg_covar * np.eye(D)
    if covariance_type == "full":
        return weights, means, full
    variances = np.einsum("kdd->kd", full)
    return weights, means, variances if covariance_type == "diag" else variances.mean(axis=1)
