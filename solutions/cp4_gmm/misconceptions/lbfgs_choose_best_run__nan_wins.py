"""You let max compare scores of which the first is NaN; nothing is greater than NaN, so the L-BFGS run that failed stays the best.

module: train_LBFGS_gmm_with_many_runs
loses: [lbfgs_choose_best_run_values]
"""


def choose_best_run(runs):
    best_run = runs[0]
    for run in runs[1:]:
        if run["valid_score_per_pixel"][-1] > best_run["valid_score_per_pixel"][-1]:
            best_run = run
    return best_run
