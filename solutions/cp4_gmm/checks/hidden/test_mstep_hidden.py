"""The three M steps, each called directly with given responsibilities.

The standard deviations are always asked for around the new means, which the object has already:
whoever computes them again from r_NK is right too.
"""

import numpy as np

from autograder.compare import as_array, assert_close, assert_true, assert_unchanged

SIZES = [(13, 4, 3), (9, 3, 2), (6, 2, 4), (8, 5, 1), (5, 1, 3), (13, 4, 3)]
"""N, K and D; all unlike, one of them twice."""

OTHERS = "The other components are what they would be without the one that has no rows."


def _draw(rng, N, K, D):
    """Responsibilities r_NK and rows x_ND."""
    return rng.dirichlet(np.linspace(0.5, 2.0, K), size=N), rng.normal(3.0, 2.0, (N, D))


def _means(r_NK, x_ND):
    """The weighted means (K, D), component by component."""
    return np.array([np.average(x_ND, axis=0, weights=r_N) for r_N in r_NK.T])


def _squares(r_NK, x_ND, mu_KD):
    """sum_n r_nk (x_nd - mu_kd)^2, (K, D), component by component."""
    columns = zip(r_NK.T, mu_KD, strict=True)
    return np.array([(r_N[:, None] * (x_ND - mu_D) ** 2).sum(axis=0) for r_N, mu_D in columns])


def _stddev(r_NK, x_ND, mu_KD, m, s):
    """The formula of the statement."""
    mass_K1 = r_NK.sum(axis=0)[:, None]
    return np.sqrt((_squares(r_NK, x_ND, mu_KD) + 1 / (s * m)) / (mass_K1 + 1 / (s * m**2)))


def _estimator(student, mu_KD, m=1.0, s=100.0):
    """An estimator of the submission; weights and deviations do not count in any M step."""
    K, D = mu_KD.shape
    gmm = student.GMM_PenalizedMLEstimator_EM(
        K=K, D=D, variance_penalty_mode=m, variance_penalty_spread=s
    )
    gmm.log_pi_K, gmm.mu_KD, gmm.stddev_KD = np.full(K, -np.log(K)), mu_KD, np.ones((K, D))
    return gmm


def _hint(array, mistakes, usual):
    """The hint of the typical mistake that gives what came back, else the usual one."""
    with np.errstate(all="ignore"):
        for wrong, hint in mistakes:
            if np.shape(wrong) == array.shape and np.allclose(array, wrong, rtol=1e-5, atol=1e-8):
                return hint
    return usual


def _nearer(got, *wants):
    """Of several answers the one that ``got`` comes nearest to."""
    return min(wants, key=lambda want: float(np.nan_to_num(np.abs(got - want)).sum()))


# Weights


def test_mstep_log_pi_values(student, rng, tolerance):
    """log_pi_K[k] is the logarithm of the mean of r_NK[:, k], for any N and K."""
    for N, K, D in SIZES:
        r_NK, _ = _draw(rng, N, K, D)
        got = _estimator(student, np.zeros((K, D))).mstep__update_log_pi_K(r_NK)
        what = f"log_pi_K with N={N}, K={K}"
        mean_K = r_NK.mean(axis=0)
        mistakes = [
            (mean_K, "These are the weights; their logarithm is asked for."),
            (np.log(N * mean_K), "Divide by the number of rows before the logarithm."),
            (np.log(r_NK).mean(axis=0), "It is the log of the mean, not the mean of the logs."),
            (np.full(K, -np.log(K)), "The weights are learned; they are 1 / K only at the start."),
        ]
        usual = "pi[k] is sum_n r_NK[n, k] / N; the weights sum to one."
        array = as_array(got, shape=(K,), kind="f", finite=False, what=what, hint=usual)
        hint = _hint(array, mistakes, usual)
        assert_close(got, np.log(mean_K), **tolerance, float32_ok=True, what=what, hint=hint)


