"""Inverse matrices and np.einsum; the bound is the likelihood less a divergence."""
import numpy as np
from scipy.special import rel_entr


def log_gaussian(x_ND, means_KD, covariances, covariance_type="full"):
    K, D = np.shape(means_KD)
    matrices = full_covariances(covariances, covariance_type, K, D)
    gaps = x_ND[:, None, :] - means_KD
    half = np.einsum("nkd,kde->nke", gaps, np.linalg.inv(matrices))
    square = np.einsum("nke,nke->nk", half, gaps)
    return -0.5 * (square + np.linalg.slogdet(2 * np.pi * matrices)[1])


def lower_bound(x_ND, r_NK, weights_K, means_KD, covariances, covariance_type="full"):
    used = r_NK.sum(axis=0) > 0
    posterior = responsibilities(x_ND, weights_K, means_KD, covariances, covariance_type)
    likelihood = log_likelihood(x_ND, weights_K, means_KD, covariances, covariance_type)
    far = (posterior[:, used] == 0) & (r_NK[:, used] > 0)
    if far.any():  # the divergence from what is 0 as a float: term by term instead
        with np.errstate(divide="ignore"):
            joint = np.log(weights_K) + log_gaussian(x_ND, means_KD, covariances, covariance_type)
        mask = r_NK > 0
        return float((r_NK[mask] * (joint[mask] - np.log(r_NK[mask]))).sum())
    return float(likelihood - rel_entr(r_NK, posterior).sum())


def m_step(x_ND, r_NK, covariance_type="full", reg_covar=1e-6):
    mass = r_NK.sum(axis=0)
    share = r_NK / np.where(mass > 0, mass, 1)
    means = np.einsum("nk,nd->kd", share, x_ND)
    gaps = x_ND[:, None] - means
    if covariance_type == "full":
        covariances = np.einsum("nk,nkd,nke->kde", share, gaps, gaps)
    elif covariance_type == "tied":
        covariances = np.einsum("nk,nkd,nke->de", r_NK, gaps, gaps) / len(x_ND)
    elif covariance_type == "diag":
        return mass / len(x_ND), means, np.einsum("nk,nkd->kd", share, gaps**2) + reg_covar
    else:
        square = np.einsum("nk,nkd->k", share, gaps**2) / x_ND.shape[1]
        return mass / len(x_ND), means, square + reg_covar
    return mass / len(x_ND), means, covariances + reg_covar * np.eye(x_ND.shape[1])


def map_m_step(x_ND, r_NK, prior):
    N, D = x_ND.shape
    mass, xbar_mass = r_NK.sum(axis=0), r_NK.T @ x_ND
    m0, kappa = prior["mean"], prior["kappa"]
    # Sums of squares about the prior's mean: scatter + kappa m0 m0^T - (kappa + N) m m^T.
    means = m0 + (xbar_mass - mass[:, None] * m0) / (kappa + mass)[:, None]
    gaps = x_ND - m0
    about = np.einsum("nk,nd,ne->kde", r_NK, gaps, gaps)
    shift = np.einsum("k,kd,ke->kde", kappa + mass, means - m0, means - m0)
    scale = prior["scale"] + about - shift
    weights = mass + (prior["alpha"] - 1)
    return weights / weights.sum(), means, scale / (prior["nu"] + mass + D + 2)[:, None, None]
