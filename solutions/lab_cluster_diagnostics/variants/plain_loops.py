"""Python loops over points, columns and clusters, without scipy."""
import math
import random

import numpy as np


def kmeans_plus_plus(points, K):
    points = np.asarray(points)
    chosen = [random.randrange(len(points))]
    while len(chosen) < K:
        weights = []
        for x in points:
            weights.append(min(math.dist(x, points[c]) ** 2 for c in chosen))
        if sum(weights) == 0:
            weights = [1] * len(points)
        chosen += random.choices(range(len(points)), weights)
    return np.array([points[c] for c in chosen])


def label_agreement(labels_a, labels_b):
    a, b = list(labels_a), list(labels_b)
    if len(a) != len(b):
        raise ValueError("the two labellings have different lengths")
    names_a, names_b = sorted(set(a)), sorted(set(b))
    if len(names_a) > len(names_b):
        return label_agreement(labels_b, labels_a)
    # Shortest augmenting paths with potentials, row by row.
    cost = [[-sum(x == p and y == q for x, y in zip(a, b)) for q in names_b] for p in names_a]
    n, m = len(names_a), len(names_b)
    u, v, owner = [0] * (n + 1), [0] * (m + 1), [0] * (m + 1)
    for i in range(1, n + 1):
        owner[0], j0 = i, 0
        least, way, used = [math.inf] * (m + 1), [0] * (m + 1), [False] * (m + 1)
        while True:
            used[j0] = True
            delta, j1 = math.inf, 0
            for j in range(1, m + 1):
                if not used[j]:
                    reduced = cost[owner[j0] - 1][j - 1] - u[owner[j0]] - v[j]
                    if reduced < least[j]:
                        least[j], way[j] = reduced, j0
                    if least[j] < delta:
                        delta, j1 = least[j], j
            for j in range(m + 1):
                if used[j]:
                    u[owner[j]] += delta
                    v[j] -= delta
                else:
                    least[j] -= delta
            j0 = j1
            if owner[j0] == 0:
                break
        while j0:
            owner[j0] = owner[way[j0]]
            j0 = way[j0]
    total = sum(-cost[owner[j] - 1][j - 1] for j in range(1, m + 1) if owner[j])
    return total / len(a)


def convergence_report(costs, max_iters, tol):
    costs = [float(c) for c in costs]
    n = len(costs) - 1
    if n < 1:
        raise ValueError("no iteration")
    if n > max_iters:
        raise ValueError("too many iterations")

    def report(diagnosis, first_rise=None, remaining=None):
        return {
            "iterations": n,
            "diagnosis": diagnosis,
            "first_rise": first_rise,
            "remaining": remaining,
        }

    if not all(map(math.isfinite, costs)):
        return report("not finite")
    for t in range(1, n + 1):
        if costs[t] > costs[t - 1] + 1e-9 * abs(costs[t - 1]):
            return report("rises", first_rise=t)
    last = costs[-2] - costs[-1]
    if last <= 0:
        rest = 0
    elif n == 1 or (ratio := last / max(costs[-3] - costs[-2], 1e-300)) >= 1:
        rest = math.inf
    else:
        rest = last * ratio / (1 - ratio)
    if abs(last) > tol * abs(costs[-2]):
        return report(["stopped early", "too few iterations"][n == max_iters], remaining=rest)
    loose = rest > 0.01 * (costs[0] - costs[-1])
    return report("tolerance too loose" if loose else "converged", remaining=rest)


def regularize(covariance, shrinkage):
    if shrinkage < 0 or shrinkage > 1:
        raise ValueError("shrinkage is a share")
    D = len(covariance)
    mean = sum(covariance[d, d] for d in range(D)) / D
    result = np.empty((D, D))
    for i in range(D):
        for j in range(D):
            result[i, j] = (1 - shrinkage) * covariance[i, j] + (shrinkage * mean if i == j else 0)
    return result


def standardize(points):
    z, means, scales = [], [], []
    for column in np.asarray(points, dtype=float).T:
        if len(set(column.tolist())) == 1:
            mean, scale = column[0], 1.0
        else:
            mean = math.fsum(column) / len(column)
            scale = math.sqrt(math.fsum((x - mean) ** 2 for x in column) / len(column))
        z.append([(x - mean) / scale for x in column])
        means.append(mean)
        scales.append(scale)
    return np.array(z).T, np.array(means), np.array(scales)


def silhouette(points, labels):
    names = sorted(set(labels.tolist()))
    if len(names) == 1:
        return 0
    members = {name: points[labels == name] for name in names}
    values = []
    for x, own in zip(points, labels):
        sums = {k: np.sqrt(((members[k] - x) ** 2).sum(axis=1)).sum() for k in names}
        if len(members[own]) == 1:
            values.append(0)
            continue
        a = sums[own] / (len(members[own]) - 1)
        b = min(sums[k] / len(members[k]) for k in names if k != own)
        values.append(0 if a == b == 0 else (b - a) / max(a, b))
    return sum(values) / len(values)
