"""Problem 2: the likelihood for autograd by hand, and what fit leaves behind."""

import numpy as np

from autograder.compare import as_array, as_scalar, assert_close, assert_true, unpack

# The example of the statement.
X_ND = np.array([[0.0, 1.0], [2.0, 0.0], [4.0, 3.0]])
LOG_PI_K = np.array([-1.3862943611198906, -0.2876820724517809])  # of 0.25 and 0.75
MU_KD = np.array([[0.0, 0.0], [3.0, 2.0]])
STDDEV_KD = np.array([[1.0, 2.0], [2.0, 1.0]])


def test_ag_neg_log_lik_printed_example(student, tolerance):
    """calc_neg_log_lik for autograd gives the number of the example in the statement."""
    got = student.calc_neg_log_lik(X_ND, LOG_PI_K, MU_KD, STDDEV_KD)
    assert_close(
        got,
        11.596777683226536,
        **tolerance,
        what="calc_neg_log_lik of calc_neg_log_lik__ag.py",
        hint="The same number as in problem 1: minus the sum over rows of the log of the mixture's "
        "density. Functions of calc_neg_log_lik__np.py do not help here: autograd must see every "
        "step.",
    )


def test_ag_gradient_by_hand(student, tolerance):
    """autograd differentiates calc_neg_log_lik with respect to log_pi_K, mu_KD and stddev_KD."""
    given = student.module("neg_log_lik_gradient")
    got = given.neg_log_lik_and_gradients(X_ND, LOG_PI_K, MU_KD, STDDEV_KD)
    _, log_pi_K, mu_KD, stddev_KD = unpack(got, ("the value", "log_pi_K", "mu_KD", "stddev_KD"))
    hint = (
        "Take every function from autograd.numpy or autograd.scipy; do not write into arrays, and "
        "do not turn them into floats or numpy arrays on the way."
    )
    log_pi_K = as_array(log_pi_K, shape=(2,), what="the gradient in log_pi_K", hint=hint)
    # A solution that first normalizes log_pi_K has another gradient, and the same fit.
    plain_K = np.array([-0.8732499274218252, -2.126750072578175])
    normalized_K = plain_K + 3 * np.array([0.25, 0.75])
    near = abs(log_pi_K[0] - plain_K[0]) < abs(log_pi_K[0] - normalized_K[0])
    want_K = plain_K if near else normalized_K
    assert_close(log_pi_K, want_K, **tolerance, what="the gradient in log_pi_K", hint=hint)
    want_KD = [[-0.5485934372960676, -0.14980612038349922], [0.232210913757648, 0.8527246266903467]]
    assert_close(mu_KD, want_KD, **tolerance, what="the gradient in mu_KD", hint=hint)
    want_KD = [
        [-0.22447949269072087, 0.3616710398766244],
        [0.3965523041806583, -2.1775167531962065],
    ]
    assert_close(stddev_KD, want_KD, **tolerance, what="the gradient in stddev_KD", hint=hint)


def test_lbfgs_empty_data(student):
    """With no rows only the penalty counts: fit ends with variances of m."""
    m = 2.0
    gmm = student.GMM_PenalizedMLEstimator_LBFGS(
        K=2, D=3, seed=8, variance_penalty_mode=m, variance_penalty_spread=0.05
    )
    gmm.fit(np.zeros((0, 3)), verbose=False)
    stddev_KD = as_array(gmm.stddev_KD, shape=(2, 3), kind="f", what="stddev_KD after fit")
    assert_close(
        stddev_KD**2,
        np.full((2, 3), m),
        rtol=0,
        atol=0.02,
        what="stddev_KD**2 after fit",
        hint="The loss is the negative log likelihood, which is 0 here, plus the penalty of the "
        "standard deviations, divided by max(N, 1) * D.",
    )


def test_lbfgs_history(student, rng):
    """fit writes one entry of history at the start and one per iteration, and scipy's message."""
    x_ND = rng.normal(size=(30, 2)) * [1.0, 3.0]
    columns = ["iter", "train_loss_per_pixel", "grad_norm"]
    for x_valid_ND, names in [
        (None, columns),
        (x_ND[:7] + 0.1, [*columns, "valid_score_per_pixel"]),
    ]:
        gmm = student.GMM_PenalizedMLEstimator_LBFGS(K=2, D=2, seed=3, max_iter=5, ftol=1e-12)
        gmm.fit(x_ND, x_valid_ND, verbose=False)
        history = gmm.history
        assert_true(type(history) is dict, "history is not a dict of lists.")
        missing = [name for name in names if name not in history]
        assert_true(not missing, f"history has no {', '.join(missing)}.")
        for name in names:
            what = f'history["{name}"]'
            is_list = type(history[name]) is list
            assert_true(is_list, f"{what} is not a list.", hint="Append a number per iteration.")
            entries = [as_scalar(entry, what=f"an entry of {what}") for entry in history[name]]
            right = len(entries) == 6 if name != "iter" else entries == list(range(6))
            assert_true(
                right,
                f"{what} does not have the six entries of the start and five iterations.",
                detail=f"got {len(entries)} entries: {entries[:8]}",
                hint="After one entry only, scipy found no way down: is calc_loss one number that "
                "depends on vec_M by functions of autograd.numpy alone?",
            )
        message = gmm.message
        said = isinstance(message, (str, bytes)) and len(message) > 0
        assert_true(said, "message is not the text in which scipy says why it stopped.")
