"""You take argmax of scores of which one is NaN; argmax then returns the NaN, which is the run that failed.

module: train_EM_gmm_with_many_runs
loses: [em_choose_best_run_values]
"""
import numpy as np


def choose_best_run(runs):
    return runs[int(np.argmax([run["valid_score_per_pixel"][-1] for run in runs]))]
