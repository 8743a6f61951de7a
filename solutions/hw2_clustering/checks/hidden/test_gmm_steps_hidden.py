"""The steps of GMM: start, joint log-likelihood, E step and M step, each judged alone."""

import numpy as np
from scipy.special import softmax
from scipy.stats import norm

from autograder.compare import (
    as_array,
    assert_close,
    assert_probabilities,
    assert_true,
    assert_unchanged,
    unpack,
)

COMPONENTS = ("pi", "mu", "sigma")


def _joint(points, pi, mu, sigma):
    """log pi + log density, (N, K), by SciPy; a component of weight 0 gets -inf."""
    with np.errstate(divide="ignore"):
        return np.log(pi) + norm.logpdf(points[:, None, :], mu, sigma).sum(axis=2)


def _nearer(got, *wants):
    """Of several right answers the one that ``got`` comes nearest to."""
    return min(wants, key=lambda want: float(np.abs(got - want).sum()))


def _mixture(rng, K, D, scale=1.0):
    """Unequal weights, unequal deviations; components that overlap."""
    pi = rng.dirichlet(np.full(K, 3.0))
    sigma = scale * np.exp(rng.uniform(np.log(0.75), np.log(4.0), (K, D)))
    return pi, scale * rng.uniform(-1.0, 1.0, (K, D)), sigma


def _points(rng, N, D, scale=1.0):
    """Points at most 4 sigma away from every component: far ones have a case of their own."""
    return scale * rng.uniform(-2.0, 2.0, (N, D))


SIZES = [(11, 4, 3, 1.0), (7, 3, 5, 30.0), (6, 1, 2, 0.05), (2, 5, 1, 1.0), (11, 4, 3, 1.0)]
"""N, K, D and the scale of points, means and deviations."""


# Initial components


def test_init_components_finite(student, reference, rng):
    """_init_components gives a finite start with sigma above zero for any points, N, K and D."""
    steps = reference.KMeans()
    student.replace("pairwise_dist", reference.pairwise_dist)
    for name in ("_init_centers", "_update_assignment", "_update_centers", "_get_loss"):
        student.replace(f"KMeans.{name}", getattr(steps, name))
    gmm = student.GMM()
    pixels = rng.integers(0, 256, (60, 3)).astype(np.float32)
    repeated = np.repeat([[1.0, 5.0], [2.0, 5.0], [9.0, 5.0]], 10, axis=0)  # one constant column
    for points, K in [(rng.normal(3.0, 0.5, (40, 5)), 4), (pixels, 6), (repeated, 3), (pixels, 1)]:
        D = points.shape[1]
        pi, mu, sigma = unpack(gmm._init_components(points, K), COMPONENTS)
        assert_probabilities(pi, shape=[(K,), (1, K)], atol=1e-6, what="pi")
        as_array(mu, shape=(K, D), kind="f", what="mu")
        sigma = as_array(sigma, shape=(K, D), kind="f", what="sigma")
        assert_true(
            bool((sigma > 0).all()),
            "Sigma: a standard deviation is not above zero.",
            hint="Points may repeat, and a column may be constant; the density divides by sigma.",
        )


# Joint log-likelihood


def _assert_differences(got, points, pi, mu, sigma, hint):
    """The rows of ll (N, K) minus the first row are right, with sigma read in either way.

    The difference holds neither log pi nor the constant, which are judged by cases of their own.
    """
    wants = [_joint(points, pi, mu, s) for s in (sigma, np.sqrt(sigma))]
    got = got - got[0]
    want = _nearer(got, *(w - w[0] for w in wants))
    eps = 1e-5 if got.dtype == np.float32 else 1e-8
    atol = eps * (1 + float(np.abs(wants).max()))
    what = "ll minus its first row"
    assert_close(got, want, rtol=1e-6, float32_ok=True, atol=atol, what=what, hint=hint)


