"""PCA by the covariance or, with more columns than points, by the inner products; shrinkage of eigenvalues."""
import numpy as np


def regularize(covariance, shrinkage):
    if not 0 <= shrinkage <= 1:
        raise ValueError("shrinkage")
    values, axes = np.linalg.eigh(covariance)
    values = values + shrinkage * (values.mean() - values)
    return (axes * values) @ axes.T


def pca(points, n_components):
    N, D = points.shape
    if not 0 < n_components <= min(N, D):
        raise ValueError("n_components")
    centered = points - np.mean(points, axis=0)
    if D <= N:
        values, axes = np.linalg.eigh(np.cov(centered.T, bias=True).reshape(D, D))
        components = axes[:, ::-1][:, :n_components].T
    else:
        values, left = np.linalg.eigh(centered @ centered.T / N)
        left = left[:, ::-1][:, :n_components]
        components = (centered.T @ left).T
        components /= np.linalg.norm(components, axis=1, keepdims=True)
    return centered @ components.T, -components * -1, np.maximum(values[::-1][:n_components], 0)


def standardize(points):
    mean = points.mean(axis=0)
    scale = np.linalg.norm(points - mean, axis=0) / np.sqrt(len(points))
    flat = points.max(axis=0) == points.min(axis=0)
    scale[flat] = 1
    z = (points - mean) / scale
    z[:, flat] = 0
    return z, mean, scale
