"""You leave the prior's scale matrix out of the covariance; it is what keeps a component from becoming singular.

loses:
  - map_m_step_by_hand
  - map_m_step_one_component
  - map_m_step_values
  - map_m_step_empty_component
  - map_m_step_is_maximum
"""
import numpy as np


def map_m_step(x_ND, r_NK, prior):
    (N, D), K = x_ND.shape, r_NK.shape[1]
    alpha, center, kappa, scale, nu = (prior[key] for key in ("alpha", "mean", "kappa", "scale", "nu"))
    mass = r_NK.sum(axis=0)
    weights = (mass + alpha - 1) / (N + K * (alpha - 1))
    xbar = r_NK.T @ x_ND / np.maximum(mass, 1e-200)[:, None]
    means = (kappa * center + mass[:, None] * xbar) / (kappa + mass)[:, None]
    covariances = np.zeros((K, D, D))
    for k in range(K):
        gaps, pull = x_ND - xbar[k], xbar[k] - center
        total = (r_NK[:, k, None] * gaps).T @ gaps
        total = total + kappa * mass[k] / (kappa + mass[k]) * np.outer(pull, pull)
        covariances[k] = total / (nu + mass[k] + D + 2)
    return weights, means, covariances
