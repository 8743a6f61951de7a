"""L-BFGS: the loss inside ``fit``, judged by what it leaves in ``history`` and by where it ends.

``calc_loss`` itself cannot be called from outside. What is expected of it is put together from the
submission's own likelihood, so that a wrong one is charged in question 2.1 only.
"""

import numpy as np

from autograder.compare import (
    as_array,
    as_scalar,
    assert_close,
    assert_true,
    assert_unchanged,
    unpack,
)

OWN_LIKELIHOOD = "The likelihood is that of your calc_neg_log_lik__ag.py (question 2.1)."


def _start(x_ND, K, seed, m):
    """What generate_initial_parameters gives, as the statement pins it."""
    N, D = x_ND.shape
    prng = np.random.RandomState(seed)
    mu_KD = x_ND[prng.choice(N, K, replace=False)]
    return np.full(K, -np.log(K)), mu_KD, np.sqrt(m) * (1 + prng.rand(K, D))


def _penalty(stddev_KD, m, s):
    return float(np.sum(np.log(stddev_KD) / (m**2 * s) + 0.5 * stddev_KD**-2.0 / (m * s)))


def _loss(student, x_ND, parameters, m, s):
    """The loss per pixel, with the submission's own likelihood."""
    own = student.module("calc_neg_log_lik__ag").calc_neg_log_lik(x_ND, *parameters)
    own = as_scalar(own, what="your calc_neg_log_lik for autograd", hint=OWN_LIKELIHOOD)
    return (own + _penalty(parameters[2], m, s)) / x_ND.size


def _gradient(student, x_ND, parameters, m, s):
    """The gradient of that in the unconstrained parameters, as one flat array.

    By the chain rule: log pi = rho - logsumexp(rho), and the softplus has the slope
    1 - exp(-stddev) at the place whose value is stddev.
    """
    given = student.module("neg_log_lik_gradient").neg_log_lik_and_gradients(x_ND, *parameters)
    names = ("the value", "log_pi_K", "mu_KD", "stddev_KD")
    _, *gradients = unpack(given, names, what="your likelihood's gradients")
    g_log_pi_K, g_mu_KD, g_stddev_KD = (
        as_array(g, shape=p.shape, kind="f", what="your likelihood's gradient", hint=OWN_LIKELIHOOD)
        for g, p in zip(gradients, parameters, strict=True)
    )
    log_pi_K, _, stddev_KD = parameters
    g_rho_K = g_log_pi_K - np.exp(log_pi_K) * g_log_pi_K.sum()
    g_stddev_KD = g_stddev_KD + 1 / (m**2 * s * stddev_KD) - stddev_KD**-3.0 / (m * s)
    g_nu_KD = g_stddev_KD * -np.expm1(-stddev_KD)
    return np.concatenate([g_rho_K, g_mu_KD.ravel(), g_nu_KD.ravel()]) / x_ND.size


def _estimator(student, K, D, m, s, **options):
    return student.GMM_PenalizedMLEstimator_LBFGS(
        K=K, D=D, variance_penalty_mode=m, variance_penalty_spread=s, **options
    )


def _column(gmm, name):
    """One column of history as an array; at least the entry of the start is there."""
    history = gmm.history
    there = type(history) is dict and type(history.get(name)) is list and len(history[name]) > 0
    assert_true(there, f'history["{name}"] is not a list with an entry for the start.')
    return np.array([as_scalar(v, what=f'an entry of history["{name}"]') for v in history[name]])


def _found(gmm, K, D):
    """The parameters after fit, as three arrays of legal values."""
    log_pi_K = as_array(gmm.log_pi_K, shape=(K,), kind="f", what="log_pi_K after fit")
    mu_KD = as_array(gmm.mu_KD, shape=(K, D), kind="f", what="mu_KD after fit")
    stddev_KD = as_array(gmm.stddev_KD, shape=(K, D), kind="f", what="stddev_KD after fit")
    assert_true(bool((stddev_KD > 0).all()), "After fit a standard deviation is not above zero.")
    return log_pi_K, mu_KD, stddev_KD


