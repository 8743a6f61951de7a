"""You return the position of the best run in the list; the run itself, its dict, is asked for.

module: train_EM_gmm_with_many_runs
loses: [em_choose_best_run, em_choose_best_run_values]
may_lose: [em_training_table]
"""
import numpy as np


def choose_best_run(runs):
    return int(np.nanargmax([run["valid_score_per_pixel"][-1] for run in runs]))
