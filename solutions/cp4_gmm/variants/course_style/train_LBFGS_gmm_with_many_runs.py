"""Problem 2: train mixtures by L-BFGS for every K and seed, and choose the best run of each K.

    python train_LBFGS_gmm_with_many_runs.py [--data FOLDER] [--out FOLDER] [--no-pictures]

Results go to ``results/LBFGS``; ``many_runs.py`` lists them. You write ``choose_best_run`` and
``score_per_pixel``.
"""

import tempfile

import numpy as np
from many_runs import main, train_many_runs
from tops_data import Tops

NICKNAME = "LBFGS"
MAX_ITER = 30


def make_gmm(K, D, seed, max_iter=MAX_ITER):
    """An estimator with the settings of the task, not yet trained (given)."""
    from GMM_PenalizedMLEstimator_LBFGS import GMM_PenalizedMLEstimator_LBFGS

    return GMM_PenalizedMLEstimator_LBFGS(
        K=K,
        D=D,
        seed=seed,
        variance_penalty_mode=25.0,
        variance_penalty_spread=100.0,
        max_iter=max_iter,
    )


def choose_best_run(runs):
    """The run with the highest validation score at its last iteration.

    Args:
        runs: list of dicts, all of one K, at least one. Each has ``K``, ``seed`` and
            ``valid_score_per_pixel``, the list of its scores, one for each iteration.

    Returns:
        run: one of these dicts. A run whose last score is NaN is chosen only if all are like
        that; of equally good runs, the first.
    """

    ### BEGIN SOLUTION: the run whose last validation score is the highest
    def rank(run):
        last_score = run["valid_score_per_pixel"][-1]
        # A comparison with NaN is always false, so that max would keep a NaN that comes first.
        return not np.isnan(last_score), last_score

    return max(runs, key=rank)
    ### END SOLUTION


def score_per_pixel(gmm, x_ND):
    """Log likelihood of images per pixel.

    Args:
        gmm: a trained estimator; ``gmm.score(x_ND)`` is the log likelihood of all images.
        x_ND: (N, D) array, an image of D pixels in each row.

    Returns:
        score: float.
    """
    ### BEGIN SOLUTION: the score of all images, divided by the number of pixels in all of them
    return float(gmm.score(x_ND)) / max(x_ND.size, 1)
    ### END SOLUTION


def train_small(x_train_ND, x_valid_ND, x_test_ND, K_list, seed_list, max_iter):
    """The table of a small training on arrays; nothing is drawn or kept (given).

    Returns:
        table: list of dicts with K, seed, valid_score_per_pixel, test_score_per_pixel.
    """
    tops = Tops(x_train_ND, x_valid_ND, x_test_ND, "Data: arrays.")
    with tempfile.TemporaryDirectory() as folder:
        return train_many_runs(
            lambda K, D, seed: make_gmm(K, D, seed, max_iter),
            tops,
            folder,
            choose_best_run,
            score_per_pixel,
            K_list=K_list,
            seed_list=seed_list,
            nickname=NICKNAME,
            pictures=False,
            progress=False,
        )


if __name__ == "__main__":
    raise SystemExit(main(NICKNAME, make_gmm, choose_best_run, score_per_pixel))
