"""You compare the L-BFGS runs by their best score over all iterations; the parameters that you keep are those of the last one.

module: train_LBFGS_gmm_with_many_runs
loses: [lbfgs_choose_best_run, lbfgs_choose_best_run_values]
"""


def choose_best_run(runs):
    return max(runs, key=lambda run: max(run["valid_score_per_pixel"]))
