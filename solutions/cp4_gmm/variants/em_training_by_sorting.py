"""Runs are sorted by their last score with NaN lowest; the score is divided by rows and by columns.

module: train_EM_gmm_with_many_runs
"""
import math


def _last_score(run):
    score = run["valid_score_per_pixel"][-1]
    return -math.inf if math.isnan(score) else score


def choose_best_run(runs):
    return sorted(runs, key=_last_score, reverse=True)[0]


def score_per_pixel(gmm, x_ND):
    N, D = x_ND.shape
    return gmm.score(x_ND) / N / D
