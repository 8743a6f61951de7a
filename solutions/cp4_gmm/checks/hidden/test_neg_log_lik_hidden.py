"""calc_neg_log_lik against SciPy, at the edges, and its speed."""

import numpy as np
from scipy.special import logsumexp
from scipy.stats import norm

from autograder.compare import as_scalar, assert_close, assert_unchanged

HINT = (
    "log NormPDF(x; mu, sigma) is -log(2 pi) / 2 - log(sigma) - (x - mu)^2 / (2 sigma^2); sum it "
    "over the dimensions, add log pi_k, and take the logsumexp over the components."
)
SIZES = [(11, 4, 3, 1.0), (7, 3, 5, 30.0), (2, 5, 1, 0.05), (9, 2, 4, 1.0), (11, 4, 3, 1.0)]
"""N, K, D and the scale of rows, means and deviations; all unlike, one of them twice."""


def _log_pdf(x_ND, mu_KD, stddev_KD):
    """(N, K, D) array of log densities, by SciPy."""
    return norm.logpdf(x_ND[:, None, :], mu_KD, stddev_KD)


def _neg_log_lik(x_ND, log_pi_K, mu_KD, stddev_KD):
    joint_NK = log_pi_K + _log_pdf(x_ND, mu_KD, stddev_KD).sum(axis=2)
    return -float(logsumexp(joint_NK, axis=1).sum())


def _mistakes(x_ND, log_pi_K, mu_KD, stddev_KD):
    """What typical mistakes give, each with what to say about it."""
    (N, D), K = x_ND.shape, len(mu_KD)
    args = log_pi_K, mu_KD, stddev_KD
    right = _neg_log_lik(x_ND, *args)
    constant = 0.5 * np.log(2 * np.pi)
    return [
        (-right, "It is the negative log likelihood: there is a minus in front."),
        (right / N, "Sum over the rows; there is no mean."),
        (right / (N * D), "Sum over the rows; nothing is divided by the number of pixels."),
        (
            _neg_log_lik(x_ND, np.zeros(K), mu_KD, stddev_KD),
            "log_pi_K[k] belongs to component k's part of the logsumexp.",
        ),
        (
            _neg_log_lik(x_ND, np.exp(log_pi_K), mu_KD, stddev_KD),
            "log_pi_K holds logarithms already: add it as it is, without exp.",
        ),
        (
            _neg_log_lik(x_ND, np.full(K, -np.log(K)), mu_KD, stddev_KD),
            "The components have unlike weights: those of log_pi_K.",
        ),
        (right - N * D * constant, "Each of the D dimensions brings -log(2 pi) / 2."),
        (right + N * D * constant, "-log(2 pi) has a factor of 1/2 in front."),
        (
            right - N * (D - 1) * constant,
            "A row brings D times -log(2 pi) / 2, one for each dimension.",
        ),
        (
            _neg_log_lik(x_ND, log_pi_K, mu_KD, np.sqrt(stddev_KD)),
            "stddev_KD is a standard deviation: the exponent holds its square.",
        ),
        (
            _neg_log_lik(x_ND, log_pi_K, mu_KD, stddev_KD**2),
            "stddev_KD is the standard deviation already: do not square it for norm.logpdf.",
        ),
        (
            -float((log_pi_K + _log_pdf(x_ND, mu_KD, stddev_KD).sum(axis=2)).sum()),
            "Over the components it is the log of a sum, not a sum of logs.",
        ),
    ]


def _judge(student, args, tolerance, what, hint=HINT):
    """One call compared with SciPy's number; ``hint`` where no typical mistake is recognized."""
    got = student.calc_neg_log_lik(*args)
    value = as_scalar(got, finite=False, what=what, hint=hint)
    want = _neg_log_lik(*args)
    with np.errstate(all="ignore"):
        said = (text for wrong, text in _mistakes(*args) if np.isclose(value, wrong, rtol=1e-6))
        hint = next(said, hint)
    assert_close(got, want, **tolerance, float32_ok=True, what=what, hint=hint)


def _mixture(rng, K, D, scale=1.0):
    """Unequal weights, unlike deviations; components that overlap."""
    log_pi_K = np.log(rng.dirichlet(np.full(K, 3.0)))
    stddev_KD = scale * np.exp(rng.uniform(np.log(0.75), np.log(4.0), (K, D)))
    return log_pi_K, scale * rng.uniform(-1.0, 1.0, (K, D)), stddev_KD


def _rows(rng, N, mu_KD, stddev_KD):
    """Rows within two deviations of a component: far ones have a case of their own."""
    k = rng.integers(len(mu_KD), size=N)
    return mu_KD[k] + stddev_KD[k] * rng.uniform(-2.0, 2.0, (N, mu_KD.shape[1]))


def _draw(rng, N, K, D, scale=1.0):
    """x_ND and the parameters, as calc_neg_log_lik takes them."""
    log_pi_K, mu_KD, stddev_KD = _mixture(rng, K, D, scale)
    return _rows(rng, N, mu_KD, stddev_KD), log_pi_K, mu_KD, stddev_KD


