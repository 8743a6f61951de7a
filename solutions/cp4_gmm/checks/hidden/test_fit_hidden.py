"""The loop of EM. Both steps and the likelihood are replaced by ours, so that it alone is judged.

Start and validation data are given in every case but those that are about them.
"""

import itertools

import numpy as np
from scipy.special import logsumexp
from scipy.stats import norm

from autograder.compare import (
    as_array,
    as_scalar,
    assert_close,
    assert_true,
    assert_unchanged,
)

M, S = 2.0, 0.5
"""Mode and spread: a penalty that is not small beside the likelihood."""

NEVER = -1e12
"""An ftol under which no loop stops early."""

PARAMETERS = ("log_pi_K", "mu_KD", "stddev_KD")

ORDER = (
    "In every iteration: history, E step, then log_pi_K, mu_KD and stddev_KD, each set on the "
    "object before the next one is asked for."
)

# Our steps; arguments are named as in the statement, since a loop may pass them by name.


def _joint(x_ND, log_pi_K, mu_KD, stddev_KD):
    """Log of weight times density, (N, K), by SciPy."""
    return log_pi_K + norm.logpdf(x_ND[:, None, :], mu_KD, stddev_KD).sum(axis=2)


def _neg_log_lik(x_ND, log_pi_K, mu_KD, stddev_KD):
    joint_NK = _joint(*map(np.asarray, (x_ND, log_pi_K, mu_KD, stddev_KD)))
    return -float(logsumexp(joint_NK, axis=1).sum())


def _responsibilities(x_ND, *parameters):
    joint_NK = _joint(x_ND, *parameters)
    return np.exp(joint_NK - logsumexp(joint_NK, axis=1, keepdims=True))


def _weights(r_NK):
    return np.log(r_NK.sum(axis=0) / len(r_NK))


def _means(r_NK, x_ND):
    return r_NK.T @ x_ND / r_NK.sum(axis=0)[:, None]


def _deviations(r_NK, x_ND, mu_KD):
    square_KD = (r_NK[:, :, None] * (x_ND[:, None, :] - mu_KD) ** 2).sum(axis=0)
    return np.sqrt((square_KD + 1 / (S * M)) / (r_NK.sum(axis=0)[:, None] + 1 / (S * M**2)))


def _penalty(stddev_KD):
    return float((np.log(stddev_KD) / (M**2 * S) + 0.5 / (M * S) * stddev_KD**-2.0).sum())


def _loss(x_ND, parameters):
    return _neg_log_lik(x_ND, *parameters) + _penalty(parameters[2])


def _iterated(x_ND, parameters, old_mu=False):
    """The parameters after one iteration; ``old_mu``: with a typical mistake."""
    r_NK = _responsibilities(x_ND, *parameters)
    mu_KD = _means(r_NK, x_ND)
    around_KD = parameters[1] if old_mu else mu_KD
    return _weights(r_NK), mu_KD, _deviations(r_NK, x_ND, around_KD)


def _path(x_ND, parameters, iterations, old_mu=False):
    """The parameters before the first iteration, and after each of them."""
    path = [parameters]
    for _ in range(iterations):
        path.append(_iterated(x_ND, path[-1], old_mu))
    return path


def _blobs(rng, N=40):
    """Rows of three groups that overlap (N, 2), 17 rows to validate with, and a start."""
    middles = np.array([[0.0, 0.0], [3.0, 0.5], [1.0, 3.0]])
    spread = np.array([[1.0, 1.5], [1.2, 0.7], [0.8, 1.2]])
    k = rng.integers(3, size=N + 17)
    rows = middles[k] + spread[k] * rng.normal(size=(N + 17, 2))
    start = np.log([0.3, 0.3, 0.4]), np.array([[0.5, 0.2], [2.0, 1.0], [1.0, 2.0]]), _wide(3)
    return rows[:N], rows[N:], start


def _wide(K):
    return np.full((K, 2), 2.0) + 0.1 * np.arange(2 * K).reshape(K, 2)


# The submission's loop with our steps


