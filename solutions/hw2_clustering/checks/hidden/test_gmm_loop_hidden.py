"""The loop of GMM. Its helpers are replaced by ours, so that only the loop is judged."""

import numpy as np
from scipy.special import logsumexp, softmax
from scipy.stats import norm

from autograder.compare import as_array, assert_close, assert_true, assert_unchanged, unpack

COMPONENTS = ("pi", "mu", "sigma")


# Our steps; parameters are named as in the statement, since a loop may pass them by name.


def _ll_joint(points, pi, mu, sigma):
    return np.log(np.ravel(pi)) + norm.logpdf(points[:, None, :], mu, sigma).sum(axis=2)


def _e_step(points, pi, mu, sigma):
    return softmax(_ll_joint(points, pi, mu, sigma), axis=1)


def _m_step(points, gamma):
    mass = gamma.sum(axis=0)[:, None]
    mu = gamma.T @ points / mass
    square = (points[:, None, :] - mu) ** 2
    return gamma.mean(axis=0), mu, np.sqrt((gamma[:, :, None] * square).sum(axis=0) / mass)


def _row_logsumexp(logits):
    return logsumexp(logits, axis=1, keepdims=True)


def _likelihood(points, components):
    return float(_row_logsumexp(_ll_joint(points, *components)).sum())


def _path(points, components, steps):
    """(pi, mu, sigma) after 0, 1, ..., ``steps`` iterations."""
    path = [components]
    for _ in range(steps):
        path.append(_m_step(points, _e_step(points, *path[-1])))
    return path


def _blobs(rng, gap):
    """120 points in three groups, and a start with equal weights."""
    middles = gap * np.array([[0.0, 0.0], [1.0, 0.2], [0.3, 1.0]])
    spread = np.array([[1.0, 2.0], [1.5, 0.7], [0.8, 1.2]])
    ids = np.repeat([0, 1, 2], [60, 20, 40])
    points = middles[ids] + spread[ids] * rng.normal(size=(120, 2))
    return points, (np.full(3, 1 / 3), points[[0, 70, 100]], np.full((3, 2), 2.0))


def _pin(student, start):
    """Let every helper be ours; gives an instance."""
    gmm = student.GMM()
    # The loop comes with the handout: alone it earns nothing.
    gmm._M_step(np.array([[1.0], [2.0], [4.0]]), np.array([[0.5, 0.5], [0.9, 0.1], [0.2, 0.8]]))
    student.replace("softmax", lambda logits: softmax(logits, axis=1))
    student.replace("logsumexp", _row_logsumexp)
    student.replace("GMM._init_components", lambda *args, **kwargs: start)
    student.replace("GMM._ll_joint", _ll_joint)
    student.replace("GMM._E_step", _e_step)
    student.replace("GMM._M_step", _m_step)
    return gmm


def _run(gmm, points, K, **kwargs):
    """One run; gamma (N, K) and pi (K,), mu, sigma (K, D). A third value may follow."""
    D = points.shape[1]
    gamma, found = unpack(gmm(points, K, **kwargs), ("gamma", "(pi, mu, sigma)"), extra=1)
    gamma = as_array(gamma, shape=(len(points), K), kind="f", what="gamma")
    pi, mu, sigma = unpack(found, COMPONENTS, what="(pi, mu, sigma)")
    pi = as_array(pi, shape=[(K,), (1, K)], kind="f", what="pi").reshape(K)
    mu = as_array(mu, shape=(K, D), kind="f", what="mu")
    sigma = as_array(sigma, shape=(K, D), kind="f", what="sigma")
    legal = bool((pi > 0).all() and (sigma > 0).all())
    assert_true(legal, "A weight or a standard deviation is not above zero.")
    return gamma, (pi, mu, sigma)


def _same(found, want):
    """Whether all arrays agree; float32 ones to a thousandth."""
    return all(
        float(np.abs(a - b).max()) < (1e-3 if a.dtype == np.float32 else 1e-6)
        for a, b in zip(found, want, strict=True)
    )


def test_gmm_call_likelihood_never_falls(student, rng):
    """More iterations never give a smaller likelihood."""
    points, start = _blobs(rng, gap=3.0)
    gmm = _pin(student, start)
    reached = [_likelihood(points, start)]
    for max_iters in (1, 2, 3, 5, 10, 20):
        reached.append(_likelihood(points, _run(gmm, points, 3, max_iters=max_iters)[1]))
    steps = ", ".join(f"{value:.6g}" for value in reached)
    detail = f"the log-likelihood after 0, 1, 2, 3, 5, 10 and 20 iterations: {steps}"
    hint = "E step with the newest components, then M step with the newest gamma."
    falls = bool((np.diff(reached) < -1e-9 * abs(reached[0])).any())
    assert_true(not falls, "The likelihood falls with more iterations.", detail=detail, hint=hint)
    grows = reached[-1] > reached[1]
    assert_true(
        grows, "The likelihood does not grow after one iteration.", detail=detail, hint=hint
    )


