"""np.argmax takes the first NaN for the largest number; a model whose score is NaN must not win.

loses: [choose_model_nan]
"""
import numpy as np


def choose_model(train, valid, Ks):
    names = ("held_out", "bic", "silhouette")
    table = {name: np.zeros((2, len(Ks))) for name in names}
    best, record = {}, {}
    for j in np.argsort(Ks, kind="stable"):
        for i, kind in enumerate(KINDS):
            model = fit_model(train, Ks[j], kind)
            mixture = model["pi"], model["mu"], model["sigma"]
            held_out = mean_log_density(valid, *mixture)
            log_likelihood = mean_log_density(train, *mixture) * len(train)
            criterion = bic(log_likelihood, kind, len(train), train.shape[1], Ks[j])
            width = silhouette(train, model["labels"])
            for name, value, gain in (
                ("held_out", held_out, held_out),
                ("bic", criterion, -criterion),
                ("silhouette", width, width),
            ):
                table[name][i, j] = value
                if gain > record.get(name, -np.inf):
                    best[name], record[name] = (kind, Ks[j]), gain
    for name, sign in (("held_out", 1), ("bic", -1), ("silhouette", 1)):
        at = {(kind, K): (i, j) for i, kind in enumerate(KINDS) for j, K in enumerate(Ks)}
        order = sorted(at, key=lambda key: (key[1], KINDS.index(key[0])))
        best[name] = order[int(np.argmax([sign * table[name][at[key]] for key in order]))]
    return table, best
