"""You prefer the largest BIC; less is better.

loses: [choose_model_best]
may_lose: [choose_model_nan, choose_model_ties]
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
                ("bic", criterion, criterion),
                ("silhouette", width, width),
            ):
                table[name][i, j] = value
                if gain > record.get(name, -np.inf):
                    best[name], record[name] = (kind, Ks[j]), gain
    return table, best
