"""KMeans and GMM as children of one abstract base class that owns the loop."""
from abc import ABC, abstractmethod
from dataclasses import dataclass

import numpy as np


def pairwise_dist(X, Y):
    return Metric.between(X, Y)


def softmax(logits):
    return LogWeights(logits).normalised()


def logsumexp(logits):
    return LogWeights(logits).log_total()


class Metric:
    @staticmethod
    def between(X, Y):
        return np.sqrt(np.sum((X[:, None] - Y[None, :]) ** 2, axis=2))


@dataclass
class LogWeights:
    logits: np.ndarray

    @property
    def top(self):
        return np.max(self.logits, axis=1, keepdims=True)

    @property
    def weights(self):
        return np.exp(self.logits - self.top)

    def normalised(self):
        weights = self.weights
        return weights / weights.sum(axis=1, keepdims=True)

    def log_total(self):
        return self.top + np.log(self.weights.sum(axis=1, keepdims=True))


class Normal:
    """A normal distribution with its own deviation in every coordinate."""

    def __init__(self, mean, deviation):
        self.mean, self.deviation = mean, deviation

    def log_density(self, points):
        z = (points - self.mean) / self.deviation
        return np.sum(-0.5 * z**2 - np.log(self.deviation) - 0.5 * np.log(2 * np.pi), axis=1)

    def draw(self, how_many):
        return self.mean + self.deviation * np.random.randn(how_many, len(self.mean))


class Clustering(ABC):
    """The loop: start, step, measure, until the loss has settled."""

    def __init__(self):
        super().__init__()

    def __call__(self, points, K, max_iters=100, abs_tol=1e-16, rel_tol=1e-16, **kwargs):
        points = np.array(points, dtype=np.float64)
        state = self.start(points, K, **kwargs)
        previous = None
        for _ in range(max_iters):
            state, loss = self.step(points, state)
            change = np.inf if previous is None else abs(previous - loss)
            if change < abs_tol and change <= rel_tol * abs(previous):
                break
            previous = loss
        return self.answer(points, state)

    @abstractmethod
    def start(self, points, K, **kwargs): ...

    @abstractmethod
    def step(self, points, state): ...

    @abstractmethod
    def answer(self, points, state): ...


class Lloyd(Clustering):
    """What k-means needs, under the names that the homework asks for."""

    def _init_centers(self, points, K, **kwargs):
        return points[np.random.choice(points.shape[0], K, replace=False)]

    def _update_assignment(self, centers, points):
        return np.argmin(pairwise_dist(points, centers), axis=1)

    def _update_centers(self, old_centers, cluster_idx, points):
        centers = np.array(old_centers, dtype=np.float64)
        for k in np.unique(cluster_idx):
            centers[k] = np.mean(points[cluster_idx == k], axis=0)
        return centers

    def _get_loss(self, centers, cluster_idx, points):
        return float(np.mean(np.sum((points - centers[cluster_idx]) ** 2, axis=1)))


class KMeans(Lloyd):
    def start(self, points, K, **kwargs):
        return self._init_centers(points, K, **kwargs)

    def step(self, points, state):
        cluster_idx = self._update_assignment(state, points)
        centers = self._update_centers(state, cluster_idx, points)
        return centers, self._get_loss(centers, cluster_idx, points)

    def answer(self, points, state):
        return self._update_assignment(state, points), state


class Mixture(Clustering):
    """What the mixture needs; the floor of sigma is a class attribute."""

    smallest_sigma = 1e-6

    def _init_components(self, points, K, **kwargs):
        _, mu = KMeans()(points, K, max_iters=50)
        sigma = np.maximum(np.std(points, axis=0), self.smallest_sigma)
        return np.full(K, 1.0 / K), mu, np.tile(sigma, (K, 1))

    def _ll_joint(self, points, pi, mu, sigma):
        with np.errstate(divide="ignore"):
            log_pi = np.log(pi)
        columns = [Normal(m, s).log_density(points) for m, s in zip(mu, sigma)]
        return np.stack(columns, axis=1) + log_pi

    def _E_step(self, points, pi, mu, sigma):
        return softmax(self._ll_joint(points, pi, mu, sigma))

    def _M_step(self, points, gamma):
        mass = np.maximum(np.sum(gamma, axis=0), np.finfo(np.float64).tiny)
        mu = (gamma / mass).T @ points
        variance = [(g / m) @ (points - c) ** 2 for g, m, c in zip(gamma.T, mass, mu)]
        return np.mean(gamma, axis=0), mu, np.maximum(np.sqrt(variance), self.smallest_sigma)


class GMM(Mixture):
    def start(self, points, K, **kwargs):
        return self._init_components(points, K, **kwargs)

    def step(self, points, state):
        state = self._M_step(points, self._E_step(points, *state))
        return state, -float(np.sum(logsumexp(self._ll_joint(points, *state))))

    def answer(self, points, state):
        return self._E_step(points, *state), state


def gmm_sampling(num_samples, pi, mu, sigma):
    ids = np.random.choice(len(pi), num_samples, p=pi)
    samples = np.empty((num_samples, mu.shape[1]))
    for k in np.unique(ids):
        samples[ids == k] = Normal(mu[k], sigma[k]).draw(int(np.sum(ids == k)))
    return samples, ids
