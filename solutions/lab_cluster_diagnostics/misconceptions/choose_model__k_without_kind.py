"""For each criterion you return K alone; best holds pairs (kind, K).

loses: [choose_model_by_hand, choose_model_best, choose_model_ties, choose_model_nan]
"""
import numpy as np


def choose_model(train, valid, Ks):
    names = ("held_out", "bic", "silhouette")
    table = {name: np.zeros((2, len(Ks))) for name in names}
    for i, kind in enumerate(KINDS):
        for j, K in enumerate(Ks):
            model = fit_model(train, K, kind)
            mixture = model["pi"], model["mu"], model["sigma"]
            held_out = mean_log_density(valid, *mixture)
            log_likelihood = mean_log_density(train, *mixture) * len(train)
            table["held_out"][i, j] = held_out
            table["bic"][i, j] = bic(log_likelihood, kind, len(train), train.shape[1], K)
            table["silhouette"][i, j] = silhouette(train, model["labels"])
    best = {}
    for name, scores in table.items():
        losses = scores if name == "bic" else -scores
        places = [(K, i, j) for i in range(2) for j, K in enumerate(Ks)]
        best[name] = min(sorted(places), key=lambda place: losses[place[1:]])[0]
    return table, best
