"""You use reg_covar as a floor; it is added to every variance.

loses: [m_step_by_hand, m_step_reg_covar]
may_lose: [m_step_singular, m_step_narrow]
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
        full = np.tensordot(weights, full, axes=1)
    variances = np.einsum("...dd->...d", full)
    floored = np.maximum(variances, reg_covar)
    if covariance_type in ("full", "tied"):
        return weights, means, full + (floored - variances)[..., None] * np.eye(D)
    return weights, means, floored if covariance_type == "diag" else floored.mean(axis=1)
