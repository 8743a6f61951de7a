"""By sigma you mean the variance in every method; that is consistent, but the statement says standard deviation everywhere.

loses: [m_step_sigma_is_deviation]
may_lose: [m_step_repeated_points]
"""
import numpy as np


class GMM:
    def _init_components(self, points, K, **kwargs):
        _, mu_KD = KMeans()(points, K)
        variance_D = np.maximum(np.var(points, axis=0), MIN_SIGMA**2)
        return np.full(K, 1 / K), mu_KD, np.tile(variance_D, (K, 1))

    def _ll_joint(self, points, pi, mu, sigma):
        squares = np.sum((points[:, None, :] - mu) ** 2 / sigma, axis=-1)
        log_const = -0.5 * np.sum(np.log(2 * np.pi * sigma), axis=1)
        return np.log(pi) + log_const - 0.5 * squares

    def _M_step(self, points, gamma):
        mass_K1 = np.maximum(gamma.sum(axis=0), 1e-200)[:, None]
        mu_KD = gamma.T @ points / mass_K1
        square_KD = [g_N @ (points - mu_D) ** 2 for g_N, mu_D in zip(gamma.T, mu_KD)]
        return gamma.mean(axis=0), mu_KD, np.maximum(square_KD / mass_K1, MIN_SIGMA**2)