def test_neg_log_lik_values(student, rng, tolerance):
    """calc_neg_log_lik is minus the sum of the rows' log densities, for any N, K and D."""
    for N, K, D, scale in SIZES:
        what = f"the negative log likelihood with N={N}, K={K}, D={D}"
        _judge(student, _draw(rng, N, K, D, scale), tolerance, what)


def test_neg_log_lik_one_component(student, rng, tolerance):
    """With one component calc_neg_log_lik is that of a single Gaussian."""
    for N, D, scale in ((6, 4, 1.0), (1, 3, 20.0)):
        what = f"the negative log likelihood with N={N}, K=1, D={D}"
        _judge(student, _draw(rng, N, 1, D, scale), tolerance, what)


def test_neg_log_lik_many_dimensions(student, rng, tolerance):
    """calc_neg_log_lik is right in 400 dimensions, where a product of densities is 0 or inf."""
    hint = "Add up logarithms over the dimensions instead of multiplying densities."
    for scale in (20.0, 0.02):
        what = "the negative log likelihood in 400 dimensions"
        _judge(student, _draw(rng, 6, 3, 400, scale), tolerance, what, hint)


def test_neg_log_lik_far_points(student, part, rng, tolerance):
    """calc_neg_log_lik is right for rows so far away that every density is 0 as a float."""
    hint = (
        "exp of the log density is 0 there, and its logarithm -inf or, with a constant added, that "
        "of the constant. logsumexp takes out the largest log density before it uses exp."
    )
    with part(0.5, "rows 50 standard deviations away"):
        log_pi_K, mu_KD, stddev_KD = _mixture(rng, 3, 2)
        x_ND = np.concatenate([mu_KD + 50 * stddev_KD, mu_KD - 60 * stddev_KD])
        what = "the negative log likelihood, 50 standard deviations away"
        _judge(student, (x_ND, log_pi_K, mu_KD, stddev_KD), tolerance, what, hint)
    with part(0.5, "components 1e-3 wide, rows 1e3 away"):
        log_pi_K, mu_KD, stddev_KD = _mixture(rng, 3, 2)
        x_ND = rng.choice([-1e3, 1e3], (5, 2)) + rng.normal(size=(5, 2))
        what = "the negative log likelihood, components 1e-3 wide and rows 1e3 away"
        _judge(student, (x_ND, log_pi_K, mu_KD, 1e-3 * stddev_KD), tolerance, what, hint)


def test_neg_log_lik_zero_weight(student, rng, tolerance):
    """A component of weight 0, whose log_pi is -inf, takes no part in calc_neg_log_lik."""
    x_ND, log_pi_K, mu_KD, stddev_KD = _draw(rng, 6, 3, 2)
    log_pi_K = np.array([np.log(0.7), -np.inf, np.log(0.3)])
    what = "the negative log likelihood with a weight of 0"
    hint = "exp(-inf) is 0, but 0 * -inf is NaN."
    _judge(student, (x_ND, log_pi_K, mu_KD, stddev_KD), tolerance, what, hint)


def test_neg_log_lik_real_size(student, rng, tolerance):
    """calc_neg_log_lik is right for 1500 images of 400 pixels and 8 components."""
    N, K, D = 1500, 8, 400
    log_pi_K = np.log(rng.dirichlet(np.full(K, 3.0)))
    mu_KD, stddev_KD = rng.uniform(-0.9, 0.5, (K, D)), rng.uniform(0.15, 0.9, (K, D))
    x_ND = mu_KD[rng.integers(K, size=N)] + 0.3 * rng.normal(size=(N, D))
    x_ND = np.clip(x_ND, -1.0, 1.0)
    joint_NK = np.empty((N, K))
    for k in range(K):
        z_ND = (x_ND - mu_KD[k]) / stddev_KD[k]
        joint_NK[:, k] = log_pi_K[k] - 0.5 * (z_ND**2).sum(axis=1) - np.log(stddev_KD[k]).sum()
    want = -float(logsumexp(joint_NK - 0.5 * D * np.log(2 * np.pi), axis=1).sum())
    assert_close(
        student.calc_neg_log_lik(x_ND, log_pi_K, mu_KD, stddev_KD),
        want,
        **tolerance,
        float32_ok=True,
        what="the negative log likelihood with N=1500, K=8, D=400",
        hint="Stay in logarithms and in float64; loop over components, not over rows.",
    )


def test_neg_log_lik_speed(budget, rng):
    """calc_neg_log_lik has no loop over rows, in time, and no N x N array, in memory."""
    budget("calc_neg_log_lik", *_draw(rng, 20_000, 4, 3))


def test_neg_log_lik_keeps_input(student, rng):
    """calc_neg_log_lik leaves its four arguments as they were."""
    args = _draw(rng, 6, 3, 2)
    kept = [student.put(value) for value in args]
    student.calc_neg_log_lik(*kept)
    for handle, value, what in zip(
        kept, args, ("x_ND", "log_pi_K", "mu_KD", "stddev_KD"), strict=True
    ):
        assert_unchanged(student.fetch(handle), value, what=what)
