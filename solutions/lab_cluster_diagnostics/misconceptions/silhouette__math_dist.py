"""You take every distance by itself with math.dist; numpy takes them all at once.

loses: [silhouette_speed]
"""
import math

import numpy as np


def silhouette(points, labels):
    rows, names = np.asarray(points).tolist(), np.asarray(labels).tolist()
    groups = {}
    for row, name in zip(rows, names):
        groups.setdefault(name, []).append(row)
    if len(groups) < 2:
        return 0.0
    values = []
    for row, name in zip(rows, names):
        sums = {k: sum(math.dist(row, other) for other in group) for k, group in groups.items()}
        size = len(groups[name])
        within = sums[name] / max(size - 1, 1)
        nearest = min(sums[k] / len(groups[k]) for k in groups if k != name)
        larger = max(within, nearest)
        values.append((nearest - within) / larger if size > 1 and larger > 0 else 0.0)
    return float(np.mean(values))
