"""The training scripts: which run is the best, and the score of a model per pixel."""

import numpy as np

from autograder.compare import as_scalar, assert_close, assert_true


def _judge_choice(student):
    runs = [
        {"K": 4, "seed": 1001, "valid_score_per_pixel": [0.10, 0.30, 0.35]},
        {"K": 4, "seed": 3001, "valid_score_per_pixel": [0.20, 0.60, 0.40]},
        {"K": 4, "seed": 4001, "valid_score_per_pixel": [0.05, 0.25, 0.50]},
    ]
    got = student.choose_best_run(runs)
    whole = type(got) is dict and "seed" in got
    hint = "Return the dict itself, not its seed, its score or its place in the list."
    assert_true(whole, "choose_best_run does not return one of the runs.", hint=hint)
    assert_true(
        as_scalar(got["seed"], what="the chosen run's seed") == 4001,
        "choose_best_run returns another run than the best.",
        detail=f"got the run of seed {got['seed']}, wanted that of seed 4001",
        hint="The best run has the highest score at its last iteration: scores are log "
        "likelihoods, so higher is better.",
    )


def _judge_score(student):
    # Five images of two pixels, with a negative log likelihood that is given here: 30.
    student.replace("calc_neg_log_lik", lambda *args, **kwargs: 30.0, module="calc_neg_log_lik__np")
    gmm = student.module("GMM_PenalizedMLEstimator").GMM_PenalizedMLEstimator(K=1, D=2)
    gmm.log_pi_K, gmm.mu_KD, gmm.stddev_KD = np.zeros(1), np.zeros((1, 2)), np.ones((1, 2))
    assert_close(
        student.score_per_pixel(gmm, np.zeros((5, 2))),
        -3.0,
        rtol=1e-9,
        atol=0,
        what="score_per_pixel(gmm, x_ND)",
        hint="gmm.score(x_ND) is the log likelihood of all rows together; x_ND holds N * D pixels.",
    )


def test_em_choose_best_run(student):
    """choose_best_run of the EM script returns the run with the highest last validation score."""
    _judge_choice(student)


def test_em_score_per_pixel(student):
    """score_per_pixel of the EM script is the log likelihood divided by the number of pixels."""
    _judge_score(student)


def test_lbfgs_choose_best_run(student):
    """choose_best_run of the L-BFGS script returns the run with the highest last score."""
    _judge_choice(student)


def test_lbfgs_score_per_pixel(student):
    """score_per_pixel of the L-BFGS script is the log likelihood divided by the pixels."""
    _judge_score(student)
