"""You take b over all points of all other clusters; it is the mean over the nearest other cluster alone.

loses: [silhouette_values, silhouette_single_points]
may_lose: [silhouette_one_cluster, silhouette_speed]
"""
import numpy as np


def silhouette(points, labels):
    if len(np.unique(labels)) < 2:
        return 0.0
    distance = np.sqrt(((points[:, None] - points) ** 2).sum(axis=2))
    values = []
    for i, own in enumerate(labels):
        mates = labels == own
        if mates.sum() == 1:
            values.append(0.0)
            continue
        a = distance[i, mates].sum() / (mates.sum() - 1)
        b = distance[i, ~mates].mean()
        values.append((b - a) / max(a, b) if max(a, b) > 0 else 0.0)
    return float(np.mean(values))
