"""A whole submission in unusual but legal Python: lambdas, partial, callable objects."""
from functools import partial, wraps
from itertools import count, takewhile

import numpy as np


class _Distance:
    """A callable object where others write a function."""

    power = 0.5

    def __call__(self, X, Y):
        gap = np.subtract(np.expand_dims(X, 1), np.expand_dims(Y, 0))
        return np.multiply(gap, gap).sum(-1) ** self.power


pairwise_dist = _Distance()

_top = partial(np.max, axis=1, keepdims=True)
_sum = partial(np.sum, axis=1, keepdims=True)

softmax = lambda logits: (lambda e: e / _sum(e))(np.exp(logits - _top(logits)))  # noqa: E731


def logsumexp(logits, *, _peak=None):
    return (m := _top(logits)) + np.log(_sum(np.exp(logits - m)))


def _method(cls):
    """Decorator that hangs a function on a class after the class statement."""

    def hang(function):
        @wraps(function)
        def method(*args, **kwargs):
            return function(*args, **kwargs)

        setattr(cls, function.__name__, method)
        return method

    return hang


class _Fit:
    """The loop that both algorithms share."""

    def _run(self, state, step, loss, max_iters, abs_tol, rel_tol):
        previous = None
        for _ in takewhile(lambda i: i < max_iters, count()):
            state = step(state)
            now = loss(state)
            if previous is not None:
                change = abs(previous - now)
                if change < abs_tol and change <= rel_tol * abs(previous):
                    break
            previous = now
        return state


class KMeans(_Fit):
    __slots__ = ()


class GMM(_Fit):
    __slots__ = ()


@_method(KMeans)
def _init_centers(self, points, K, **kwargs):
    return np.take(points, np.random.choice(np.arange(len(points)), K, False), 0)


@_method(KMeans)
def _update_assignment(self, centers, points):
    return pairwise_dist(points, centers).argmin(1)


@_method(KMeans)
def _update_centers(self, old_centers, cluster_idx, points):
    mine = [points[cluster_idx == k] for k in range(len(old_centers))]
    return np.vstack([m.mean(0) if m.size else old for m, old in zip(mine, old_centers)])


@_method(KMeans)
def _get_loss(self, centers, cluster_idx, points):
    gap = points - centers[cluster_idx]
    return np.add.reduce(gap * gap, axis=None).item() / max(map(len, (gap,)))


@_method(KMeans)
def __call__(self, points, K, max_iters=100, abs_tol=1e-16, rel_tol=1e-16, **kwargs):
    points = np.array(points, float)

    def step(state):
        idx = self._update_assignment(state[1], points)
        return idx, self._update_centers(state[1], idx, points)

    def loss(state):
        return self._get_loss(state[1], state[0], points)

    start = None, self._init_centers(points, K, **kwargs)
    _, centers = self._run(start, step, loss, max_iters, abs_tol, rel_tol)
    return self._update_assignment(centers, points), centers


@_method(GMM)
def _init_components(self, points, K, **kwargs):
    return [1 / K] * np.ones(K), KMeans()(points, K)[1], points.std(0) * np.ones((K, 1)) + 1e-6


@_method(GMM)
def _ll_joint(self, points, pi, mu, sigma):
    z = (points[..., None] - mu.T) / sigma.T  # (N, D, K)
    with np.errstate(divide="ignore"):
        return np.log(pi) - (0.5 * (z**2 + np.log(2 * np.pi)) + np.log(sigma.T)).sum(-2)


@_method(GMM)
def _E_step(self, *args, **kwargs):
    return softmax(self._ll_joint(*args, **kwargs))


@_method(GMM)
def _M_step(self, points, gamma):
    def component(g):
        if not (mass := g.sum()):
            return 0.0, points.mean(0), points.std(0)
        mean = (w := g / mass) @ points
        return mass / len(g), mean, np.sqrt(w @ (points - mean) ** 2)

    pi, mu, sigma = map(np.array, zip(*map(component, gamma.T)))
    return pi, mu, np.maximum(sigma, 1e-6)


@_method(GMM)
def __call__(self, points, K, max_iters=100, abs_tol=1e-16, rel_tol=1e-16, **kwargs):
    points = np.array(points, float)

    def step(state):
        return self._M_step(points, self._E_step(points, *state))

    def loss(state):
        return -logsumexp(self._ll_joint(points, *state)).sum()

    start = self._init_components(points, K, **kwargs)
    fitted = self._run(start, step, loss, max_iters, abs_tol, rel_tol)
    return self._E_step(points, *fitted), fitted


def gmm_sampling(num_samples, pi, mu, sigma):
    ids = np.random.multinomial(1, pi, size=num_samples) @ np.arange(len(pi))
    return np.random.standard_normal((num_samples, len(mu.T))) * sigma[ids] + mu[ids], ids
