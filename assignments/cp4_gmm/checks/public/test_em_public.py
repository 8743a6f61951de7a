"""EM for Gaussian mixtures: small examples that can be followed by hand."""

import numpy as np

from autograder.compare import (
    as_array,
    as_scalar,
    assert_close,
    assert_probabilities,
    assert_true,
)

KEYS = ("iter", "train_loss", "train_loss_per_pixel", "train_score_per_pixel")


def _hint(got, mistakes, usual):
    """The hint of the typical mistake that gives what came back, else the usual one."""
    for wrong, hint in mistakes:
        if np.shape(got) == np.shape(wrong) and np.allclose(got, wrong, rtol=1e-5, atol=1e-8):
            return hint
    return usual


# 1.1 Negative log likelihood


def test_neg_log_lik_printed_example(student, tolerance):
    """calc_neg_log_lik gives the number of the example in the statement."""
    x_ND = np.array([[0.0, 1.0], [2.0, 3.0], [-1.0, 0.5], [3.0, -1.0]])
    log_pi_K = np.log([0.25, 0.75])
    mu_KD = np.array([[0.0, 1.0], [2.0, -1.0]])
    stddev_KD = np.array([[1.0, 2.0], [0.5, 3.0]])
    got = student.calc_neg_log_lik(x_ND, log_pi_K, mu_KD, stddev_KD)
    mistakes = [
        (-16.25467012009251, "It is the negative log likelihood: there is a minus in front."),
        (16.25467012009251 / 4, "Sum over the rows; there is no mean."),
        (12.792309716305219, "log_pi_K[k] belongs to component k's part of the logsumexp."),
        (10.858949395073157, "log_pi_K holds logarithms already: add it as it is, without exp."),
        (8.903161854455128, "Each of the D dimensions brings -log(2 pi) / 2."),
        (12.578915987273819, "A row brings D times -log(2 pi) / 2, one for each dimension."),
        (63.060732531344996, "Over the components it is the log of a sum, not a sum of logs."),
        (15.803457882933625, "stddev_KD is a standard deviation: the exponent holds its square."),
        (21.80741890517521, "stddev_KD is the standard deviation already: do not square it."),
    ]
    assert_close(
        got,
        16.25467012009251,
        **tolerance,
        float32_ok=True,
        what="the negative log likelihood",
        hint=_hint(
            as_scalar(got, finite=False, what="the negative log likelihood"),
            mistakes,
            "A row's log density is the logsumexp over k of log_pi_K[k] plus the sum over d of "
            "log NormPDF(x[d]; mu_KD[k, d], stddev_KD[k, d]).",
        ),
    )


def test_neg_log_lik_empty(student):
    """calc_neg_log_lik of a data set without rows is 0."""
    args = np.zeros((0, 2)), np.log([0.25, 0.75]), np.zeros((2, 2)), np.ones((2, 2))
    assert_close(
        student.calc_neg_log_lik(*args),
        0.0,
        rtol=0,
        atol=1e-12,
        kind="fi",
        what="the negative log likelihood of no rows",
        hint="A sum over no rows is 0; a mean or a maximum over no rows is an error.",
    )


# 1.2 E step


def _with_parameters(student, log_pi_K, mu_KD, stddev_KD, **settings):
    """An estimator that has these parameters."""
    K, D = mu_KD.shape
    gmm = student.GMM_PenalizedMLEstimator_EM(K=K, D=D, **settings)
    gmm.log_pi_K, gmm.mu_KD, gmm.stddev_KD = log_pi_K, mu_KD, stddev_KD
    return gmm


def _estep_example(student):
    mu_KD = np.array([[0.0, 0.0], [4.0, 1.0]])
    stddev_KD = np.array([[1.0, 2.0], [3.0, 2.0]])
    return _with_parameters(student, np.log([0.25, 0.75]), mu_KD, stddev_KD)


def test_estep_by_hand(student, tolerance):
    """The E step gives every row the probabilities of the components, as in the statement."""
    # Row 0 is one standard deviation away from both means in the first dimension and half as far
    # in the second: what differs is 0.25 / (1 * 2) and 0.75 / (3 * 2), which are equal.
    x_ND = np.array([[1.0, 0.5], [0.0, 0.5], [4.0, 0.5], [1.0, 2.5]])
    want = [
        [0.5, 0.5],
        [0.7086608250294356, 0.29133917497056433],
        [0.00033535013046647805, 0.9996646498695333],
        [0.3775406687981454, 0.6224593312018546],
    ]
    got = _estep_example(student).estep__calc_r_NK(x_ND)
    weightless = [
        [0.75, 0.25],
        [0.8794785232807273, 0.12052147671927277],
        [0.0010053760853966235, 0.9989946239146036],
        [0.6453387556075566, 0.3546612443924433],
    ]
    variances = [
        [0.6108041916806486, 0.3891958083193513],
        [0.8925791141833203, 0.10742088581667983],
        [0.00019364193406151096, 0.9998063580659383],
        [0.3660254037844388, 0.6339745962155615],
    ]
    # Weight times density, not normalized.
    joint = np.array(
        [
            [0.01169529554640477, 0.01169529554640477],
            [0.019282282534482022, 0.007927183338957635],
            [6.468485170976051e-06, 0.01928228253448203],
            [0.005524466440542563, 0.009108305329791549],
        ]
    )
    mistakes = [
        (joint, "Divide by the sum over the components."),
        (joint / joint.sum(axis=0), "Every row sums to one: the sum goes over the components."),
        (np.eye(2)[[0, 0, 1, 1]], "These are hard assignments; a row belongs to both to a degree."),
        (np.log(want), "These are logarithms: take exp after the normalization."),
        (weightless, "log_pi_K[k] belongs to component k's part, before the exp."),
        (variances, "stddev_KD is a standard deviation: the exponent holds its square."),
    ]
    hint = _hint(
        as_array(got, shape=(4, 2), kind="f", finite=False, what="r_NK"),
        mistakes,
        "r_NK[n, k] is pi[k] times the density of row n under component k, divided by the sum of "
        "that over all components.",
    )
    assert_close(got, want, **tolerance, float32_ok=True, what="r_NK", hint=hint)


