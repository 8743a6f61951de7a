"""You take the last of equally good L-BFGS runs where the first is asked for; compare with > and not with >=.

module: train_LBFGS_gmm_with_many_runs
loses: [lbfgs_choose_best_run_values]
"""
import math


def choose_best_run(runs):
    best_run, best_score = runs[0], -math.inf
    for run in runs:
        if run["valid_score_per_pixel"][-1] >= best_score:
            best_run, best_score = run, run["valid_score_per_pixel"][-1]
    return best_run
