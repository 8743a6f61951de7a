"""The likelihood for autograd: its values by SciPy, its gradients by formula and by differences."""

import numpy as np
from scipy.special import logsumexp
from scipy.stats import norm

from autograder.compare import as_array, assert_close, unpack

SIZES = [(7, 3, 4, 1.0), (5, 4, 2, 30.0), (9, 1, 3, 0.2), (1, 2, 5, 1.0), (6, 5, 1, 1.0)]
"""N, K, D and the scale of rows, means and deviations."""


def _joint(x_ND, log_pi_K, mu_KD, stddev_KD):
    """log pi + log density, (N, K)."""
    return log_pi_K + norm.logpdf(x_ND[:, None, :], mu_KD, stddev_KD).sum(axis=2)


def _neg_log_lik(*mixture):
    return -float(logsumexp(_joint(*mixture), axis=1).sum())


def _gradients(x_ND, log_pi_K, mu_KD, stddev_KD):
    """In log_pi_K, mu_KD and stddev_KD; with r the responsibilities (Bishop, PRML, 9.2.2)."""
    joint_NK = _joint(x_ND, log_pi_K, mu_KD, stddev_KD)
    r_NK = np.exp(joint_NK - logsumexp(joint_NK, axis=1, keepdims=True))
    z_NKD = (x_ND[:, None, :] - mu_KD) / stddev_KD
    in_mu_KD = -np.einsum("nk,nkd->kd", r_NK, z_NKD) / stddev_KD
    in_stddev_KD = -np.einsum("nk,nkd->kd", r_NK, z_NKD**2 - 1) / stddev_KD
    return -r_NK.sum(axis=0), in_mu_KD, in_stddev_KD


def _differences(x_ND, *parameters, step=1e-5):
    """The same three gradients by central differences."""
    gradients = []
    for i, values in enumerate(parameters):
        gradient = np.zeros(values.shape)
        for place in np.ndindex(values.shape):
            sides = []
            for sign in (1, -1):
                moved = [p.copy() for p in parameters]
                moved[i][place] += sign * step
                sides.append(_neg_log_lik(x_ND, *moved))
            gradient[place] = (sides[0] - sides[1]) / (2 * step)
        gradients.append(gradient)
    return gradients


def _mixture(rng, N, K, D, scale=1.0):
    """Rows and a mixture of unequal weights and deviations whose components overlap."""
    log_pi_K = np.log(rng.dirichlet(np.full(K, 3.0)))
    stddev_KD = scale * np.exp(rng.uniform(np.log(0.6), np.log(3.0), (K, D)))
    return (
        scale * rng.uniform(-2.0, 2.0, (N, D)),
        log_pi_K,
        scale * rng.uniform(-1.0, 1.0, (K, D)),
        stddev_KD,
    )


def _judge_gradients(student, mixture, wants, tolerance, size):
    given = student.module("neg_log_lik_gradient")
    names = ("log_pi_K", "mu_KD", "stddev_KD")
    _, *gots = unpack(given.neg_log_lik_and_gradients(*mixture), ("the value", *names))
    hint = (
        "The value is right where the gradient is wrong if a step is hidden from autograd: a "
        "function of plain numpy, a value written into an array, float(...)."
    )
    for name, got, want in zip(names, gots, wants, strict=True):
        what = f"the gradient in {name} with {size}"
        if name == "log_pi_K":
            got = as_array(got, shape=want.shape, kind="f", what=what, hint=hint)
            # L-BFGS moves log_pi_K along sum(pi) = 1 only, where it is the same to normalize it
            # inside or not.
            other = want + len(mixture[0]) * np.exp(mixture[1])
            want = min(want, other, key=lambda w: float(np.abs(got - w).sum()))
        assert_close(got, want, **tolerance, what=what, hint=hint)


def test_ag_neg_log_lik_values(student, rng, tolerance):
    """calc_neg_log_lik for autograd is right for any N, K and D, as it is in problem 1."""
    for N, K, D, scale in SIZES:
        mixture = _mixture(rng, N, K, D, scale)
        assert_close(
            student.calc_neg_log_lik(*mixture),
            _neg_log_lik(*mixture),
            **tolerance,
            float32_ok=True,
            what=f"calc_neg_log_lik with N={N}, K={K}, D={D}",
            hint="Per row: logsumexp over the K components of log pi plus the log densities of all "
            "D columns; stddev_KD holds standard deviations, not variances.",
        )


def test_ag_neg_log_lik_far_points(student, part, rng, tolerance):
    """calc_neg_log_lik for autograd stays right where every density is 0 as a float."""
    hint = "Stay in log space: logsumexp of autograd.scipy.special, and no constant under a log."
    log_pi_K = np.log([0.3, 0.7])
    with part(0.6, "rows 1000 away from components that are 0.001 wide"):
        mu_KD = rng.uniform(-1.0, 1.0, (2, 3))
        x_ND = rng.uniform(-1.0, 1.0, (4, 3)) + 1000.0
        mixture = (x_ND, log_pi_K, mu_KD, np.full((2, 3), 1e-3))
        got, want = student.calc_neg_log_lik(*mixture), _neg_log_lik(*mixture)
        assert_close(got, want, **tolerance, what="calc_neg_log_lik", hint=hint)
    with part(0.4, "rows inside one narrow component and 1000 away from the other"):
        mu_KD = np.array([[0.0, 0.0, 0.0], [1000.0, 0.0, 0.0]])
        stddev_KD = np.array([[1e-3, 1e-3, 1e-3], [1.0, 1.0, 1.0]])
        mixture = (1e-3 * rng.normal(size=(5, 3)), log_pi_K, mu_KD, stddev_KD)
        got, want = student.calc_neg_log_lik(*mixture), _neg_log_lik(*mixture)
        assert_close(got, want, **tolerance, what="calc_neg_log_lik", hint=hint)


def test_ag_gradient_central_differences(student, rng, tolerance):
    """The gradients that autograd finds agree with central differences, for any N, K and D."""
    for N, K, D, scale in SIZES:
        mixture = _mixture(rng, N, K, D, scale)
        size = f"N={N}, K={K}, D={D}"
        _judge_gradients(student, mixture, _differences(*mixture), tolerance, size)


def test_ag_gradient_many_dimensions(student, rng, tolerance):
    """The gradients are right for 400 columns, where a product of densities is 0 or infinite."""
    mixture = _mixture(rng, 6, 3, 400)
    _judge_gradients(student, mixture, _gradients(*mixture), tolerance, "N=6, K=3, D=400")


def test_ag_speed(student, rng, budget):
    """calc_neg_log_lik for autograd has no Python loop over rows."""
    budget("calc_neg_log_lik", *_mixture(rng, 5000, 4, 3))
