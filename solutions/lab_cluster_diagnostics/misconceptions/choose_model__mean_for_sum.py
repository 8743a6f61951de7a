"""You hand the mean log density to bic, which wants the sum over N points; the penalty then always wins.

loses: [choose_model_table]
may_lose: [choose_model_best, choose_model_nan]
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
            log_likelihood = mean_log_density(train, *mixture)
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
    return table, best
