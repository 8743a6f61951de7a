"""You count negative eigenvalues as well; rank here means those above zero.

loses: [condition_indefinite]
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
    rank = int((np.abs(values) > limit).sum())
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
