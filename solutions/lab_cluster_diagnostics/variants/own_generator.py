"""A generator of its own, without a fixed seed; uniform draws for the whole start at once."""
import numpy as np

_draw = np.random.default_rng()


def kmeans_plus_plus(points, K):
    first, *uniform = _draw.random(K)
    centers = [points[int(first * len(points))]]
    for share in uniform:
        square = np.min([np.sum((points - c) ** 2, axis=1) for c in centers], axis=0)
        if square.sum() == 0:
            square[:] = 1
        legal = np.flatnonzero(square)
        law = np.cumsum(square[legal]) / square.sum()
        centers.append(points[legal[min(np.searchsorted(law, share, side="right"), len(legal) - 1)]])
    return np.array(centers)


def best_of_n_init(points, K, n_init, algorithm="kmeans"):
    if algorithm not in ("kmeans", "gmm") or n_init < 1:
        raise ValueError("algorithm is kmeans or gmm, n_init at least 1")
    starts = [kmeans_plus_plus(points=points, K=K) for _ in range(n_init)]
    if algorithm == "kmeans":
        runs = [kmeans(points=points, centers=start) for start in starts]
        losses = [run["cost"] for run in runs]
    else:
        runs = [gmm(points=points, centers=start) for start in starts]
        losses = [-run["log_likelihood"] for run in runs]
    return runs[int(np.nanargmin(losses))]
