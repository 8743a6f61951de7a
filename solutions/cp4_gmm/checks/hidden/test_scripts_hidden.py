"""The training scripts: the choice of the best run, scores per pixel, the table of results."""

import numpy as np
from scipy.special import logsumexp
from scipy.stats import norm

from autograder.compare import (
    as_array,
    as_scalar,
    assert_close,
    assert_probabilities,
    assert_true,
)

NAN = float("nan")


def _neg_log_lik(x_ND, log_pi_K, mu_KD, stddev_KD):
    joint_NK = log_pi_K + norm.logpdf(x_ND[:, None, :], mu_KD, stddev_KD).sum(axis=2)
    return -float(logsumexp(joint_NK, axis=1).sum())


def _judge_choice(student, scores, best, hint):
    """``scores``: the validation scores of one run each; ``best`` is the place of the best one."""
    seeds = [11, 23, 5, 42][: len(scores)]
    runs = [
        {"K": 8, "seed": seed, "valid_score_per_pixel": list(of_run)}
        for seed, of_run in zip(seeds, scores, strict=True)
    ]
    got = student.choose_best_run(runs)
    whole = type(got) is dict and {"K", "seed", "valid_score_per_pixel"} <= set(got)
    said = "choose_best_run does not return one of the runs."
    assert_true(whole, said, hint="Return the dict itself, as it came.")
    chosen = as_scalar(got["seed"], what="the chosen run's seed")
    assert_true(
        chosen == seeds[best],
        "choose_best_run returns another run than the best.",
        detail=f"got the run of seed {chosen:g}, wanted that of seed {seeds[best]}",
        hint=hint,
    )


def _judge_choices(student, part):
    with part(0.4, "scores that are all negative"):
        hint = "The highest score, not the smallest, nor the one that lies farthest from 0."
        scores = [[-0.9, -0.5], [-0.8, -0.2], [-0.1, -0.7], [-0.6, -0.4]]
        _judge_choice(student, scores, 1, hint)
        _judge_choice(student, [scores[1], scores[0]], 0, hint)
    with part(0.2, "histories of different lengths"):
        hint = "A run may stop early: its last score stands at [-1]."
        scores = [[-1.0, 0.1, 0.2, 0.3], [-1.0, 0.5], [-1.0, 0.6, 0.4]]
        _judge_choice(student, scores, 1, hint)
    with part(0.3, "a run that ended in NaN"):
        hint = "NaN compares as false with every number, and np.argmax takes it for the largest."
        for scores in ([[0.1, NAN], [0.1, 0.2], [0.1, 0.3]], [[0.1, 0.2], [0.1, 0.3], [0.9, NAN]]):
            _judge_choice(student, scores, 2 if scores[2][1] == 0.3 else 1, hint)
        _judge_choice(student, [[0.1, 0.2], [0.1, NAN], [0.1, -0.3]], 0, hint)
    with part(0.1, "two runs with the same score"):
        hint = "Of two equal runs the first one in the list is chosen."
        _judge_choice(student, [[0.1, 0.2], [0.1, 0.4], [0.3, 0.4]], 1, hint)


def _judge_scores(student, rng, tolerance):
    student.replace("calc_neg_log_lik", _neg_log_lik, module="calc_neg_log_lik__np")
    given = student.module("GMM_PenalizedMLEstimator")
    for N, K, D in [(7, 2, 3), (5, 1, 8), (1, 3, 2)]:
        gmm = given.GMM_PenalizedMLEstimator(K=K, D=D)
        log_pi_K = np.log(rng.dirichlet(np.full(K, 3.0)))
        mu_KD, stddev_KD = rng.normal(size=(K, D)), rng.uniform(0.5, 3.0, (K, D))
        gmm.log_pi_K, gmm.mu_KD, gmm.stddev_KD = log_pi_K, mu_KD, stddev_KD
        x_ND = rng.normal(size=(N, D))
        assert_close(
            student.score_per_pixel(gmm, x_ND),
            -_neg_log_lik(x_ND, log_pi_K, mu_KD, stddev_KD) / (N * D),
            **tolerance,
            float32_ok=True,
            what=f"score_per_pixel with N={N}, D={D}",
            hint="gmm.score(x_ND) is the log likelihood of all rows together, without a penalty; "
            "the pixels are those of this x_ND, N * D of them.",
        )


def test_em_choose_best_run_values(student, part):
    """The highest score at a run's own last iteration wins, never NaN; of equals, the first."""
    _judge_choices(student, part)


def test_lbfgs_choose_best_run_values(student, part):
    """The highest score at a run's own last iteration wins, never NaN; of equals, the first."""
    _judge_choices(student, part)


def test_em_score_per_pixel_values(student, rng, tolerance):
    """score_per_pixel is gmm.score(x_ND) divided by the pixels of x_ND, for any N, K and D."""
    _judge_scores(student, rng, tolerance)