def test_estep_rows_sum_to_one(student):
    """Every row of the E step's result sums to one."""
    x_ND = np.array([[2.0, -1.0], [7.5, 0.25], [-3.0, 4.0], [1.25, 1.0], [0.0, 0.0]])
    assert_probabilities(
        _estep_example(student).estep__calc_r_NK(x_ND),
        shape=(5, 2),
        atol=1e-6,
        what="r_NK",
        hint="Divide by the sum over components (axis 1), and keep that axis: keepdims=True.",
    )


# 1.3 M steps

R_NK = np.array([[1.0, 0.0], [0.75, 0.25], [0.25, 0.75], [1.0, 0.0]])
X_ND = np.array([[0.0, 3.0], [4.0, -4.0], [8.0, 4.0], [1.0, -1.0]])
NEW_MU_KD = np.array([[2.0, 0.0], [7.0, 2.0]])


def _before_mstep(student, mu_KD):
    parameters = np.log([0.5, 0.5]), mu_KD, np.ones((2, 2))
    penalty = {"variance_penalty_mode": 2.0, "variance_penalty_spread": 0.5}
    return _with_parameters(student, *parameters, **penalty)


def test_mstep_log_pi_by_hand(student, tolerance):
    """The new weights are the components' shares of all rows, as logarithms."""
    got = _before_mstep(student, np.zeros((2, 2))).mstep__update_log_pi_K(R_NK)
    mistakes = [
        ([0.75, 0.25], "These are the weights; their logarithm is asked for."),
        (np.log([3.0, 1.0]), "Divide by the number of rows before the logarithm."),
    ]
    hint = _hint(
        as_array(got, shape=(2,), kind="f", finite=False, what="log_pi_K"),
        mistakes,
        "The columns of r_NK sum to 3 and 1 in 4 rows: the weights are 3/4 and 1/4.",
    )
    want = [-0.2876820724517809, -1.3862943611198906]
    assert_close(got, want, **tolerance, float32_ok=True, what="log_pi_K", hint=hint)


def test_mstep_mu_by_hand(student, tolerance):
    """The new mean of a component is the mean of the rows weighted by its column of r_NK."""
    # Not the new means: they do not depend on the old ones.
    got = _before_mstep(student, np.array([[5.0, 5.0], [-5.0, 1.0]])).mstep__update_mu_KD(
        R_NK, X_ND
    )
    mistakes = [
        (R_NK.T @ X_ND / 4, "Divide by the sum of column k of r_NK, not by the number of rows."),
        (R_NK.T @ X_ND, "This is the weighted sum: divide by the sum of column k of r_NK."),
    ]
    hint = _hint(
        as_array(got, shape=(2, 2), kind="f", finite=False, what="mu_KD"),
        mistakes,
        "mu_KD[0, 0] is (1 * 0 + 0.75 * 4 + 0.25 * 8 + 1 * 1) / (1 + 0.75 + 0.25 + 1) = 2.",
    )
    assert_close(got, NEW_MU_KD, **tolerance, float32_ok=True, what="mu_KD", hint=hint)