def test_ll_joint_values(student, rng, tolerance):
    """ll[i, k] is log pi[k] plus the log density of point i under component k, for any N, K, D."""
    gmm = student.GMM()
    for N, K, D, scale in SIZES:
        pi, mu, sigma = _mixture(rng, K, D, scale)
        points = _points(rng, N, D, scale)
        what = f"ll with N={N}, K={K}, D={D}"
        got = as_array(gmm._ll_joint(points, pi, mu, sigma), shape=(N, K), kind="f", what=what)
        # ``ll_joint_sigma_is_deviation`` alone judges how sigma is read.
        want = _nearer(got, *(_joint(points, pi, mu, s) for s in (sigma, np.sqrt(sigma))))
        hint = "In each dimension: -log(sqrt(2 pi) sigma) - (x - mu)^2 / (2 sigma^2); then log pi."
        assert_close(got, want, **tolerance, float32_ok=True, what=what, hint=hint)


def test_ll_joint_far_points(student, part, rng):
    """_ll_joint is right 50 sigma away from a component, where its density is 0 as a float."""
    hint = "Write down the logarithm of the density on paper: no exp is left in it."
    gmm = student.GMM()
    with part(0.7, "points 50 sigma away"):
        pi, mu, sigma = _mixture(rng, 3, 3)
        points = np.concatenate([mu + 50 * sigma, mu - 50 * sigma])
        got = as_array(gmm._ll_joint(points, pi, mu, sigma), shape=(6, 3), kind="f", what="ll")
        _assert_differences(got, points, pi, mu, sigma, hint)
    with part(0.3, "sigma of 1e-4"):
        pi, mu, sigma = np.array([0.3, 0.7]), rng.normal(size=(2, 2)), np.full((2, 2), 1e-4)
        points = mu[0] + sigma[0] * rng.normal(size=(5, 2))
        got = as_array(gmm._ll_joint(points, pi, mu, sigma), shape=(5, 2), kind="f", what="ll")
        _assert_differences(got, points, pi, mu, sigma, hint)


def test_ll_joint_many_dimensions(student, rng):
    """_ll_joint is right for 400 dimensions, where a product of densities is 0 or infinite."""
    for scale in (20.0, 0.02):
        pi, mu, sigma = _mixture(rng, 3, 400, scale)
        points = _points(rng, 5, 400, scale)
        hint = "Add up logarithms over the dimensions instead of multiplying densities."
        got = student.GMM()._ll_joint(points, pi, mu, sigma)
        got = as_array(got, shape=(5, 3), kind="f", what="ll", hint=hint)
        _assert_differences(got, points, pi, mu, sigma, hint)


def test_ll_joint_sigma_is_deviation(student, rng):
    """The sigma that _ll_joint takes is the standard deviation, not the variance."""
    pi, mu = np.array([0.4, 0.6]), np.array([[0.0, 1.0], [2.0, -1.0]])
    sigma = np.array([[0.8, 3.0], [2.0, 0.7]])
    points = _points(rng, 6, 2)
    got = student.GMM()._ll_joint(points, pi, mu, sigma)
    got = as_array(got, shape=(6, 2), kind="f", what="ll")
    got = got - got[0]
    deviation, variance = (_joint(points, pi, mu, s) for s in (sigma, np.sqrt(sigma)))
    deviation, variance = deviation - deviation[0], variance - variance[0]
    if np.allclose(got, variance, rtol=1e-3, atol=1e-3) and _gives_variances(student):
        return  # consistent in variances: ``m_step_sigma_is_deviation`` says so and charges it
    assert_close(
        got,
        deviation,
        rtol=1e-5,
        float32_ok=True,
        atol=1e-5,
        what="ll minus its first row",
        hint="Sigma is a standard deviation: the exponent divides by its square, and the "
        "factor in front by sigma itself.",
    )


def _gives_variances(student):
    points, gamma = np.array([[0.0], [6.0]]), np.ones((2, 1))
    _, _, sigma = unpack(student.GMM()._M_step(points, gamma), COMPONENTS, what="_M_step")
    sigma = as_array(sigma, shape=(1, 1), kind="f", what="sigma of _M_step")
    return bool(abs(sigma[0, 0] - 9.0) < 1e-3)


