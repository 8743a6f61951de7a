"""You compare the runs by their scores at the first iteration, before any training; the score of a trained run is its last.

module: train_EM_gmm_with_many_runs
loses: [em_choose_best_run, em_choose_best_run_values]
may_lose: [em_training_table]
"""


def choose_best_run(runs):
    return max(runs, key=lambda run: run["valid_score_per_pixel"][0])
