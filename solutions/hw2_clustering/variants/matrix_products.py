"""Matrix products of [x, x squared] with the parameters, after moving the data to their middle."""
import numpy as np


def pairwise_dist(X, Y):
    middle = Y.mean(axis=0)
    X, Y = X - middle, Y - middle
    squares = (X**2) @ np.ones((X.shape[1], 1)) + np.ones((1, X.shape[1])) @ (Y**2).T
    return np.sqrt(np.maximum(squares - 2 * X @ Y.T, 0))


class KMeans:
    def _update_assignment(self, centers, points):
        middle = centers.mean(axis=0)
        C = centers - middle
        return np.argmax((points - middle) @ C.T - 0.5 * (C**2).sum(axis=1), axis=1)

    def _get_loss(self, centers, cluster_idx, points):
        diff = (points - centers[cluster_idx]).ravel()
        return diff @ diff / len(points)


class GMM:
    def _ll_joint(self, points, pi, mu, sigma):
        middle = mu.mean(axis=0)
        x, m, precision = points - middle, mu - middle, sigma**-2.0
        squares = x**2 @ precision.T - 2 * x @ (m * precision).T + np.sum(m**2 * precision, axis=1)
        with np.errstate(divide="ignore"):
            log_pi = np.log(pi)
        log_volume = np.log(sigma).sum(axis=1) + 0.5 * mu.shape[1] * np.log(2 * np.pi)
        return log_pi - log_volume - 0.5 * squares

    def _M_step(self, points, gamma):
        middle = points.mean(axis=0)
        x = points - middle
        mass = gamma.sum(axis=0)[:, None]
        alive = mass > 0
        mass = np.where(alive, mass, 1)
        shift, second = gamma.T @ x / mass, gamma.T @ x**2 / mass
        sigma = np.sqrt(np.maximum(second - shift**2, 1e-12))
        return gamma.mean(axis=0), middle + shift, np.where(alive, sigma, x.std(axis=0) + 1e-6)