def test_mstep_stddev_by_hand(student, tolerance):
    """The new standard deviations are those of the formula with the penalty, for m = 2, s = 0.5."""
    got = _before_mstep(student, NEW_MU_KD).mstep__update_stddev_KD(R_NK, X_ND)
    # 1/(s m) = 1 and 1/(s m^2) = 0.5
    square_KD, n_K1 = np.array([[17.0, 26.0], [3.0, 12.0]]), np.array([[3.0], [1.0]])
    variance_KD = (square_KD + 1) / (n_K1 + 0.5)
    mistakes = [
        (variance_KD, "These are variances; take the root."),
        (np.sqrt(square_KD / n_K1), "The penalty adds 1/(s m) above and 1/(s m^2) below."),
        (np.sqrt((square_KD + 1) / n_K1), "The penalty adds 1/(s m^2) to the denominator too."),
        (np.sqrt(square_KD / (n_K1 + 0.5)), "The penalty adds 1/(s m) to the numerator too."),
        (np.sqrt((square_KD + 1) / 4.5), "Divide by the sum of column k of r_NK, not by N."),
        (np.sqrt((square_KD + 1) / (n_K1 + 1)), "Below, it is 1/(s m^2): m is squared."),
        (np.sqrt((square_KD + 0.5) / (n_K1 + 1)), "1/(s m) goes above and 1/(s m^2) below."),
    ]
    hint = _hint(
        as_array(got, shape=(2, 2), kind="f", finite=False, what="stddev_KD"),
        mistakes,
        "stddev_KD[0, 0]**2 is (1/(s m) + 1 * 4 + 0.75 * 4 + 0.25 * 36 + 1 * 1) / "
        "(1/(s m^2) + 3) = 18 / 3.5.",
    )
    want = [[2.2677868380553634, 2.7774602993176543], [1.632993161855452, 2.943920288775949]]
    assert_close(got, want, **tolerance, float32_ok=True, what="stddev_KD", hint=hint)


# 1.4 The whole algorithm, with the submission's own steps


def test_fit_two_blobs(student, part):
    """fit finds two groups of rows that lie far apart, from a given start."""
    corners = np.array([[-1.0, -1.0], [1.0, -1.0], [-1.0, 1.0], [1.0, 1.0]])
    wide = np.add(2 * corners, [21.0, -15.0])
    x_ND = np.concatenate([np.add(corners, [1.0, 2.0]), wide, wide])
    start = np.log([0.5, 0.5]), np.array([[2.0, 2.0], [19.0, -14.0]]), np.full((2, 2), 2.0)
    penalty = {"variance_penalty_mode": 4.0, "variance_penalty_spread": 1.0}
    gmm = _with_parameters(student, *start, max_iter=10, **penalty)
    gmm.fit(x_ND, x_valid_ND=x_ND[:3], verbose=False)
    close = {"rtol": 1e-6, "atol": 1e-6}
    hint = "In every iteration: E step, then the weights, the means, the standard deviations."
    with part(0.3, "the weights"):
        want = [-1.0986122886681098, -0.40546510810816444]
        assert_close(gmm.log_pi_K, want, **close, what="log_pi_K after fit", hint=hint)
    with part(0.4, "the means"):
        want = [[1.0, 2.0], [21.0, -15.0]]
        assert_close(gmm.mu_KD, want, **close, what="mu_KD after fit", hint=hint)
    with part(0.3, "the standard deviations"):
        want = [[1.0228166229771342, 1.0228166229771342], [2.0, 2.0]]
        assert_close(gmm.stddev_KD, want, **close, what="stddev_KD after fit", hint=hint)


def _column(gmm, key, count):
    """What ``fit`` has written down under ``key``, as an array of ``count`` numbers."""
    history = gmm.history
    assert_true(isinstance(history, dict), "history is not a dict of lists.")
    there = key in history
    assert_true(there, f"history has no key {key}.", hint="Look at the spelling of the keys.")
    values = history[key]
    what = f'history["{key}"]'
    if not isinstance(values, np.ndarray):
        listed = isinstance(values, (list, tuple))
        assert_true(listed, f"{what} is not a list.", hint="Append one number in every iteration.")
        assert_true(
            len(values) == count,
            f"{what} has {len(values)} entries after {count} iterations.",
            hint="One entry in every iteration, also in iteration 0 and in the last one.",
        )
        values = np.array([as_scalar(value, what=f"an entry of {what}") for value in values])
    return as_array(values, shape=(count,), kind="fi", what=what)


def test_fit_history_keys(student):
    """history has one number per iteration under every key, validation scores when asked for."""
    x_ND = np.array([[0.0, 1.0], [1.0, 0.5], [2.5, 0.0], [0.5, 2.0], [3.0, 3.5], [4.0, 1.5]])
    x_valid_ND = np.array([[1.0, 1.0], [2.0, 0.5], [3.0, 2.0]])
    mu_KD = np.array([[1.0, 1.0], [3.0, 2.0]])
    start = np.log([0.5, 0.5]), mu_KD, np.full((2, 2), 1.5)
    for held_out, keys in ((x_valid_ND, (*KEYS, "valid_score_per_pixel")), (None, KEYS)):
        gmm = _with_parameters(student, *start, max_iter=2)
        gmm.fit(x_ND, x_valid_ND=held_out, verbose=False)
        columns = {key: _column(gmm, key, 3) for key in keys}
        counted = bool((columns["iter"] == [0, 1, 2]).all())
        hint = "iter counts the iterations from 0 to max_iter."
        assert_true(counted, 'history["iter"] is not 0, 1, 2 with max_iter=2.', hint=hint)
        for key in keys[1:]:
            moves = len(set(columns[key].tolist())) > 1
            hint = "The M step changes the parameters, and so the loss of the next iteration."
            assert_true(moves, f'history["{key}"] holds one number again and again.', hint=hint)
