"""You take distances to the centres of the clusters; the silhouette takes mean distances to their points.

loses: [silhouette_by_hand, silhouette_values, silhouette_single_points]
may_lose: [silhouette_one_cluster, silhouette_speed]
"""
import numpy as np


def silhouette(points, labels):
    names, own = np.unique(labels, return_inverse=True)
    if len(names) < 2:
        return 0.0
    centers = np.array([points[own == k].mean(axis=0) for k in range(len(names))])
    distance = np.sqrt(((points[:, None] - centers) ** 2).sum(axis=2))
    each = np.arange(len(points))
    a = distance[each, own]
    distance[each, own] = np.inf
    b = distance.min(axis=1)
    return float(np.mean(np.where(np.maximum(a, b) > 0, (b - a) / np.maximum(a, b), 0)))