def test_lbfgs_score_per_pixel_values(student, rng, tolerance):
    """score_per_pixel is gmm.score(x_ND) divided by the pixels of x_ND, for any N, K and D."""
    _judge_scores(student, rng, tolerance)


def _row(row):
    """K, seed, validation score and test score of one row of the table."""
    names = ("K", "seed", "valid_score_per_pixel", "test_score_per_pixel")
    whole = type(row) is dict and set(names) <= set(row)
    assert_true(whole, f"A row of the table does not hold {', '.join(names)}.")
    return [as_scalar(row[name], what=f"{name} of a row of the table") for name in names]


def _last_valid_score(gmm):
    """The end of a run, as choose_best_run sees it."""
    history = gmm.history
    scores = history.get("valid_score_per_pixel") if type(history) is dict else None
    there = type(scores) is list and len(scores) > 0
    assert_true(there, "After fit history has no list of valid_score_per_pixel.")
    return as_scalar(scores[-1], what="the last entry of valid_score_per_pixel")


def test_em_training_table(student, rng):
    """The table holds, for every K, the seed with the best validation score, and its scores."""
    ids = rng.integers(0, 3, 70)
    images_ND = rng.uniform(-1.0, 1.0, (3, 9))[ids] + 0.2 * rng.normal(size=(70, 9))
    x_train_ND, x_valid_ND, x_test_ND = images_ND[:40], images_ND[40:58], images_ND[58:]
    K_list, seed_list = [2, 4], [1, 2, 3]
    table = student.train_small(x_train_ND, x_valid_ND, x_test_ND, K_list, seed_list, 4)
    right = type(table) is list and len(table) == len(K_list)
    assert_true(right, "The table does not have one row for every K.")
    hint = "The table is made by choose_best_run and score_per_pixel, from the fits of your EM."
    for K, row in zip(K_list, table, strict=True):
        row_K, seed, valid, test = _row(row)
        assert_true(row_K == K, "The rows of the table are not in the order of K.")
        # The submission's own runs: what its EM finds is not judged here.
        runs = {s: student.make_gmm(K, 9, s, 4) for s in seed_list}
        for gmm in runs.values():
            gmm.fit(x_train_ND, x_valid_ND, verbose=False)
        last = {s: _last_valid_score(gmm) for s, gmm in runs.items()}
        chosen = last.get(int(seed), -np.inf) >= max(last.values()) - 1e-9
        detail = f"got seed {seed:g}; the last validation scores by seed: {last}"
        said = f"For K={K} the table does not hold the seed with the best validation score."
        assert_true(bool(chosen), said, detail=detail, hint=hint)
        for name, got, x_ND in [("validation", valid, x_valid_ND), ("test", test, x_test_ND)]:
            assert_close(
                got,
                as_scalar(student.score_per_pixel(runs[int(seed)], x_ND), what="score_per_pixel"),
                rtol=1e-6,
                atol=1e-9,
                what=f"the {name} score of K={K} in the table",
                hint=hint,
            )


def _tops(data, part, rows):
    """The first images for training or validation, each halved to 10 x 10 pixels."""
    (path,) = data.glob(f"tops-*_x_{part}.csv.gz")
    x_ND = np.loadtxt(path, delimiter=",", skiprows=1, max_rows=rows)
    return x_ND.reshape(-1, 10, 2, 10, 2).mean(axis=(2, 4)).reshape(-1, 100)


def test_em_leaderboard(student, data, figure):
    """The best run on small tops ends in a mixture, whose validation score per pixel is ranked."""
    x_train_ND = _tops(data, "train", 400)
    # What is scored is never given to the submission, which could train on it.
    x_valid_ND, x_scored_ND = np.split(_tops(data, "valid", 400), 2)
    D = x_train_ND.shape[1]
    scores = []
    for K in (4, 8):
        for seed in (1001, 3001):
            gmm = student.make_gmm(K=K, D=D, seed=seed)
            gmm.fit(x_train_ND, x_valid_ND, verbose=False)
            # Of the submission's word nothing is taken but the parameters.
            log_pi_K = as_array(gmm.log_pi_K, shape=(K,), kind="f", finite=False, what="log_pi_K")
            mu_KD = as_array(gmm.mu_KD, shape=(K, D), kind="f", what="mu_KD")
            stddev_KD = as_array(gmm.stddev_KD, shape=(K, D), kind="f", what="stddev_KD")
            assert_probabilities(np.exp(log_pi_K), atol=1e-6, what="exp(log_pi_K)")
            assert_true(bool((stddev_KD > 0).all()), "stddev_KD holds values that are not above 0.")
            scores.append(-_neg_log_lik(x_scored_ND, log_pi_K, mu_KD, stddev_KD))
    best = max(scores)
    assert_true(bool(np.isfinite(best)), "The log likelihood of the best run is not finite.")
    figure("valid_score_per_pixel", best / x_scored_ND.size)
