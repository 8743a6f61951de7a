"""The M step of GMM, one of its results at a time."""

import numpy as np

from autograder.compare import as_array, assert_close, assert_true, assert_unchanged, unpack

COMPONENTS = ("pi", "mu", "sigma")
SIZES = [(13, 4, 3), (9, 3, 2), (6, 1, 4), (5, 7, 1), (13, 4, 3)]


def _weighted(points, gamma):
    """pi (K,), mu (K, D) and the standard deviations (K, D), component by component."""
    mu = np.array([np.average(points, axis=0, weights=g) for g in gamma.T])
    square = [(points - m) ** 2 for m in mu]
    variance = [np.average(s, axis=0, weights=g) for s, g in zip(square, gamma.T, strict=True)]
    return gamma.mean(axis=0), mu, np.sqrt(variance)


def _nearer(got, *wants):
    """Of several right answers the one that ``got`` comes nearest to."""
    return min(wants, key=lambda want: float(np.abs(got - want).sum()))


def _assert_differ(array, what):
    """The least that is asked before an edge counts."""
    alike = bool((array == array.flat[0]).all())
    assert_true(not alike, f"{what}: every number of the answer is the same.")


def _draw(rng, N, K, D):
    # Means on both sides of zero: a sum below zero is no lack of weight.
    points = rng.normal(np.where(np.arange(D) % 2, 3.0, -3.0), 2.0, (N, D))
    return points, rng.dirichlet(np.linspace(0.5, 2.0, K), size=N)


def _m_step(student, points, gamma):
    return unpack(student.GMM()._M_step(points, gamma), COMPONENTS, what="_M_step")


def test_m_step_means(student, rng, tolerance):
    """mu[k] is the mean of the points weighted by gamma[:, k], for any N, K and D."""
    for N, K, D in SIZES:
        points, gamma = _draw(rng, N, K, D)
        _, mu, _ = _m_step(student, points, gamma)
        what = f"mu with N={N}, K={K}, D={D}"
        hint = "Weight the points by column k of gamma and divide by that column's sum."
        assert_close(
            mu, _weighted(points, gamma)[1], **tolerance, float32_ok=True, what=what, hint=hint
        )


def test_m_step_spread(student, rng, tolerance):
    """sigma[k] is the spread of the points about mu[k] weighted by gamma[:, k], for any N, K, D."""
    for N, K, D in SIZES:
        points, gamma = _draw(rng, N, K, D)
        _, _, sigma = _m_step(student, points, gamma)
        what = f"sigma with N={N}, K={K}, D={D}"
        sigma = as_array(sigma, shape=(K, D), kind="f", what=what)
        deviation = _weighted(points, gamma)[2]
        # ``m_step_sigma_is_deviation`` alone judges deviation or variance.
        want = _nearer(sigma, deviation, deviation**2)
        hint = "Weight the squared differences from the new mu[k] by column k of gamma."
        assert_close(sigma, want, **tolerance, float32_ok=True, what=what, hint=hint)


def test_m_step_pi(student, rng, tolerance):
    """pi is learned: pi[k] is the mean of gamma[:, k] over the points."""
    for N, K, D in SIZES:
        points, gamma = _draw(rng, N, K, D)
        pi, _, _ = _m_step(student, points, gamma)
        assert_close(
            pi,
            gamma.mean(axis=0),
            **tolerance,
            float32_ok=True,
            shape=[(K,), (1, K)],
            what=f"pi with N={N}, K={K}, D={D}",
            hint="The weights sum to one, and are 1 / K only by chance.",
        )


def test_m_step_zero_weight(student, rng):
    """A component that lost all its weight gets finite numbers and spoils no other."""
    points, gamma = _draw(rng, 12, 2, 3)
    hint = "The column of gamma sums to 0, and 0 / 0 is NaN."
    dead = np.stack([gamma[:, 0], np.zeros(12), gamma[:, 1]], axis=1)
    pi, mu, sigma = _m_step(student, points, dead)
    as_array(pi, shape=[(3,), (1, 3)], kind="f", what="pi", hint=hint)
    mu = as_array(mu, shape=(3, 3), kind="f", what="mu", hint=hint)
    _assert_differ(mu, "mu")
    sigma = as_array(sigma, shape=(3, 3), kind="f", what="sigma", hint=hint)
    assert_true(bool((sigma >= 0).all()), "Sigma holds a number below zero.", hint=hint)
    # The others are as without it: wrong means or deviations are charged elsewhere.
    _, own_mu, own_sigma = _m_step(student, points, gamma)
    for name, got, want in (("mu", mu, own_mu), ("sigma", sigma, own_sigma)):
        want = as_array(want, shape=(2, 3), kind="f", what=f"{name} without that component")
        what = f"{name} of the other components"
        assert_close(got[[0, 2]], want, rtol=1e-6, float32_ok=True, atol=1e-9, what=what, hint=hint)


def test_m_step_repeated_points(student, rng):
    """Of a repeated point sigma is finite, and of points close together it is theirs."""
    repeated = np.repeat([[0.1, 1 / 3, 123.456, -77.7, 0.7, 9.99]], 7, axis=0)
    points = np.concatenate([repeated, rng.normal(size=(5, 6))])
    gamma = np.zeros((12, 2))
    gamma[:7, 0], gamma[7:, 1] = 1.0, 1.0
    _, _, sigma = _m_step(student, points, gamma)
    hint = "E[x^2] - mean^2 can come out as -1e-17, and its root is NaN: sum squared differences."
    sigma = as_array(sigma, shape=(2, 6), kind="f", what="sigma", hint=hint)
    _assert_differ(sigma, "sigma")
    assert_true(bool((sigma >= 0).all()), "Sigma holds a number below zero.", hint=hint)
    narrow = bool((sigma[0] < 1.0).all())
    assert_true(narrow, "The sigma of the repeated point is far from zero.", hint=hint)
    # Close together and far from the origin: squares of 10,000 hold a variance of 0.0001.
    close = 100.0 + 0.01 * rng.normal(size=(20, 2))
    _, _, spread = _m_step(student, close, np.ones((20, 1)))
    want = close.std(axis=0)[None]
    what = "sigma of points that lie close together"
    assert_close(spread, want, rtol=1e-3, atol=0.0, float32_ok=True, what=what, hint=hint)


def test_m_step_keeps_input(student, rng):
    """_M_step leaves points and gamma as they were."""
    points, gamma = _draw(rng, 9, 3, 2)
    kept_points, kept_gamma = student.put(points), student.put(gamma)
    student.GMM()._M_step(kept_points, kept_gamma)
    assert_unchanged(student.fetch(kept_points), points, what="points")
    assert_unchanged(student.fetch(kept_gamma), gamma, what="gamma")
