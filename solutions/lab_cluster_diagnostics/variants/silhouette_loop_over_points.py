"""A loop over the points, each with all the others at once."""
import numpy as np


def silhouette(points, labels):
    points, labels = np.asarray(points, dtype=float), np.asarray(labels)
    names = np.unique(labels)
    if len(names) < 2:
        return 0.0
    values = np.zeros(len(points))
    for i, point in enumerate(points):
        distance = np.sqrt(((points - point) ** 2).sum(axis=1))
        own = labels == labels[i]
        if own.sum() == 1:
            continue
        within = distance[own].sum() / (own.sum() - 1)
        nearest = min(distance[labels == k].mean() for k in names if k != labels[i])
        larger = max(within, nearest)
        values[i] = (nearest - within) / larger if larger > 0 else 0.0
    return float(values.mean())
