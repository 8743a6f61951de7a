"""You use the names of the clusters as 0..K-1; they are any integers.

loses: [silhouette_values]
may_lose: [silhouette_single_points, silhouette_one_cluster, silhouette_speed]
"""
import numpy as np


def silhouette(points, labels):
    K = len(np.unique(labels))
    if K < 2:
        return 0.0
    distance = np.sqrt(((points[:, None] - points) ** 2).sum(axis=2))
    one_hot = np.eye(K)[labels]
    size = one_hot.sum(axis=0)
    mean = distance @ one_hot
    each = np.arange(len(points))
    a = mean[each, labels] / np.maximum(size[labels] - 1, 1)
    mean /= size
    mean[each, labels] = np.inf
    b = mean.min(axis=1)
    biggest = np.maximum(a, b)
    s = np.where((size[labels] > 1) & (biggest > 0), (b - a) / np.where(biggest > 0, biggest, 1), 0)
    return float(s.mean())