def _parameters_of(gmm):
    """The parameters as float arrays. Raises ValueError or TypeError where they are none."""
    log_pi_K, mu_KD, stddev_KD = (np.asarray(getattr(gmm, name), float) for name in PARAMETERS)
    if log_pi_K.shape != mu_KD.shape[:1] or stddev_KD.shape != mu_KD.shape or mu_KD.ndim != 2:
        raise ValueError("these are no parameters of a mixture")
    return log_pi_K, mu_KD, stddev_KD


def _pin(student):
    """Let both steps and the likelihood be ours. Without rows, weights and means stay.

    Gives a list that holds the parameters at every E step so far: a mistake in the M steps' order
    then costs nothing where history, start or end of the loop are judged.
    """
    seen = []

    def r_NK(self, x_ND):
        parameters = _parameters_of(self)
        seen.append(parameters)
        return _responsibilities(x_ND, *parameters)

    def log_pi_K(self, r_NK):
        return _weights(r_NK) if len(r_NK) else self.log_pi_K

    def mu_KD(self, r_NK, x_ND):
        return _means(r_NK, x_ND) if len(r_NK) else self.mu_KD

    def stddev_KD(self, r_NK, x_ND):
        return _deviations(r_NK, x_ND, self.mu_KD)

    name = "GMM_PenalizedMLEstimator_EM"
    student.replace("calc_neg_log_lik", _neg_log_lik, module="calc_neg_log_lik__np")
    student.replace(f"{name}.estep__calc_r_NK", r_NK, attributes=PARAMETERS)
    student.replace(f"{name}.mstep__update_log_pi_K", log_pi_K, attributes=PARAMETERS)
    student.replace(f"{name}.mstep__update_mu_KD", mu_KD, attributes=PARAMETERS)
    student.replace(f"{name}.mstep__update_stddev_KD", stddev_KD, attributes=PARAMETERS)
    return seen


def _estimator(student, K, start=None, **settings):
    gmm = student.GMM_PenalizedMLEstimator_EM(
        K=K, D=2, variance_penalty_mode=M, variance_penalty_spread=S, **settings
    )
    if start is not None:
        gmm.log_pi_K, gmm.mu_KD, gmm.stddev_KD = start
    return gmm


def _fitted(student, x_ND, x_valid_ND, start, **settings):
    """``fit`` with our steps from ``start``, whichever way a loop gets it.

    Gives the estimator, and the parameters at its E steps.
    """
    seen = _pin(student)
    name = "GMM_PenalizedMLEstimator_EM.generate_initial_parameters"
    student.replace(name, lambda *args, **kwargs: start)
    gmm = _estimator(student, len(start[0]), start, **settings)
    gmm.fit(x_ND, x_valid_ND, verbose=False)
    return gmm, seen


def _ended(gmm, start):
    """The parameters after ``fit``: finite, of the right shapes, and not those of the start."""
    ended = tuple(
        as_array(getattr(gmm, name), shape=value.shape, kind="f", what=f"{name} after fit")
        for name, value in zip(PARAMETERS, start, strict=True)
    )
    positive = bool((ended[2] > 0).all())
    assert_true(positive, "A standard deviation is not above zero.", hint=ORDER)
    for name, got, was in zip(PARAMETERS, ended, start, strict=True):
        moved = not bool(np.allclose(got, was))
        assert_true(moved, f"{name} is after fit what it was before.", hint=ORDER)
    return tuple(value.astype(np.float64) for value in ended)


def _assert_parameters(gmm, want, tolerance, when, hint=ORDER, wrong=()):
    """Compare the three parameters; ``wrong`` pairs parameters with what to say of them."""
    for i, name in enumerate(PARAMETERS):
        what = f"{name} {when}"
        got = getattr(gmm, name)
        array = as_array(got, shape=want[i].shape, kind="f", finite=False, what=what, hint=hint)
        with np.errstate(all="ignore"):
            said = (text for bad, text in wrong if np.allclose(array, bad[i], rtol=1e-5))
            right = np.allclose(array, want[i], rtol=1e-5)
        own = hint if right else next(said, hint)
        assert_close(got, want[i], **tolerance, float32_ok=True, what=what, hint=own)