def test_ll_joint_zero_weight(student, rng):
    """A component of weight 0 gets -inf or a very negative number, never NaN; others stay right."""
    _, mu, sigma = _mixture(rng, 3, 2)
    pi, points = np.array([0.6, 0.0, 0.4]), _points(rng, 5, 2)
    got = student.GMM()._ll_joint(points, pi, mu, sigma)
    got = as_array(got, shape=(5, 3), kind="f", finite=False, what="ll")
    hint = "log(0) is -inf, and -inf plus a finite number is -inf."
    assert_true(not bool(np.isnan(got).any()), "ll holds NaN.", hint=hint)
    weightless = np.stack([norm.logpdf(points, mu[1], s).sum(axis=1)
                           for s in (sigma[1], np.sqrt(sigma[1]))])  # fmt: skip
    low = bool((got[:, 1] < weightless.max(axis=0) - 10).all())
    assert_true(low, "The component of weight 0 is not far below its density.", hint=hint)
    others = as_array(got[:, [0, 2]], what="ll of the other components", hint=hint)
    _assert_differences(others, points, pi[[0, 2]], mu[[0, 2]], sigma[[0, 2]], hint)


def test_ll_joint_keeps_input(student, rng):
    """_ll_joint leaves points, pi, mu and sigma as they were."""
    values = (rng.normal(size=(6, 2)), *_mixture(rng, 3, 2))
    kept = [student.put(value) for value in values]
    student.GMM()._ll_joint(*kept)
    for handle, value, what in zip(kept, values, ("points", *COMPONENTS), strict=True):
        assert_unchanged(student.fetch(handle), value, what=what)


# E step


def _pin_e_step(student):
    """Let the helpers of the E step be ours."""
    student.replace("GMM._ll_joint", _joint)
    student.replace("softmax", lambda logits: softmax(logits, axis=1))


def _gamma(points, pi, mu, sigma):
    return softmax(_joint(points, pi, mu, sigma), axis=1)


def test_e_step_values(student, rng, tolerance):
    """gamma[i, k] is the probability that point i comes from component k, for any N, K and D."""
    gmm = student.GMM()
    _pin_e_step(student)
    for N, K, D, scale in SIZES:
        pi, mu, sigma = _mixture(rng, K, D, scale)
        points = _points(rng, N, D, scale)
        what = f"gamma with N={N}, K={K}, D={D}"
        got = as_array(gmm._E_step(points, pi, mu, sigma), shape=(N, K), kind="f", what=what)
        want = _nearer(got, *(_gamma(points, pi, mu, s) for s in (sigma, np.sqrt(sigma))))
        hint = "pi[k] N(x_i; k) over the sum of that over all K; ll holds the log of pi[k] N."
        assert_close(got, want, **tolerance, float32_ok=True, what=what, hint=hint)


def test_e_step_far_points(student, tolerance):
    """_E_step gives probabilities for points so far away that every density is 0 as a float."""
    _pin_e_step(student)
    pi, mu, sigma = np.array([0.2, 0.8]), np.array([[-1.0, 0.0], [1.0, 0.0]]), np.ones((2, 2))
    points = np.array([[0.0, 80.0], [0.3, -90.0], [-0.8, 400.0], [0.0, 1.0]])
    assert_close(
        student.GMM()._E_step(points, pi, mu, sigma),
        _gamma(points, pi, mu, sigma),
        **tolerance,
        float32_ok=True,
        what="gamma",
        hint="exp(ll) is 0 for every component there, and 0 / 0 is NaN: softmax knows better.",
    )


def test_e_step_keeps_input(student, rng):
    """_E_step leaves points, pi, mu and sigma as they were."""
    _pin_e_step(student)
    values = (rng.normal(size=(6, 2)), *_mixture(rng, 3, 2))
    kept = [student.put(value) for value in values]
    student.GMM()._E_step(*kept)
    for handle, value, what in zip(kept, values, ("points", *COMPONENTS), strict=True):
        assert_unchanged(student.fetch(handle), value, what=what)
