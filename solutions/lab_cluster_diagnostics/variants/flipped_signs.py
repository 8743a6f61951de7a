"""Components by power iteration, signs turned so that the first entry is negative; other dtypes for labels."""
import numpy as np


def pca(points, n_components):
    N, D = points.shape
    if not 1 <= n_components <= min(N, D):
        raise ValueError("n_components")
    centered = points - points.mean(axis=0)
    left, components, variances = centered.copy(), [], []
    for _ in range(n_components):
        v = np.ones(D) + np.arange(D) / 7
        for _ in range(400):
            v = left.T @ (left @ v)
            v /= np.linalg.norm(v)
        v *= -np.sign(v[0]) or 1
        components.append(v)
        variances.append(np.mean((left @ v) ** 2))
        left = left - np.outer(left @ v, v)
    components = np.array(components)
    return centered @ components.T, components, np.array(variances)


def condition_report(covariance):
    covariance = np.array(covariance, dtype=float)
    D = covariance.shape[0]
    if covariance.shape != (D, D):
        raise ValueError("a square matrix, please")
    if np.isnan(covariance).any() or np.isinf(covariance).any():
        raise ValueError("finite numbers, please")
    if (abs(covariance - covariance.T) > 1e-8 * abs(covariance).max()).any():
        raise ValueError("a symmetric matrix, please")
    values = np.sort(np.linalg.eigvals(covariance).real)
    zero = D * np.finfo(np.float64).eps * abs(values).max()
    rank = np.int32(sum(values > zero))
    report = {"eigenvalues": values, "rank": rank, "condition": np.inf, "note": "by eigvals"}
    if rank == D:
        report["condition"] = values[-1] / values[0]
    if values[0] < -zero:
        report["diagnosis"] = "indefinite"
    elif rank != D:
        report["diagnosis"] = "singular"
    elif report["condition"] > 1e8:
        report["diagnosis"] = "ill-conditioned"
    else:
        report["diagnosis"] = "well-conditioned"
    return report
