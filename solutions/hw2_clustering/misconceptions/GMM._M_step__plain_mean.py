"""You take the plain mean of all points for every component; each component's mean is weighted with its responsibilities.

loses: [m_step_by_hand, m_step_means, m_step_spread, m_step_sigma_is_deviation]
may_lose: [m_step_keeps_input, m_step_repeated_points, gmm_call_two_blobs]
"""
import numpy as np


class GMM:
    def _M_step(self, points, gamma):
        mass_K1 = np.maximum(gamma.sum(axis=0), 1e-200)[:, None]
        mu_KD = np.tile(points.mean(axis=0), (gamma.shape[1], 1))
        square_KD = [g_N @ (points - mu_D) ** 2 for g_N, mu_D in zip(gamma.T, mu_KD)]
        return gamma.mean(axis=0), mu_KD, np.sqrt(np.maximum(square_KD / mass_K1, MIN_SIGMA**2))
