"""choose_model counts and measures for itself; lists for pairs, whole numbers as numpy scalars."""
import numpy as np


def _silhouette(points, labels):
    names = np.unique(labels)
    if names.size == 1:
        return 0.0
    gaps = np.linalg.norm(points[:, None] - points[None], axis=-1)
    total = 0.0
    for name in names:
        inside = labels == name
        n = inside.sum()
        if n == 1:
            continue
        a = gaps[np.ix_(inside, inside)].sum(axis=1) / (n - 1)
        b = np.min([gaps[np.ix_(inside, labels == o)].mean(axis=1) for o in names if o != name], 0)
        top = np.maximum(a, b)
        total += np.sum(np.divide(b - a, top, out=np.zeros(n), where=top > 0))
    return total / len(points)


def silhouette(points, labels):
    return _silhouette(points, labels)


def choose_model(train, valid, Ks):
    shape = (2, len(Ks))
    held_out, criterion, width = np.zeros(shape), np.zeros(shape), np.zeros(shape)
    N, D = train.shape
    for i in range(2):
        for j, K in enumerate(Ks):
            m = fit_model(train, K, KINDS[i])
            held_out[i, j] = mean_log_density(valid, m["pi"], m["mu"], m["sigma"])
            fit = N * mean_log_density(train, m["pi"], m["mu"], m["sigma"])
            criterion[i, j] = bic(fit, KINDS[i], N, D, K)
            width[i, j] = silhouette(train, m["labels"])
    table = {"held_out": held_out, "bic": criterion, "silhouette": width}
    best = {}
    by_K = np.argsort(Ks, kind="stable")
    for name, score in table.items():
        loss = np.where(np.isnan(score), np.inf, score if name == "bic" else -score)
        # Column after column of the sorted table, K-means above the GMM.
        at = int(np.argmin(loss[:, by_K].T.ravel()))
        best[name] = [KINDS[at % 2], np.int64(Ks[by_K[at // 2]])]
    return table, best