def test_mstep_log_pi_empty_component(student, rng, tolerance):
    """The log weight of a component without rows is -inf or very small; the others are right."""
    r_NK, _ = _draw(rng, 8, 2, 2)
    r_NK = np.stack([r_NK[:, 0], np.zeros(8), r_NK[:, 1]], axis=1)
    got = _estimator(student, np.zeros((3, 2))).mstep__update_log_pi_K(r_NK)
    hint = "log(0) is -inf, and that is right here; NaN is not."
    array = as_array(got, shape=(3,), kind="f", finite=False, what="log_pi_K", hint=hint)
    assert_true(not bool(np.isnan(array).any()), "log_pi_K holds NaN.", hint=hint)
    want = np.log(r_NK[:, [0, 2]].mean(axis=0))
    what = "log_pi_K of the other components"
    assert_close(array[[0, 2]], want, **tolerance, float32_ok=True, what=what, hint=OTHERS)
    # log(1e-10) is -23: whoever adds a tiny number to the weights is right.
    small = bool(array[1] < -20.0)
    assert_true(small, "The log weight of the component without rows is not small.", hint=hint)


# Means


def test_mstep_mu_values(student, rng, tolerance):
    """mu_KD[k] is the mean of the rows weighted by r_NK[:, k], for any N, K and D."""
    for N, K, D in SIZES:
        r_NK, x_ND = _draw(rng, N, K, D)
        # Not the new means: they do not depend on the old ones.
        got = _estimator(student, rng.normal(size=(K, D))).mstep__update_mu_KD(r_NK, x_ND)
        what = f"mu_KD with N={N}, K={K}, D={D}"
        total_KD = r_NK.T @ x_ND
        mistakes = [
            (total_KD / N, "Divide by the sum of column k of r_NK, not by the number of rows."),
            (total_KD, "This is the weighted sum: divide by the sum of column k of r_NK."),
            (np.tile(x_ND.mean(axis=0), (K, 1)), "Weight the rows: this is the mean of all."),
        ]
        usual = "Weight row n by r_NK[n, k], sum over the rows, divide by the sum of column k."
        array = as_array(got, shape=(K, D), kind="f", finite=False, what=what, hint=usual)
        hint = _hint(array, mistakes, usual)
        assert_close(got, _means(r_NK, x_ND), **tolerance, float32_ok=True, what=what, hint=hint)


def test_mstep_mu_empty_component(student, rng, tolerance):
    """A component without rows gets a finite mean and spoils no other."""
    r_NK, x_ND = _draw(rng, 8, 2, 3)
    old_KD, want = rng.normal(size=(3, 3)), _means(r_NK, x_ND)
    r_NK = np.stack([r_NK[:, 0], np.zeros(8), r_NK[:, 1]], axis=1)
    got = _estimator(student, old_KD).mstep__update_mu_KD(r_NK, x_ND)
    hint = "Its column of r_NK sums to 0, and 0 / 0 is NaN: let it keep its old mean."
    array = as_array(got, shape=(3, 3), kind="f", what="mu_KD", hint=hint)
    what = "mu_KD of the other components"
    assert_close(array[[0, 2]], want, **tolerance, float32_ok=True, what=what, hint=OTHERS)


# Standard deviations


