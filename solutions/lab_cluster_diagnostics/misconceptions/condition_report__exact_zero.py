"""You count every eigenvalue above 0; after rounding, a zero is 1e-17 or -1e-17.

loses: [condition_singular]
"""
import numpy as np


def condition_report(covariance):
    D = len(covariance)
    if covariance.shape != (D, D) or not np.isfinite(covariance).all():
        raise ValueError("not a square matrix of finite numbers")
    if not np.allclose(covariance, covariance.T, rtol=0, atol=1e-8 * np.abs(covariance).max()):
        raise ValueError("not symmetric")
    values = np.linalg.eigvalsh(covariance)
    limit = 0.0
    rank = int((values > limit).sum())
    condition = values[-1] / values[0] if rank == D else np.inf
    if values[0] < -limit:
        diagnosis = "indefinite"
    elif rank < D:
        diagnosis = "singular"
    elif condition > 1e8:
        diagnosis = "ill-conditioned"
    else:
        diagnosis = "well-conditioned"
    return {
        "eigenvalues": values,
        "rank": rank,
        "condition": float(condition),
        "diagnosis": diagnosis,
    }
