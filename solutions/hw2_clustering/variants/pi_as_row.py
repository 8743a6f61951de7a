"""pi as a row of shape (1, K), which the docstring of the original template also allows."""
import numpy as np


class GMM:
    def _init_components(self, points, K, **kwargs):
        _, mu = KMeans()(points, K)
        sigma = np.ones((K, 1)) * np.std(points, axis=0) + 1e-6
        return np.ones((1, K)) / K, mu, sigma

    def _ll_joint(self, points, pi, mu, sigma):
        z = (np.expand_dims(points, 1) - mu) / sigma
        with np.errstate(divide="ignore"):
            log_pi = np.log(np.reshape(pi, (1, -1)))
        return log_pi - np.sum(0.5 * z**2 + np.log(sigma) + 0.5 * np.log(2 * np.pi), axis=2)

    def _M_step(self, points, gamma):
        pi = np.mean(gamma, axis=0, keepdims=True)
        mass = np.maximum(pi.T * len(points), 1e-300)
        mu = np.dot(gamma.T, points) / mass
        sigma = np.empty_like(mu)
        for k in range(len(mu)):
            sigma[k] = np.sqrt(np.dot(gamma[:, k], np.square(points - mu[k])) / mass[k])
        return pi, mu, sigma.clip(min=1e-6)