def _column(gmm, key, count=None, hint=""):
    """What ``fit`` has written down under ``key``, as an array of ``count`` numbers."""
    history = gmm.history
    assert_true(isinstance(history, dict), "history is not a dict of lists.")
    there = key in history
    assert_true(there, f"history has no key {key}.", hint="Look at the spelling of the keys.")
    values, what = history[key], f'history["{key}"]'
    if not isinstance(values, np.ndarray):
        listed = isinstance(values, (list, tuple))
        assert_true(listed, f"{what} is not a list.", hint="Append one number in every iteration.")
        entry = f"an entry of {what}"
        values = np.array([as_scalar(value, what=entry, hint=hint) for value in values])
    count = values.size if count is None else count
    assert_true(
        values.shape == (count,),
        f"{what} does not have one entry for each iteration.",
        detail=f"wanted {count} entries",
        hint="Iterations are numbered from 0 to max_iter, so there are max_iter + 1 of them.",
    )
    return as_array(values, shape=(count,), kind="fi", what=what, hint=hint).astype(np.float64)


def _moving(gmm, count=None):
    """The entries of train_loss, each of which differs from the one before."""
    losses = _column(gmm, "train_loss", count)
    moves = bool((np.diff(losses) != 0).all())
    hint = "The parameters change in every iteration, and so does the loss."
    assert_true(moves, 'history["train_loss"] repeats a number.', hint=hint)
    return losses


def _assert_column(gmm, key, want, tolerance, mistakes, usual):
    """Compare one key's entries with the right ones, and with those of typical mistakes."""
    got = _column(gmm, key, len(want))
    said = (hint for wrong, hint in mistakes if np.allclose(got, wrong, rtol=1e-5, atol=1e-8))
    hint = usual if np.allclose(got, want, rtol=1e-5, atol=1e-8) else next(said, usual)
    assert_close(got, want, **tolerance, what=f'history["{key}"]', hint=hint)


# History


def _whole(parameters):
    """Whether these parameters have a likelihood."""
    finite = all(np.isfinite(value).all() for value in parameters)
    return finite and bool((parameters[2] > 0).all())


def _walked(seen, right):
    """The parameters at the start of each iteration, one more at the end: as the loop had them.

    Those that the E steps saw, where there was one E step in each of the iterations and the
    parameters moved in each; else the right ones.
    """
    moves = all(not np.allclose(a[1], b[1]) for a, b in itertools.pairwise(seen))
    usable = 3 <= len(seen) < len(right) and moves and all(map(_whole, seen))
    return [*seen, right[len(seen)]] if usable else right


