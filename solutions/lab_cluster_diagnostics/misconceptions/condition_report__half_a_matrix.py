"""You do not look whether the matrix is symmetric; eigvalsh reads one half and makes up the other.

loses: [condition_refuses]
"""
import numpy as np


def condition_report(covariance):
    D = len(covariance)
    if covariance.shape != (D, D) or not np.isfinite(covariance).all():
        raise ValueError("not a square matrix of finite numbers")
    values = np.linalg.eigvalsh(covariance)
    limit = D * np.finfo(float).eps * np.abs(values).max()
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
