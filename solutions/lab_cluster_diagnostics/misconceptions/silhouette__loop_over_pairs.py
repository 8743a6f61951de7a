"""You compute every distance in a Python loop over pairs; numpy takes them all at once.

loses: [silhouette_speed]
"""
import numpy as np


def silhouette(points, labels):
    names = sorted(set(labels.tolist()))
    if len(names) < 2:
        return 0.0
    values = []
    for i in range(len(points)):
        total, count = dict.fromkeys(names, 0.0), dict.fromkeys(names, 0)
        for j in range(len(points)):
            if i != j:
                total[labels[j]] += np.sqrt(((points[i] - points[j]) ** 2).sum())
                count[labels[j]] += 1
        own = labels[i]
        if count[own] == 0:
            values.append(0.0)
            continue
        a = total[own] / count[own]
        b = min(total[k] / count[k] for k in names if k != own)
        values.append((b - a) / max(a, b) if max(a, b) > 0 else 0.0)
    return float(np.mean(values))