def test_fit_history_values(student, part, rng, tolerance):
    """Every entry of history is taken before its iteration's E step, in its own unit."""
    x_ND, x_valid_ND, start = _blobs(rng)
    gmm, seen = _fitted(student, x_ND, x_valid_ND, start, max_iter=4, ftol=NEVER)
    path = _walked(seen, _path(x_ND, start, 5))
    score = np.array([-_neg_log_lik(x_ND, *parameters) for parameters in path])
    penalty = np.array([_penalty(parameters[2]) for parameters in path])
    loss, pixels = penalty - score, x_ND.size
    early = "Write the history down before the iteration's E step, not after its M step."
    per_pixel = "Per pixel: divided by N * D, the number of rows times the number of columns"
    with part(0.4, "train_loss"):
        mistakes = [
            (loss[1:], early),
            (-score[:-1], "The loss is minus the log likelihood plus the penalty."),
            (-(score + penalty)[:-1], "The penalty is added to minus the log likelihood."),
            ((score + penalty)[:-1], "score is the log likelihood; the loss holds minus that."),
            (loss[:-1] / pixels, "train_loss is the whole loss; it has a key per pixel beside it."),
        ]
        usual = "train_loss is minus the log likelihood of x_ND plus the penalty."
        _assert_column(gmm, "train_loss", loss[:-1], tolerance, mistakes, usual)
    with part(0.25, "train_loss_per_pixel"):
        mistakes = [
            (loss[1:] / pixels, early),
            (loss[:-1], f"{per_pixel}."),
            (loss[:-1] / len(x_ND), f"{per_pixel}."),
            (-score[:-1] / pixels, "The loss holds the penalty, per pixel too."),
            (-score[:-1] / pixels + penalty[:-1], "The whole loss is divided, penalty and all."),
            (loss[:-1] / x_valid_ND.size, "Divide by the number of pixels of x_ND."),
        ]
        usual = f"{per_pixel}: train_loss / (N * D)."
        want = loss[:-1] / pixels
        _assert_column(gmm, "train_loss_per_pixel", want, tolerance, mistakes, usual)
    with part(0.25, "train_score_per_pixel"):
        mistakes = [
            (score[1:] / pixels, early),
            (score[:-1], f"{per_pixel}."),
            (score[:-1] / len(x_ND), f"{per_pixel}."),
            (-score[:-1] / pixels, "A score is the log likelihood itself: higher is better."),
            (-loss[:-1] / pixels, "A score has no penalty in it."),
        ]
        usual = f"{per_pixel}: the log likelihood of x_ND / (N * D)."
        want = score[:-1] / pixels
        _assert_column(gmm, "train_score_per_pixel", want, tolerance, mistakes, usual)
    with part(0.1, "iter"):
        # Numbering alone earns nothing.
        _moving(gmm, 5)
        hint = "Iterations are numbered 0, 1, ..., max_iter."
        counted = _column(gmm, "iter", 5)
        assert_close(counted, np.arange(5.0), rtol=0, atol=0, what='history["iter"]', hint=hint)


def test_fit_valid_score(student, part, rng, tolerance):
    """valid_score_per_pixel is the validation data's log likelihood per pixel of these data."""
    x_ND, x_valid_ND, start = _blobs(rng)
    with part(0.8, "with validation data"):
        gmm, seen = _fitted(student, x_ND, x_valid_ND, start, max_iter=3, ftol=NEVER)
        path = _walked(seen, _path(x_ND, start, 4))
        score = np.array([-_neg_log_lik(x_valid_ND, *parameters) for parameters in path])
        train = np.array([-_neg_log_lik(x_ND, *parameters) for parameters in path])[:-1]
        early = score[:-1]
        want = early / x_valid_ND.size
        mistakes = [
            (-want, "A score is the log likelihood itself, without a minus: higher is better."),
            (early / x_ND.size, "Divide by the number of pixels of x_valid_ND, not of x_ND."),
            (train / x_ND.size, "This is the score of x_ND; the data here are x_valid_ND."),
            (train / x_valid_ND.size, "This is the score of x_ND; the data here are x_valid_ND."),
            (early, "Per pixel: divide by the number of rows and columns of x_valid_ND."),
            (early / len(x_valid_ND), "Divide by the number of columns too."),
            (score[1:] / x_valid_ND.size, "Score before the iteration's E step."),
        ]
        usual = "The log likelihood of x_valid_ND, divided by its rows times its columns."
        _assert_column(gmm, "valid_score_per_pixel", want, tolerance, mistakes, usual)
    with part(0.2, "without validation data"):
        gmm, _ = _fitted(student, x_ND, None, start, max_iter=1, ftol=NEVER)
        _ended(gmm, start)


# Parameters


def test_fit_parameters(student, part, rng, tolerance):
    """After iterations 0 to max_iter the parameters are those of as many E and M steps."""
    x_ND, x_valid_ND, start = _blobs(rng)
    path, with_old_mu = _path(x_ND, start, 6), _path(x_ND, start, 6, old_mu=True)
    old = "stddev_KD is computed around the old means: set self.mu_KD first."
    few = "max_iter is the number of the last iteration; the first is 0, and each has an M step."
    for share, iterations in ((0.3, 1), (0.3, 2), (0.4, 5)):
        when = f"with max_iter={iterations - 1}"
        with part(share, f"the parameters {when}"):
            settings = {"max_iter": iterations - 1, "ftol": NEVER}
            gmm, _ = _fitted(student, x_ND, x_valid_ND, start, **settings)
            wrong = [
                (with_old_mu[iterations], old),
                (path[iterations - 1], few),
                (path[iterations + 1], few),
            ]
            _assert_parameters(gmm, path[iterations], tolerance, when, wrong=wrong)


