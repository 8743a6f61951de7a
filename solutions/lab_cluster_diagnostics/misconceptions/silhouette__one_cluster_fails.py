"""You look for the nearest other cluster where there is none: min of nothing.

loses: [silhouette_one_cluster]
"""
import numpy as np


def silhouette(points, labels):
    names = np.unique(labels)
    distance = np.sqrt(((points[:, None] - points) ** 2).sum(axis=2))
    values = []
    for i, own in enumerate(labels):
        mates = labels == own
        if mates.sum() == 1:
            values.append(0.0)
            continue
        a = distance[i, mates].sum() / (mates.sum() - 1)
        b = min(distance[i, labels == k].mean() for k in names if k != own)
        values.append((b - a) / max(a, b) if max(a, b) > 0 else 0.0)
    return float(np.mean(values))