def _overlapping(rng, N=40):
    """Rows of two columns in two groups that overlap."""
    x_ND = rng.normal(size=(N, 2)) * [1.0, 2.0]
    x_ND[N // 3 :] += [2.5, -1.0]
    return x_ND


def _blobs(rng):
    """Rows of three groups that lie far apart, and which group each belongs to."""
    ids = np.repeat([0, 1, 2], [60, 45, 30])
    centers = np.array([[0.0, 0.0], [9.0, 2.0], [3.0, 11.0]])
    spread = np.array([[1.0, 0.6], [0.8, 1.2], [1.1, 0.9]])
    return centers[ids] + spread[ids] * rng.normal(size=(len(ids), 2)), ids


def test_lbfgs_first_loss(student, rng, tolerance):
    """The loss at the start is the negative log likelihood plus the penalty, per pixel."""
    for K, m, s in [(2, 2.0, 0.01), (3, 0.5, 0.1)]:
        x_ND = _overlapping(rng, N=11)
        want = _loss(student, x_ND, _start(x_ND, K, 5, m), m, s)
        gmm = _estimator(student, K, 2, m, s, seed=5, max_iter=1)
        # Data to validate with take no part in the loss.
        gmm.fit(x_ND, 3.0 * x_ND[:4], verbose=False)
        assert_close(
            _column(gmm, "train_loss_per_pixel")[0],
            want,
            **tolerance,
            float32_ok=True,
            what="train_loss_per_pixel at the start",
            hint="calc_loss is (negative log likelihood + penalty) / (max(N, 1) * D), with the "
            "penalty of stddev_KD once, and added. " + OWN_LIKELIHOOD,
        )


def test_lbfgs_first_gradient(student, rng, tolerance):
    """The gradient at the start is that of the loss, in the unconstrained parameters."""
    m, s = 1.5, 1e7  # a penalty that does not count: ``lbfgs_first_loss`` judges it
    for K in (2, 3):
        x_ND = _overlapping(rng, N=11)
        start = _start(x_ND, K, 9, m)
        want = _loss(student, x_ND, start, m, s)
        want_norm = float(np.abs(_gradient(student, x_ND, start, m, s)).mean())
        gmm = _estimator(student, K, 2, m, s, seed=9, max_iter=1)
        gmm.fit(x_ND, verbose=False)
        loss = _column(gmm, "train_loss_per_pixel")[0]
        counts = bool(abs(loss) > 1e-6 and abs(want) > 1e-6)
        assert_true(counts, "The loss at the start is 0.", hint=OWN_LIKELIHOOD)
        # Relative to the loss, so that one which is not per pixel is charged for that only once.
        assert_close(
            _column(gmm, "grad_norm")[0] / loss,
            want_norm / want,
            **tolerance,
            float32_ok=True,
            what="grad_norm at the start, divided by the loss there",
            hint="autograd must see every step from vec_M to the loss: unpack vec_M inside "
            "calc_loss, and use the parameters that come from it, not those of self.",
        )


def test_lbfgs_three_blobs(student, rng):
    """From the best of several starts, fit finds three groups that lie far apart."""
    x_ND, ids = _blobs(rng)
    m, s = 1.0, 100.0
    groups = [x_ND[ids == k] for k in range(3)]
    mu_KD = np.array([g.mean(axis=0) for g in groups])
    # The M step's formula, where every row belongs to one component.
    variance_KD = np.array(
        [(1 / (s * m) + len(g) * g.var(axis=0)) / (1 / (s * m**2) + len(g)) for g in groups]
    )
    log_pi_K = np.log(np.bincount(ids) / len(ids))
    reachable = _loss(student, x_ND, (log_pi_K, mu_KD, np.sqrt(variance_KD)), m, s)
    best, at = np.inf, None
    for seed in (1, 2, 3, 4, 5, 6):  # right solutions stop at a saddle from some of them
        gmm = _estimator(student, 3, 2, m, s, seed=seed, max_iter=100)
        gmm.fit(x_ND, verbose=False)
        found = _found(gmm, 3, 2)
        loss = _loss(student, x_ND, found, m, s)
        if loss < best:
            best, at = loss, found
    hint = "The best of six starts counts; each may take 100 iterations."
    assert_true(at is not None, "No start ends with a loss.", hint=hint)
    assert_true(
        best < reachable + 1e-3,
        "The loss after fit is above that of the groups' own means and deviations.",
        detail=f"got {best:.6g}, within reach {reachable:.6g}",
        hint=hint,
    )
    distance_KK = np.abs(at[1][:, None, :] - mu_KD).max(axis=2)
    assert_true(
        bool((distance_KK.min(axis=0) < 0.2).all()),
        "After fit a group has no component whose mean is near the group's.",
        detail=f"got mu_KD\n{at[1]}\nwanted, in any order\n{mu_KD}",
        hint=hint,
    )


def test_lbfgs_loss_falls(student, rng):
    """No iteration makes the loss larger, and the loss after fit is smaller than at the start."""
    x_ND, m, s = _overlapping(rng), 1.0, 100.0
    gmm = _estimator(student, 3, 2, m, s, seed=7, max_iter=15, ftol=1e-12)
    gmm.fit(x_ND, verbose=False)
    losses = _column(gmm, "train_loss_per_pixel")
    detail = "the losses: " + ", ".join(f"{loss:.6g}" for loss in losses)
    assert_true(len(losses) > 2, "There is no iteration in history.", detail=detail)
    rises = bool((np.diff(losses) > 1e-9 * np.abs(losses[:-1]).max()).any())
    hint = "calc_loss must be a function of vec_M alone: no random numbers, no counters."
    assert_true(
        not rises, "The loss rises from one iteration to the next.", detail=detail, hint=hint
    )
    before = _loss(student, x_ND, _start(x_ND, 3, 7, m), m, s)
    after = _loss(student, x_ND, _found(gmm, 3, 2), m, s)
    assert_true(
        after < before - 1e-3,
        "Negative log likelihood plus penalty is not smaller after fit than at the start.",
        detail=f"per pixel: {before:.6g} at the start, {after:.6g} after fit",
        hint="The loss is to be made small: minus the log likelihood, plus the penalty.",
    )


def test_lbfgs_stationary(student, rng):
    """Run to its end, fit stops where the gradient of the loss is next to zero."""
    x_ND, m, s = _overlapping(rng, N=60), 1.0, 1e5  # as in ``lbfgs_first_gradient``
    shares = []
    for seed in (4, 5, 6):  # from some starts a component closes in on one row without end
        gmm = _estimator(student, 2, 2, m, s, seed=seed, max_iter=80, ftol=1e-13)
        gmm.fit(x_ND, verbose=False)
        start = _gradient(student, x_ND, _start(x_ND, 2, seed, m), m, s)
        end = _gradient(student, x_ND, _found(gmm, 2, 2), m, s)
        assert_true(bool(start.any()), "The gradient at the start is 0.", hint=OWN_LIKELIHOOD)
        shares.append(float(np.abs(end).mean() / np.abs(start).mean()))
    assert_true(
        min(shares) < 1e-2,
        "Where fit stops, the loss still has a slope.",
        detail=f"mean size of the gradient, as a share of that at the start: {min(shares):.3g}",
        hint="calc_loss, its gradient and the parameters kept after fit belong together. "
        + OWN_LIKELIHOOD,
    )


def test_lbfgs_keeps_input(student, rng):
    """fit leaves the rows for training and for validation as they were."""
    x_ND, x_valid_ND = _overlapping(rng), _overlapping(rng, N=9)
    kept = [student.put(x_ND), student.put(x_valid_ND)]
    gmm = _estimator(student, 2, 2, 1.0, 100.0, max_iter=3)
    gmm.fit(*kept, verbose=False)
    assert_unchanged(student.fetch(kept[0]), x_ND, what="x_ND")
    assert_unchanged(student.fetch(kept[1]), x_valid_ND, what="x_valid_ND")


def test_lbfgs_speed(student, rng, budget):
    """The loss inside fit has no Python loop over rows."""

    def make(side):
        return side.GMM_PenalizedMLEstimator_LBFGS(K=3, D=2, seed=1, max_iter=2)

    budget("GMM_PenalizedMLEstimator_LBFGS.fit", _overlapping(rng, N=600), make=make)