def test_gmm_call_fixed_point(student, part, rng):
    """At the end 300 more EM steps gain next to nothing, and gamma belongs to the components."""
    points, start = _blobs(rng, gap=12.0)
    gmm = _pin(student, start)
    with part(0.6, "the end of the iterations"):
        _, found = _run(gmm, points, 3)
        gain = _likelihood(points, _path(points, found, 300)[-1]) - _likelihood(points, found)
        assert_true(
            gain < 0.5,
            "EM steps from the returned components still raise the likelihood.",
            detail=f"300 steps raise the log-likelihood by {gain:.6g}",
            hint="Iterate until the loss no longer changes (max_iters is 100 here).",
        )
    with part(0.4, "gamma of the returned components"):
        # From before or after the last M step.
        gamma, found = _run(gmm, points, 3, max_iters=2)
        before, after = (_e_step(points, *components) for components in _path(points, start, 2)[1:])
        assert_true(
            any(_same([gamma], [want]) for want in (before, after, _e_step(points, *found))),
            "Gamma is not the result of the last E step.",
            hint="Return the responsibilities that go with the components returned.",
        )


def test_gmm_call_max_iters(student, rng):
    """max_iters is the number of iterations when the likelihood is still changing."""
    points, start = _blobs(rng, gap=3.0)
    gmm = _pin(student, start)
    path = _path(points, start, 6)
    for max_iters in (1, 4, 6):
        _, found = _run(gmm, points, 3, max_iters=max_iters)
        for name, got, want in zip(COMPONENTS, found, path[max_iters], strict=True):
            assert_close(
                got,
                want,
                rtol=1e-6,
                float32_ok=True,
                atol=1e-9,
                what=f"{name} with max_iters={max_iters}",
                hint="An iteration is one E step and one M step.",
            )


def test_gmm_call_stop_rule(student, part, rng):
    """The loop stops once the loss changes by less than abs_tol and by less than rel_tol of it."""
    points, start = _blobs(rng, gap=3.0)
    gmm = _pin(student, start)
    path = _path(points, start, 30)
    # Which of two losses is compared with which is left open: one iteration more or less is fine.
    runs = [
        (0.4, "stop when both tolerances are wide", 1e9, 10.0, range(1, 4)),
        (0.3, "go on while only abs_tol holds", 1e9, 1e-16, range(30, 31)),
        (0.3, "go on while only rel_tol holds", 1e-16, 10.0, range(30, 31)),
    ]
    for share, what, abs_tol, rel_tol, right in runs:
        with part(share, what):
            _, found = _run(gmm, points, 3, max_iters=30, abs_tol=abs_tol, rel_tol=rel_tol)
            assert_true(
                any(_same(found, path[t]) for t in right),
                "The loop ends elsewhere than its stop rule says.",
                detail=f"with abs_tol={abs_tol:g} and rel_tol={rel_tol:g}",
                hint="Both must hold: the change below abs_tol, and the change divided by the "
                "loss before it below rel_tol.",
            )


def test_gmm_call_one_component(student, rng, tolerance):
    """With K = 1 the component has weight 1 and the mean of all points."""
    points = rng.normal(7.0, 2.0, size=(20, 3))
    start = (np.ones(1), points[:1], np.full((1, 3), 2.0))
    gamma, (pi, mu, _) = _run(_pin(student, start), points, 1)
    assert_close(gamma, np.ones((20, 1)), **tolerance, float32_ok=True, what="gamma")
    assert_close(pi, [1.0], **tolerance, float32_ok=True, what="pi")
    assert_close(mu, points.mean(axis=0, keepdims=True), **tolerance, float32_ok=True, what="mu")


def test_gmm_call_keeps_input(student, rng):
    """GMM leaves the points of its caller as they were."""
    points, start = _blobs(rng, gap=12.0)
    gmm = _pin(student, start)
    kept = student.put(points)
    unpack(gmm(kept, 3, max_iters=5), ("gamma", "(pi, mu, sigma)"), extra=1)
    assert_unchanged(student.fetch(kept), points, what="points")