def test_mstep_stddev_values(student, rng, tolerance):
    """stddev_KD[k] is the spread of the rows about mu_KD[k], weighted by r_NK[:, k]."""
    for N, K, D in SIZES:
        r_NK, x_ND = _draw(rng, N, K, D)
        mu_KD = _means(r_NK, x_ND)
        # So large a spread that the penalty is not seen: it has a case of its own.
        got = _estimator(student, mu_KD, m=2.0, s=1e12).mstep__update_stddev_KD(r_NK, x_ND)
        what = f"stddev_KD with N={N}, K={K}, D={D}"
        square_KD, mass_K1 = _squares(r_NK, x_ND, mu_KD), r_NK.sum(axis=0)[:, None]
        want = np.sqrt(square_KD / mass_K1)
        mistakes = [
            (want**2, "These are variances: take the root."),
            (np.sqrt(square_KD / N), "Divide by the sum of column k of r_NK, not by N."),
            (np.sqrt(square_KD), "Divide by the sum of column k of r_NK."),
            (np.tile(x_ND.std(axis=0), (K, 1)), "Weight the rows: this is the spread of all."),
        ]
        usual = "Weight the squared differences from self.mu_KD[k] by column k of r_NK."
        array = as_array(got, shape=(K, D), kind="f", finite=False, what=what, hint=usual)
        hint = _hint(array, mistakes, usual)
        assert_close(got, want, **tolerance, float32_ok=True, what=what, hint=hint)


def test_mstep_stddev_penalty(student, rng, tolerance):
    """A strong penalty pulls stddev_KD towards the root of m as its formula says."""
    for m, s in ((7.0, 0.05), (0.3, 2.0), (0.3, 0.01)):
        r_NK, x_ND = _draw(rng, 9, 3, 2)
        mu_KD = _means(r_NK, x_ND)
        got = _estimator(student, mu_KD, m, s).mstep__update_stddev_KD(r_NK, x_ND)
        square_KD, n_K1 = _squares(r_NK, x_ND, mu_KD), r_NK.sum(axis=0)[:, None]
        above, below = 1 / (s * m), 1 / (s * m**2)
        wrong = [
            (0.0, 0.0, "The penalty is missing: 1/(s m) above and 1/(s m^2) below."),
            (above, 0.0, "The penalty adds 1/(s m^2) to the denominator too."),
            (0.0, below, "The penalty adds 1/(s m) to the numerator too."),
            (above, above, "In the denominator it is 1/(s m^2): m is squared there."),
            (below, below, "In the numerator it is 1/(s m): m is not squared there."),
            (below, above, "1/(s m) goes above and 1/(s m^2) below."),
            (1 / (m * s**2), 1 / (m**2 * s**2), "m is the mode, s the spread: m is squared."),
            (above, 1 / (m * s**2), "In the denominator it is 1/(s m^2): m is squared, s is not."),
            (m / s, m**2 / s, "m stands in the denominator: 1/(s m) and 1/(s m^2)."),
            (s / m, s / m**2, "1 / m * s is s / m in Python: write 1 / (m * s)."),
            (s / m, below, "1 / m * s is s / m in Python: write 1 / (m * s)."),
            (above, s / m**2, "1 / m**2 * s is s / m**2 in Python: write 1 / (m**2 * s)."),
        ]
        # ``mstep_stddev_values`` alone judges deviation or variance.
        right = _stddev(r_NK, x_ND, mu_KD, m, s)
        array = as_array(got, shape=(3, 2), kind="f", finite=False, what="stddev_KD")
        want = _nearer(array, right, right**2)
        squared = [((square_KD + a) / (n_K1 + b), hint) for a, b, hint in wrong]
        mistakes = [(form, hint) for v, hint in squared for form in (np.sqrt(v), v)]
        all_rows = np.sqrt((square_KD + above) / (len(x_ND) + below))
        mistakes.append((all_rows, "Divide by the sum of column k of r_NK, not by N."))
        usual = "The penalty adds 1/(s m) to the numerator and 1/(s m^2) to the denominator."
        hint = _hint(array, mistakes, usual)
        what = f"stddev_KD with m={m:g}, s={s:g}"
        assert_close(got, want, **tolerance, float32_ok=True, what=what, hint=hint)


