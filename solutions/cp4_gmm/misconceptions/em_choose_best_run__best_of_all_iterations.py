"""You compare the runs by their best score over all iterations; the parameters that you keep are those of the last iteration, so its score counts.

module: train_EM_gmm_with_many_runs
loses: [em_choose_best_run, em_choose_best_run_values]
"""


def choose_best_run(runs):
    return max(runs, key=lambda run: max(run["valid_score_per_pixel"]))
