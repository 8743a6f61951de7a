"""A plain loop keeps the best run so far; the score is that of a mean over all pixels.

module: train_LBFGS_gmm_with_many_runs
"""
import numpy as np


def choose_best_run(runs):
    best_run, best_score = runs[0], -np.inf
    for run in runs:
        score = run["valid_score_per_pixel"][-1]
        if score > best_score:
            best_run, best_score = run, score
    return best_run


def score_per_pixel(gmm, x_ND):
    return gmm.score(x_ND) / np.prod(x_ND.shape)
