"""You count a point among the others of its own cluster; its distance to itself, zero, makes a too small.

loses: [silhouette_by_hand, silhouette_values, silhouette_single_points]
may_lose: [silhouette_one_cluster, silhouette_speed]
"""
import numpy as np


def silhouette(points, labels):
    names = np.unique(labels)
    if len(names) < 2:
        return 0.0
    distance = np.sqrt(((points[:, None] - points) ** 2).sum(axis=2))
    values = []
    for i, own in enumerate(labels):
        a = distance[i, labels == own].mean()
        b = min(distance[i, labels == k].mean() for k in names if k != own)
        values.append((b - a) / max(a, b) if max(a, b) > 0 else 0.0)
    return float(np.mean(values))