def test_mstep_stddev_empty_component(student, rng, tolerance):
    """A component without rows ends at the variance m, and the others are right."""
    m, s = 5.0, 1e9
    r_NK, x_ND = _draw(rng, 8, 2, 3)
    mu_KD = _means(r_NK, x_ND)
    want = np.insert(_stddev(r_NK, x_ND, mu_KD, m, s), 1, np.sqrt(m), axis=0)
    gmm = _estimator(student, np.insert(mu_KD, 1, 0.5, axis=0), m, s)
    r_NK = np.stack([r_NK[:, 0], np.zeros(8), r_NK[:, 1]], axis=1)
    got = gmm.mstep__update_stddev_KD(r_NK, x_ND)
    hint = "Without rows only the penalty is left: (1/(s m)) / (1/(s m^2)) = m."
    array = as_array(got, shape=(3, 3), kind="f", what="stddev_KD", hint=hint)
    # ``mstep_stddev_values`` alone judges deviation or variance.
    want = _nearer(array, want, want**2)
    what = "stddev_KD of the component without rows"
    assert_close(array[1], want[1], **tolerance, float32_ok=True, what=what, hint=hint)
    what, others = "stddev_KD of the other components", [0, 2]
    assert_close(array[others], want[others], **tolerance, float32_ok=True, what=what, hint=OTHERS)


def test_mstep_stddev_narrow(student, rng, tolerance):
    """stddev_KD is right for a component 1e-3 wide whose mean is 1e4."""
    r_NK, _ = _draw(rng, 12, 2, 3)
    # Whole multiples of 2^-12: the rows themselves are not rounded.
    x_ND = 1e4 + rng.integers(-10, 11, (12, 3)) * 2.0**-12
    mu_KD = _means(r_NK, x_ND)
    # Shift and scale do not matter to the right answer; here they leave nothing to cancel.
    near_ND = (x_ND - 1e4) * 2.0**12
    right = np.sqrt(_squares(r_NK, near_ND, _means(r_NK, near_ND)) / r_NK.sum(axis=0)[:, None])
    right *= 2.0**-12
    got = _estimator(student, mu_KD, m=1.0, s=1e18).mstep__update_stddev_KD(r_NK, x_ND)
    hint = (
        "The mean of the squares minus the square of the mean loses all digits here: sum the "
        "squared differences from self.mu_KD[k]."
    )
    array = as_array(got, shape=(2, 3), kind="f", what="stddev_KD", hint=hint)
    want = _nearer(array, right, right**2)
    assert_close(
        got, want, rtol=tolerance["rtol"], atol=0.0, float32_ok=True, what="stddev_KD", hint=hint
    )


# All three


def test_mstep_speed(budget, rng):
    """No M step has a loop over rows, in time, or an N x N array, in memory."""
    r_NK, x_ND = _draw(rng, 100_000, 4, 3)
    mu_KD = _means(r_NK, x_ND)

    def make(side):
        return _estimator(side, mu_KD)

    for name, args in (
        ("log_pi_K", (r_NK,)),
        ("mu_KD", (r_NK, x_ND)),
        ("stddev_KD", (r_NK, x_ND)),
    ):
        budget(f"GMM_PenalizedMLEstimator_EM.mstep__update_{name}", *args, make=make)


def test_mstep_keeps_input(student, rng):
    """No M step changes r_NK or x_ND, or sets anything."""
    r_NK, x_ND = _draw(rng, 9, 3, 2)
    old_KD = rng.normal(size=(3, 2))
    gmm = _estimator(student, old_KD)
    for name in ("log_pi_K", "mu_KD", "stddev_KD"):
        kept_r, kept_x = student.put(r_NK), student.put(x_ND)
        args = (kept_r,) if name == "log_pi_K" else (kept_r, kept_x)
        getattr(gmm, f"mstep__update_{name}")(*args)
        assert_unchanged(student.fetch(kept_r), r_NK, what=f"r_NK of mstep__update_{name}")
        assert_unchanged(student.fetch(kept_x), x_ND, what=f"x_ND of mstep__update_{name}")
    assert_unchanged(gmm.mu_KD, old_KD, what="mu_KD of the object, which fit sets")
