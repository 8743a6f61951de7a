"""You choose the L-BFGS run with the lowest score as if it were the loss; the validation score is a log likelihood, and the highest is the best.

module: train_LBFGS_gmm_with_many_runs
loses: [lbfgs_choose_best_run, lbfgs_choose_best_run_values]
"""


def choose_best_run(runs):
    return min(runs, key=lambda run: run["valid_score_per_pixel"][-1])