def _assert_start(gmm, seen, x_ND, start, tolerance, when, hint):
    """The first E step had these parameters, and others came out."""
    _ended(gmm, start)
    if seen:
        for name, got, want in zip(PARAMETERS, seen[0], start, strict=True):
            what = f"{name} at the first E step, {when}"
            assert_close(got, want, **tolerance, what=what, hint=hint)
    else:
        # A loop that has its own E step.
        _assert_parameters(gmm, _path(x_ND, start, 2)[2], tolerance, when, hint)


def test_fit_keeps_start(student, part, rng, tolerance):
    """Parameters already set are the start; otherwise generate_initial_parameters gives it."""
    x_ND, x_valid_ND, start = _blobs(rng)
    other = np.log([0.2, 0.5, 0.3]), x_ND[:3] + 0.5, _wide(3) + 1.0
    seen = _pin(student)
    name = "GMM_PenalizedMLEstimator_EM.generate_initial_parameters"
    student.replace(name, lambda *args, **kwargs: other)
    with part(0.6, "parameters that are set"):
        gmm = _estimator(student, 3, start, max_iter=1, ftol=NEVER)
        gmm.fit(x_ND, x_valid_ND, verbose=False)
        hint = "Call generate_initial_parameters only where the object has no parameters yet."
        _assert_start(gmm, seen, x_ND, start, tolerance, "parameters being set", hint)
    seen.clear()
    with part(0.4, "no parameters yet"):
        gmm = _estimator(student, 3, max_iter=1, ftol=NEVER)
        gmm.fit(x_ND, x_valid_ND, verbose=False)
        hint = "generate_initial_parameters(x_ND) returns log_pi_K, mu_KD and stddev_KD."
        _assert_start(gmm, seen, x_ND, other, tolerance, "no parameters being set", hint)


def test_fit_few_rows(student, reference, rng, tolerance):
    """fit works with fewer rows than components, from generate_initial_parameters."""
    x_ND, x_valid_ND = rng.normal(size=(2, 2)), rng.normal(size=(3, 2))
    seen = _pin(student)
    settings = {"seed": 11, "max_iter": 1, "ftol": NEVER}
    gmm = _estimator(student, 4, **settings)
    start = _estimator(reference, 4, **settings).generate_initial_parameters(x_ND)
    gmm.fit(x_ND, x_valid_ND, verbose=False)
    hint = "generate_initial_parameters(x_ND) copes with few rows, and so does every step."
    _assert_start(gmm, seen, x_ND, start, tolerance, "N being 2 and K 4", hint)


def test_fit_empty_data(student, rng, tolerance):
    """Without rows fit moves only the standard deviations, to the root of m."""
    _, x_valid_ND, start = _blobs(rng)
    x_ND = np.zeros((0, 2))
    gmm, _ = _fitted(student, x_ND, x_valid_ND, start, max_iter=2, ftol=NEVER)
    want = start[0], start[1], np.full((3, 2), np.sqrt(M))
    hint = "The M step of stddev_KD is done for any N; weights and means need rows."
    _assert_parameters(gmm, want, tolerance, "without rows", hint)
    hint = "Per pixel: divide by max(N, 1) * D, so that nothing is divided by 0."
    for key in ("train_loss", "train_loss_per_pixel"):
        _column(gmm, key, 3, hint)


# The end of the loop


def _falls(losses):
    """How far the loss fell in each iteration from 1 on, as the stopping rule sees it."""
    old, new = losses[:-1], losses[1:]
    return (old - new) / np.maximum(np.maximum(np.abs(old), np.abs(new)), 1.0)


def _end(losses, ftol, max_iter):
    """The iteration in which a loop with these losses has to end."""
    low = np.flatnonzero(_falls(losses)[1:] <= ftol)
    return int(low[0]) + 2 if low.size else max_iter


