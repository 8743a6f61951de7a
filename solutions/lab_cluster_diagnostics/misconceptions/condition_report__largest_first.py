"""Your eigenvalues run from the largest to the smallest; wanted are the smallest first.

loses: [condition_by_hand, condition_values]
may_lose: [condition_refuses]
"""
import numpy as np


def condition_report(covariance):
    D = len(covariance)
    if covariance.shape != (D, D) or not np.isfinite(covariance).all():
        raise ValueError("not a square matrix of finite numbers")
    if not np.allclose(covariance, covariance.T, rtol=0, atol=1e-8 * np.abs(covariance).max()):
        raise ValueError("not symmetric")
    values = np.linalg.eigvalsh(covariance)[::-1]
    limit = D * np.finfo(float).eps * np.abs(values).max()
    rank = int((values > limit).sum())
    condition = values[0] / values[-1] if rank == D else np.inf
    if values[-1] < -limit:
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
