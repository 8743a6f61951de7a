"""You start the search from a best score of 0; when all scores are negative no run ever beats it, and nothing is chosen.

module: train_EM_gmm_with_many_runs
loses: [em_choose_best_run_values]
may_lose: [em_training_table]
"""


def choose_best_run(runs):
    best_run, best_score = None, 0.0
    for run in runs:
        if run["valid_score_per_pixel"][-1] > best_score:
            best_run, best_score = run, run["valid_score_per_pixel"][-1]
    return best_run