def test_fit_stopping(student, part, rng):
    """From iteration 2 on fit stops when the loss falls by ftol of its size or less."""
    x_ND, x_valid_ND, start = _blobs(rng)
    # So small a scale that the loss per pixel is below 1: its fall is not that of the loss.
    x_ND, x_valid_ND, start = x_ND / 4, x_valid_ND / 4, (start[0], start[1] / 4, _wide(3) / 6)
    falls = _falls(np.array([_loss(x_ND, parameters) for parameters in _path(x_ND, start, 20)]))
    # An iteration that falls clearly, but not much, less than all before it: the next one, the
    # one before, and other forms of the rule end elsewhere.
    drops = {t: float(falls[: t - 1].min() / falls[t - 1]) for t in range(5, 21)}
    last = min(drops, key=lambda t: abs(drops[t] - 1.2))
    ftol = float(1.05 * falls[last - 1])
    large = x_ND, x_valid_ND, start
    # So many rows so close together that the loss is below 0: its size has no sign.
    x_ND, x_valid_ND, start = _blobs(rng, N=200)
    below = x_ND / 100, x_valid_ND / 100, (start[0], start[1] / 100, _wide(3) / 20)
    # One component is where it ends after one iteration, and the loss stays to the last digit.
    still = x_ND, x_valid_ND, (np.zeros(1), start[1][:1], start[2][:1])
    runs = [
        (0.5, "the iteration in which the loss has stopped falling", large, ftol, 29),
        (0.3, "iteration 2 as the earliest end", large, 10.0, 29),
        (0.1, "a loss below 0", below, 0.0, 6),
        (0.1, "a loss that stays the same, with ftol=0", still, 0.0, 6),
    ]
    for share, what, (x_ND, x_valid_ND, start), limit, max_iter in runs:
        with part(share, what):
            gmm, _ = _fitted(student, x_ND, x_valid_ND, start, max_iter=max_iter, ftol=limit)
            # By the submission's own losses: what they have to be is another case.
            losses = _column(gmm, "train_loss") if len(start[0]) == 1 else _moving(gmm)
            ran = len(losses) - 1
            assert_true(ran >= 1, "fit ends after the first iteration.")
            end = _end(losses, limit, max_iter)
            when = "later" if ran > end else "earlier"
            assert_true(
                ran == end,
                f"fit ends {when} than its stopping rule says.",
                detail=f"the last iteration was {ran}, with ftol={limit:.6g} and "
                f"max_iter={max_iter}",
                hint="At the end of an iteration from 2 on, with old and new the last two entries "
                "of train_loss: (old - new) / max(|old|, |new|, 1) <= ftol.",
            )


def test_fit_loss_never_rises(student, rng):
    """With the double check on no step of fit raises the loss, and none of the checks fails."""
    x_ND, x_valid_ND, start = _blobs(rng)
    settings = {"max_iter": 12, "ftol": NEVER, "do_double_check_correctness": True}
    gmm, seen = _fitted(student, x_ND, x_valid_ND, start, **settings)
    # The loss of the parameters themselves, by our own formula.
    path = [start, *filter(_whole, seen), _ended(gmm, start)]
    losses = np.array([_loss(x_ND, parameters) for parameters in path])
    detail = "the loss: " + ", ".join(f"{value:.6g}" for value in losses)
    rises = bool((np.diff(losses) > 1e-9 * abs(losses[0])).any())
    assert_true(not rises, "The loss rises.", detail=detail, hint=ORDER)
    falls = bool(losses[-1] < losses[0] - 1e-3 * abs(losses[0]))
    assert_true(falls, "The loss does not fall.", detail=detail, hint=ORDER)


def test_fit_keeps_input(student, rng):
    """fit leaves x_ND and x_valid_ND as they were."""
    x_ND, x_valid_ND, start = _blobs(rng)
    _pin(student)
    kept, kept_valid = student.put(x_ND), student.put(x_valid_ND)
    gmm = _estimator(student, 3, start, max_iter=3)
    gmm.fit(kept, kept_valid, verbose=False)
    assert_unchanged(student.fetch(kept), x_ND, what="x_ND")
    assert_unchanged(student.fetch(kept_valid), x_valid_ND, what="x_valid_ND")
