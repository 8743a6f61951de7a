"""You choose the run with the lowest score as if it were a loss; the validation score is a log likelihood, and the highest is the best.

module: train_EM_gmm_with_many_runs
loses: [em_choose_best_run, em_choose_best_run_values]
may_lose: [em_training_table]
"""


def choose_best_run(runs):
    return min(runs, key=lambda run: run["valid_score_per_pixel"][-1])
