"""A point alone in its cluster gets a = 0 and so the full 1 from you; it counts 0, or K = N would be best.

loses: [silhouette_single_points]
"""
import numpy as np


def silhouette(points, labels):
    names = np.unique(labels)
    if len(names) < 2:
        return 0.0
    distance = np.sqrt(((points[:, None] - points) ** 2).sum(axis=2))
    values = []
    for i, own in enumerate(labels):
        mates = labels == own
        a = distance[i, mates].sum() / max(mates.sum() - 1, 1)
        b = min(distance[i, labels == k].mean() for k in names if k != own)
        values.append((b - a) / max(a, b) if max(a, b) > 0 else 0.0)
    return float(np.mean(values))
