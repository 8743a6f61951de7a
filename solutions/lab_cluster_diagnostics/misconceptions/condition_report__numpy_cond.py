"""You return numpy's condition number, which is 1e17 or so for a singular matrix and positive for an indefinite one.

loses: [condition_singular, condition_indefinite]
"""
import numpy as np


def condition_report(covariance):
    D = len(covariance)
    if covariance.shape != (D, D) or not np.isfinite(covariance).all():
        raise ValueError("not a square matrix of finite numbers")
    if not np.allclose(covariance, covariance.T, rtol=0, atol=1e-8 * np.abs(covariance).max()):
        raise ValueError("not symmetric")
    values = np.linalg.eigvalsh(covariance)
    limit = D * np.finfo(float).eps * np.abs(values).max()
    rank = int((values > limit).sum())
    condition = np.linalg.cond(covariance)
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
