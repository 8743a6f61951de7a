"""The functions of the lab, each judged alone against SciPy and closed forms."""

import numpy as np
from scipy.special import entr, logsumexp, softmax, xlogy
from scipy.stats import dirichlet, invwishart, multivariate_normal

from autograder.compare import (
    as_array,
    as_scalar,
    assert_close,
    assert_probabilities,
    assert_true,
    assert_unchanged,
    unpack,
)

TYPES = ("full", "tied", "diag", "spherical")
MIXTURE = ("weights", "means", "covariances")
SIZES = [(11, 4, 3), (7, 3, 3), (6, 1, 2), (9, 2, 1), (8, 3, 5)]
"""N, K and D."""


def _shape(kind, K, D):
    return {"full": (K, D, D), "tied": (D, D), "diag": (K, D), "spherical": (K,)}[kind]


def _matrices(covariances, kind, K, D):
    """Any type as (K, D, D), entry by entry."""
    result = np.zeros((K, D, D))
    for k in range(K):
        if kind in ("full", "tied"):
            result[k] = covariances[k] if kind == "full" else covariances
        else:
            np.fill_diagonal(result[k], covariances[k])
    return result


def _log_density(x, means, covariances, kind="full"):
    """(N, K) by SciPy."""
    (N, D), K = x.shape, len(means)
    matrices = _matrices(covariances, kind, K, D)
    columns = [multivariate_normal.logpdf(x, means[k], matrices[k]) for k in range(K)]
    return np.stack([np.reshape(column, N) for column in columns], axis=1)


def _joint(x, weights, means, covariances, kind="full"):
    with np.errstate(divide="ignore"):
        return np.log(weights) + _log_gaussian(x, means, covariances, kind)


# Stand-ins; parameters are named as in the statement, since they may be passed by name.


def _log_gaussian(x_ND, means_KD, covariances, covariance_type="full"):
    matrices = _matrices(covariances, covariance_type, *np.shape(means_KD))
    gaps_KND = np.asarray(x_ND) - np.asarray(means_KD)[:, None]
    square_KN = np.einsum("knd,kde,kne->kn", gaps_KND, np.linalg.inv(matrices), gaps_KND)
    return -0.5 * (square_KN + np.linalg.slogdet(2 * np.pi * matrices)[1][:, None]).T


def _log_likelihood(x_ND, weights_K, means_KD, covariances, covariance_type="full"):
    joint = _joint(x_ND, weights_K, means_KD, covariances, covariance_type)
    return float(logsumexp(joint, axis=1).sum())


def _responsibilities(x_ND, weights_K, means_KD, covariances, covariance_type="full"):
    return softmax(_joint(x_ND, weights_K, means_KD, covariances, covariance_type), axis=1)


def _full_covariances(covariances, covariance_type, K, D):
    return _matrices(covariances, covariance_type, K, D)


def _pin(student, *others):
    """Let what stands below a function be ours; nothing of ours may call what is judged."""
    ours = {
        "full_covariances": _full_covariances,
        "log_gaussian": _log_gaussian,
        "log_likelihood": _log_likelihood,
        "responsibilities": _responsibilities,
    }
    for name in others:
        student.replace(name, ours[name])


def _covariances(rng, kind, K, D, scale=1.0):
    """Positive definite, well away from singular, unequal and correlated."""
    roots = rng.normal(size=(K, D, D + 2))
    full = (roots @ roots.transpose(0, 2, 1) / (D + 2) + 0.3 * np.eye(D)) * scale**2
    if kind in ("full", "tied"):
        return full if kind == "full" else full[0]
    diagonal = np.einsum("kdd->kd", full) * np.exp(rng.normal(size=(K, D)))
    return diagonal if kind == "diag" else diagonal[:, 0]


def _mixture(rng, kind, K, D, scale=1.0):
    weights = rng.dirichlet(np.full(K, 3.0))
    return weights, scale * rng.normal(size=(K, D)), _covariances(rng, kind, K, D, scale)


# 1.1 Four types


def test_full_covariances_values(student, rng, tolerance):
    """full_covariances puts the right variances into the right places, for any K and D."""
    for K, D in [(3, 2), (2, 3), (3, 3), (2, 1), (1, 4)]:
        for kind in TYPES:
            covariances = _covariances(rng, kind, K, D)
            assert_close(
                student.full_covariances(covariances, kind, K, D),
                _matrices(covariances, kind, K, D),
                **tolerance,
                float32_ok=True,
                what=f"full_covariances of type {kind}, K={K}, D={D}",
            )


# 1.2 Log density


def test_log_gaussian_values(student, rng, tolerance):
    """log_gaussian is right for all four types and any N, K and D."""
    _pin(student, "full_covariances")
    for N, K, D in SIZES:
        for kind in TYPES:
            # How variances are read is judged by ``log_gaussian_four_types``, too.
            _, means, covariances = _mixture(rng, kind, K, D)
            x = 2.0 * rng.normal(size=(N, D))
            assert_close(
                student.log_gaussian(x, means, covariances, kind),
                _log_density(x, means, covariances, kind),
                **tolerance,
                float32_ok=True,
                what=f"log_gaussian of type {kind}, N={N}, K={K}, D={D}",
                hint="L from np.linalg.cholesky is lower: solve L z = x - m, not L^T z = x - m.",
            )


def test_log_gaussian_far_points(student, rng):
    """log_gaussian is right 60 deviations away, where the density is 0 as a float."""
    _pin(student, "full_covariances")
    for kind in TYPES:
        _, means, covariances = _mixture(rng, kind, 2, 3)
        x = means[0] + 60.0 * np.sqrt(rng.uniform(0.5, 2.0, size=(5, 3)))
        assert_close(
            student.log_gaussian(x, means, covariances, kind),
            _log_density(x, means, covariances, kind),
            rtol=1e-6,
            atol=0,
            float32_ok=True,
            what=f"log_gaussian of type {kind}",
            hint="Never take the exponential: the logarithm of the density is a polynomial.",
        )


def test_log_gaussian_many_dimensions(student, rng):
    """log_gaussian is right in 300 dimensions, where the determinant is 0 or infinite."""
    _pin(student, "full_covariances")
    for scale in (0.01, 40.0):
        for kind in TYPES:
            _, means, covariances = _mixture(rng, kind, 2, 300, scale)
            x = means[0] + scale * rng.normal(size=(3, 300))
            assert_close(
                student.log_gaussian(x, means, covariances, kind),
                _log_density(x, means, covariances, kind),
                rtol=1e-6,
                atol=0,
                float32_ok=True,
                what=f"log_gaussian of type {kind}",
                hint="Sum the logarithms of the diagonal of L instead of taking a determinant.",
            )


def _assert_keeps(student, function, values, *more):
    kept = {name: student.put(value) for name, value in values.items()}
    function(*kept.values(), *more)
    for name, value in values.items():
        assert_unchanged(student.fetch(kept[name]), value, what=name)


def test_log_gaussian_keeps_input(student, rng):
    """log_gaussian leaves points, means and covariances as they were."""
    for kind in TYPES:
        _, means, covariances = _mixture(rng, kind, 2, 3)
        values = {"x": rng.normal(size=(4, 3)), "means": means, "covariances": covariances}
        _assert_keeps(student, student.log_gaussian, values, kind)


def test_log_gaussian_speed(budget, rng):
    """log_gaussian takes at most 25 times as long as the reference solution."""
    # One call of numpy for each of 30,000 points and 4 components takes some 100 times as long.
    _, means, covariances = _mixture(rng, "full", 4, 6)
    budget("log_gaussian", rng.normal(size=(30_000, 6)), means, covariances, "full")


# 1.3 Likelihood and responsibilities


def test_log_likelihood_values(student, rng, tolerance):
    """log_likelihood is the sum over the points, for all four types and any N, K and D."""
    _pin(student, "log_gaussian", "full_covariances")
    for N, K, D in SIZES:
        for kind in TYPES:
            mixture, x = _mixture(rng, kind, K, D), 1.5 * rng.normal(size=(N, D))
            what = f"log_likelihood of type {kind}, N={N}, K={K}, D={D}"
            assert_close(
                as_scalar(student.log_likelihood(x, *mixture, kind), what=what),
                _log_likelihood(x, *mixture, kind),
                **tolerance,
                float32_ok=True,
                what=what,
                hint="The weights belong inside the logarithm, the sum over points outside.",
            )


def test_responsibilities_values(student, rng, tolerance):
    """responsibilities follow Bayes' rule, for all four types and any N, K and D."""
    _pin(student, "log_gaussian", "full_covariances")
    for N, K, D in SIZES:
        for kind in TYPES:
            mixture, x = _mixture(rng, kind, K, D), 1.5 * rng.normal(size=(N, D))
            assert_close(
                student.responsibilities(x, *mixture, kind),
                _responsibilities(x, *mixture, kind),
                **tolerance,
                float32_ok=True,
                what=f"responsibilities of type {kind}, N={N}, K={K}, D={D}",
                hint="p(k | x) = w_k N(x; k) over the sum of that over all components.",
            )


def _far(rng):
    """A mixture, and points where the density of every component is 0 as a float."""
    mixture = np.array([0.2, 0.8]), np.array([[-1.0, 0.0], [1.0, 0.0]]), np.array([1.0, 1.0])
    return mixture, np.array([[0.0, 80.0], [0.3, -90.0], [-0.8, 400.0], [0.0, 1.0]])


def test_log_likelihood_far_points(student, rng, tolerance):
    """log_likelihood is right where every density is 0 as a float."""
    _pin(student, "log_gaussian", "full_covariances")
    mixture, x = _far(rng)
    assert_close(
        as_scalar(student.log_likelihood(x, *mixture, "spherical"), what="log_likelihood"),
        _log_likelihood(x, *mixture, "spherical"),
        **tolerance,
        float32_ok=True,
        what="log_likelihood",
        hint="log(sum exp(l)) = m + log(sum exp(l - m)), with m the largest l of the row.",
    )


def test_responsibilities_far_points(student, rng, tolerance):
    """responsibilities are probabilities where every density is 0 as a float."""
    _pin(student, "log_gaussian", "full_covariances")
    mixture, x = _far(rng)
    assert_close(
        student.responsibilities(x, *mixture, "spherical"),
        _responsibilities(x, *mixture, "spherical"),
        **tolerance,
        float32_ok=True,
        what="responsibilities",
        hint="Take the largest logarithm of the row away before exp: 0 / 0 is NaN.",
    )


def test_likelihood_zero_weight(student, part, rng, tolerance):
    """A component of weight zero has responsibility zero and no part in the likelihood."""
    _pin(student, "log_gaussian", "full_covariances")
    _, means, covariances = _mixture(rng, "full", 3, 2)
    weights, x = np.array([0.6, 0.0, 0.4]), rng.normal(size=(5, 2))
    with part(0.5, "the likelihood"):
        got = as_scalar(student.log_likelihood(x, weights, means, covariances))
        want = _log_likelihood(x, weights[[0, 2]], means[[0, 2]], covariances[[0, 2]])
        assert_close(got, want, **tolerance, float32_ok=True, what="log_likelihood")
    with part(0.5, "the responsibilities"):
        want = np.zeros((5, 3))
        want[:, [0, 2]] = _responsibilities(x, weights[[0, 2]], means[[0, 2]], covariances[[0, 2]])
        got = student.responsibilities(x, weights, means, covariances)
        assert_close(got, want, **tolerance, float32_ok=True, what="responsibilities")


def test_likelihood_keeps_input(student, rng):
    """log_likelihood and responsibilities leave points and mixture as they were."""
    _pin(student, "log_gaussian", "full_covariances")
    values = {"x": rng.normal(size=(4, 3))}
    values |= zip(MIXTURE, _mixture(rng, "full", 2, 3), strict=True)
    for function in (student.log_likelihood, student.responsibilities):
        _assert_keeps(student, function, values)


# 1.4 The bound


def _bound(x, r, mixture, kind):
    joint = _joint(x, *mixture, kind)
    return float(np.where(r > 0, r * joint, 0.0).sum() + entr(r).sum())


def _get_bound(student, x, r, mixture, kind):
    return as_scalar(student.lower_bound(x, r, *mixture, kind), what="lower_bound")


def test_lower_bound_values(student, rng):
    """Of two mixtures the bound tells apart what the expected log joint density does."""
    _pin(student, "log_gaussian", "full_covariances", "responsibilities", "log_likelihood")
    for N, K, D in SIZES:
        for kind in TYPES:
            x, r = rng.normal(size=(N, D)), rng.dirichlet(np.ones(K), size=N)
            pair = [_mixture(rng, kind, K, D) for _ in range(2)]
            # The entropy of r is the same for both.
            got = np.subtract(*(_get_bound(student, x, r, mixture, kind) for mixture in pair))
            want = np.subtract(*(_bound(x, r, mixture, kind) for mixture in pair))
            assert_close(
                float(got),
                float(want),
                rtol=1e-4,
                atol=1e-3,
                what=f"lower_bound of one mixture less that of another, {kind}",
                hint="Sum over n and k of r (log w + log N), with the r that was passed.",
            )


def test_lower_bound_gap_is_divergence(student, rng, tolerance):
    """The bound is the likelihood less the divergence of the responsibilities from Bayes' rule."""
    _pin(student, "log_gaussian", "full_covariances", "responsibilities", "log_likelihood")
    for N, K, D in SIZES:
        for kind in TYPES:
            mixture, x = _mixture(rng, kind, K, D), rng.normal(size=(N, D))
            posterior = _responsibilities(x, *mixture, kind)
            likelihood = _log_likelihood(x, *mixture, kind)
            for r in (posterior, rng.dirichlet(np.ones(K), size=N)):
                divergence = float((xlogy(r, r) - xlogy(r, posterior)).sum())
                assert_close(
                    _get_bound(student, x, r, mixture, kind),
                    likelihood - divergence,
                    rtol=tolerance["rtol"],
                    atol=1e-8,
                    float32_ok=True,
                    what=f"lower_bound of type {kind}, N={N}, K={K}, D={D}",
                    hint="Do not forget the entropy, -sum r log r: with it the gap closes for "
                    "the r of the E step.",
                )


def test_lower_bound_zeros(student, part, rng, tolerance):
    """Responsibilities of zero bring nothing to the bound, whatever they stand beside."""
    _pin(student, "log_gaussian", "full_covariances", "responsibilities", "log_likelihood")
    x, mixture = rng.normal(size=(6, 2)), _mixture(rng, "full", 3, 2)
    hint = "0 log 0 is 0 here (scipy.special.xlogy knows), and 0 times -inf as well."
    with part(0.6, "hard responsibilities"):
        r = np.eye(3)[[0, 2, 2, 0, 1, 2]]
        got, want = _get_bound(student, x, r, mixture, "full"), _bound(x, r, mixture, "full")
        assert_close(got, want, **tolerance, float32_ok=True, what="lower_bound", hint=hint)
    with part(0.4, "a component without points and without weight"):
        r = np.eye(3)[[0, 2, 2, 0, 0, 2]]
        dead = (np.array([0.3, 0.0, 0.7]), *mixture[1:])
        got, want = _get_bound(student, x, r, dead, "full"), _bound(x, r, dead, "full")
        assert_close(got, want, **tolerance, float32_ok=True, what="lower_bound", hint=hint)


# 2.1 M step


def _moments(x, r, kind):
    """Weights, means and covariances by np.average and np.cov, without anything added."""
    means = np.stack([np.average(x, axis=0, weights=column) for column in r.T])
    D = x.shape[1]
    full = [np.cov(x.T, aweights=column, ddof=0).reshape(D, D) for column in r.T]
    if kind == "tied":
        covariances = np.average(full, axis=0, weights=r.sum(axis=0))
    elif kind == "full":
        covariances = np.stack(full)
    else:
        covariances = np.stack([np.diag(matrix) for matrix in full])
        covariances = covariances.mean(axis=1) if kind == "spherical" else covariances
    return r.mean(axis=0), means, covariances


def _m_step(student, x, r, kind, *reg_covar):
    """Shapes and finiteness judged; (weights, means, covariances)."""
    K, D = r.shape[1], x.shape[1]
    got = unpack(student.m_step(x, r, kind, *reg_covar), MIXTURE, what="m_step")
    shapes = ((K,), (K, D), _shape(kind, K, D))
    return tuple(
        as_array(value, shape=shape, kind="f", what=f"{name} of type {kind}")
        for value, shape, name in zip(got, shapes, MIXTURE, strict=True)
    )


def test_m_step_weights_and_means(student, part, rng, tolerance):
    """m_step gives the weights and the weighted means, whatever the covariance type."""
    for share, index, hint in (
        (0.4, 0, "The mean of the responsibilities over the points."),
        (0.6, 1, "Divide by the sum of the component's responsibilities, not by N."),
    ):
        with part(share, f"the {MIXTURE[index]}"):
            for N, K, D in SIZES:
                for kind in TYPES:
                    x, r = rng.normal(size=(N, D)), rng.dirichlet(np.ones(K), size=N)
                    got = unpack(student.m_step(x, r, kind, 0.0), MIXTURE, what="m_step")[index]
                    want = _moments(x, r, kind)[index]
                    what = MIXTURE[index]
                    assert_close(got, want, **tolerance, float32_ok=True, what=what, hint=hint)


def _assert_covariances(student, rng, tolerance, kind, hint):
    for N, K, D in SIZES:
        x = rng.normal(size=(N, D)) * np.exp(rng.normal(size=D)) + rng.normal(size=D)
        r = rng.dirichlet(np.ones(K), size=N)
        got = unpack(student.m_step(x, r, kind, 0.0), MIXTURE, what="m_step")[2]
        what = f"covariances of type {kind}, N={N}, K={K}, D={D}"
        want = _moments(x, r, kind)[2]
        assert_close(got, want, **tolerance, float32_ok=True, what=what, hint=hint)


def test_m_step_full(student, rng, tolerance):
    """A full covariance is the weighted mean of (x - m)(x - m)^T about the new mean."""
    hint = "Weighted by the responsibilities and divided by their sum, N_k (not N_k - 1)."
    _assert_covariances(student, rng, tolerance, "full", hint)


def test_m_step_tied(student, rng, tolerance):
    """The tied covariance is the mean over all points, each about the means of its components."""
    hint = "The full covariances, averaged with weights N_k / N: large components count more."
    _assert_covariances(student, rng, tolerance, "tied", hint)


def test_m_step_diag(student, rng, tolerance):
    """Diagonal covariances are the variances of each dimension."""
    hint = "Variances, the diagonal of the full covariance; no root."
    _assert_covariances(student, rng, tolerance, "diag", hint)


def test_m_step_spherical(student, rng, tolerance):
    """A spherical covariance is the mean of the variances over the dimensions."""
    hint = "The mean over the D dimensions, not their sum: sigma^2 I has trace D sigma^2."
    _assert_covariances(student, rng, tolerance, "spherical", hint)


def test_m_step_reg_covar(student, part, rng):
    """reg_covar is added to every variance, once, and is 1e-6 unless told otherwise."""
    x, r = rng.normal(size=(12, 3)), rng.dirichlet(np.ones(2), size=12)
    with part(0.7, "what is added"):
        for kind in TYPES:
            with_it, without = (_m_step(student, x, r, kind, reg)[2] for reg in (0.3, 0.0))
            added = _matrices(with_it, kind, 2, 3) - _matrices(without, kind, 2, 3)
            assert_close(
                added,
                np.stack([0.3 * np.eye(3)] * 2),
                rtol=1e-3,
                atol=1e-5,
                what=f"covariances with reg_covar = 0.3 less those without, {kind}",
                hint="Added to the diagonal; off it nothing changes.",
            )
    with part(0.3, "the default"):
        for kind in TYPES:
            equal = np.ones((8, 3))
            got = _matrices(_m_step(student, equal, np.full((8, 2), 0.5), kind)[2], kind, 2, 3)
            want = np.stack([1e-6 * np.eye(3)] * 2)
            what = f"covariances of equal points, {kind}"
            assert_close(got, want, rtol=1e-3, atol=1e-12, what=what)


def test_m_step_singular(student, rng):
    """Covariances stay positive definite where points are equal, on a line or too few."""
    line = np.outer(rng.normal(size=9), [1.0, 2.0, -1.0]) + 5.0
    few = rng.normal(size=(2, 3))
    for x in (np.full((5, 3), 7.0), line, few):
        r = rng.dirichlet(np.ones(2), size=len(x))
        for kind in TYPES:
            got = _m_step(student, x, r, kind)[2]
            least = np.linalg.eigvalsh(_matrices(got, kind, 2, 3)).min()
            assert_true(
                bool(least > 5e-7),
                f"A covariance of type {kind} is singular or nearly so.",
                detail=f"least eigenvalue {least:.3g}; reg_covar is 1e-6",
                hint="Add reg_covar to the diagonal, and take the differences x - m themselves.",
            )


def test_m_step_narrow(student, rng):
    """Covariances are right for narrow components far from the origin."""
    x = 1e6 + 0.01 * rng.normal(size=(20, 2))
    r = rng.dirichlet(np.ones(2), size=20)
    for kind in TYPES:
        assert_close(
            _m_step(student, x, r, kind, 0.0)[2],
            _moments(x - 1e6, r, kind)[2],
            rtol=1e-3,
            atol=1e-6,
            what=f"covariances of type {kind}",
            hint="The mean of squares less the square of the mean has no digits left here.",
        )


def test_m_step_empty_component(student, rng, tolerance):
    """A component without any responsibility gets weight zero and finite numbers."""
    x, r = rng.normal(size=(9, 2)), np.zeros((9, 3))
    r[:, [0, 2]] = rng.dirichlet(np.ones(2), size=9)
    for kind in TYPES:
        weights, means, covariances = _m_step(student, x, r, kind, 0.0)
        want = _moments(x, r[:, [0, 2]], kind)
        assert_close(weights[1], 0.0, rtol=0, atol=1e-6, what="the weight of the empty component")
        shared = kind == "tied"
        for got, right, what in zip(
            (weights[[0, 2]], means[[0, 2]], covariances if shared else covariances[[0, 2]]),
            want,
            MIXTURE,
            strict=True,
        ):
            assert_close(got, right, **tolerance, float32_ok=True, what=f"{what} of the others")


def test_m_step_keeps_input(student, rng):
    """m_step leaves points and responsibilities as they were."""
    values = {"x": rng.normal(size=(7, 2)), "r": rng.dirichlet(np.ones(3), size=7)}
    for kind in TYPES:
        _assert_keeps(student, student.m_step, values, kind)


# 3.1 K-means as a limit


def test_kmeans_limit_values(student, rng, tolerance):
    """For sigma > 0 they are the responsibilities of equal weights and covariance sigma^2 I."""
    for N, K, D in SIZES:
        for sigma in (0.6, 1.0, 3.0):
            x, means = rng.normal(size=(N, D)), rng.normal(size=(K, D))
            square = ((x[:, None] - means) ** 2).sum(axis=2)
            assert_close(
                student.kmeans_limit(x, means, sigma),
                softmax(-square / (2 * sigma**2), axis=1),
                **tolerance,
                float32_ok=True,
                what=f"kmeans_limit, sigma {sigma}, N={N}, K={K}, D={D}",
                hint="exp(-|x - m|^2 / (2 sigma^2)): sigma is a standard deviation.",
            )


def test_kmeans_limit_shrinks(student, part, rng):
    """As sigma shrinks to nothing, every point goes to its nearest mean, finite all the way."""
    x, means = 20 * rng.normal(size=(60, 3)), 20 * rng.normal(size=(4, 3))
    square = ((x[:, None] - means) ** 2).sum(axis=2)
    ordered = np.sort(square, axis=1)
    clear = ordered[:, 1] - ordered[:, 0] > 5.0  # nearest beyond doubt
    x, want = x[clear], np.eye(4)[square[clear].argmin(axis=1)]
    for share, sigma in ((0.4, 0.1), (0.2, 1e-8), (0.2, 1e-170), (0.2, 0.0)):
        with part(share, f"sigma = {sigma:g}"):
            # At sigma = 0.1 the others have less than exp(-250).
            assert_close(
                student.kmeans_limit(x, means, sigma),
                want,
                rtol=0,
                atol=1e-9,
                what=f"kmeans_limit, sigma {sigma:g}",
                hint="Take the squared distance to the nearest mean away before you divide.",
            )


def test_kmeans_limit_ties(student, part):
    """Means at the very same distance share the point equally, for every sigma down to zero."""
    means = np.array([[-1.0, 0.0], [1.0, 0.0], [0.0, 1.0], [0.0, -1.0]])
    x = np.array([[0.0, 0.0], [3.0, 3.0], [0.0, 5.0], [-2.0, 2.0], [4.0, 0.0]])
    want = [[0.25] * 4, [0, 0.5, 0.5, 0], [0, 0, 1, 0], [0.5, 0, 0.5, 0], [0, 1, 0, 0]]
    for share, sigma in ((0.5, 0.0), (0.5, 1e-6)):
        with part(share, f"sigma = {sigma:g}"):
            assert_close(
                student.kmeans_limit(x, means, sigma),
                np.array(want, dtype=float),
                rtol=0,
                atol=1e-9,
                what=f"kmeans_limit, sigma {sigma:g}",
                hint="argmin names only the first of several nearest means.",
            )


# 4.1 M step with priors


def _prior(rng, D, alpha):
    root = rng.normal(size=(D, D + 2))
    return {
        "alpha": alpha,
        "mean": rng.normal(size=D),
        "kappa": float(rng.uniform(0.5, 3.0)),
        "scale": root @ root.T + np.eye(D),
        "nu": D + float(rng.uniform(1.0, 5.0)),
    }


def _posterior_mode(x, r, prior):
    """By the textbook's update of the prior's parameters, then the joint mode."""
    D, K = x.shape[1], r.shape[1]
    mass = r.sum(axis=0)
    weights = (mass + prior["alpha"] - 1) / (mass + prior["alpha"] - 1).sum()
    means, covariances = np.empty((K, D)), np.empty((K, D, D))
    for k in range(K):
        center = r[:, k] @ x / mass[k] if mass[k] > 0 else prior["mean"]
        gaps = x - center
        scatter = np.einsum("n,nd,ne->de", r[:, k], gaps, gaps)
        kappa = prior["kappa"] + mass[k]
        means[k] = (prior["kappa"] * prior["mean"] + mass[k] * center) / kappa
        gap = center - prior["mean"]
        pull = prior["kappa"] * mass[k] / kappa * np.outer(gap, gap)
        scale = prior["scale"] + scatter + pull
        covariances[k] = scale / (prior["nu"] + mass[k] + D + 2)
    return weights, means, covariances


def _assert_mode(student, part, x, r, prior, tolerance):
    got = unpack(student.map_m_step(x, r, prior), MIXTURE, what="map_m_step")
    hints = (
        "Every component has alpha - 1 points more: the mode, not the mean.",
        "The prior's mean counts as kappa points.",
        "scale + scatter + kappa N_k / (kappa + N_k) (xbar - mean)(xbar - mean)^T, divided by "
        "nu + N_k + D + 2.",
    )
    parts = zip((0.25, 0.25, 0.5), got, _posterior_mode(x, r, prior), MIXTURE, hints, strict=True)
    for share, value, want, name, hint in parts:
        with part(share, f"the {name}"):
            assert_close(value, want, **tolerance, float32_ok=True, what=name, hint=hint)


def test_map_m_step_one_component(student, part, rng, tolerance):
    """With one component the closed form of the normal-inverse-Wishart posterior comes out."""
    x = np.add(rng.normal(size=(9, 3)), [1.0, -2.0, 3.0])
    _assert_mode(student, part, x, np.ones((9, 1)), _prior(rng, 3, 1.5), tolerance)


def test_map_m_step_values(student, part, rng, tolerance):
    """With several components each one weighs the points by its responsibilities."""
    x, r = rng.normal(size=(11, 2)) + 2.0, rng.dirichlet(np.ones(4), size=11)
    _assert_mode(student, part, x, r, _prior(rng, 2, 3.0), tolerance)


def test_map_m_step_empty_component(student, part, rng, tolerance):
    """A component without points is what the prior alone says."""
    x, r = rng.normal(size=(7, 2)), np.zeros((7, 3))
    r[:, [0, 1]] = rng.dirichlet(np.ones(2), size=7)
    _assert_mode(student, part, x, r, _prior(rng, 2, 2.0), tolerance)


def _objective(x, r, mixture, prior):
    """Bound plus log prior, all by SciPy."""
    weights, means, covariances = mixture
    total = _bound(x, r, mixture, "full")
    if len(weights) > 1:
        total += dirichlet.logpdf(weights, np.full(len(weights), prior["alpha"]))
    for mean, covariance in zip(means, covariances, strict=True):
        total += multivariate_normal.logpdf(mean, prior["mean"], covariance / prior["kappa"])
        total += invwishart.logpdf(covariance, prior["nu"], prior["scale"])
    return float(total)


def test_map_m_step_is_maximum(student, rng):
    """No mixture near the one returned has a larger bound plus log prior."""
    x, r = rng.normal(size=(8, 2)) + 1.0, rng.dirichlet(np.ones(3), size=8)
    prior = _prior(rng, 2, 2.5)
    got = unpack(student.map_m_step(x, r, prior), MIXTURE, what="map_m_step")
    assert_probabilities(got[0], shape=(3,), atol=1e-5, what="weights")
    weights = as_array(got[0], shape=(3,), kind="f", what="weights").astype(np.float64)
    means = as_array(got[1], shape=(3, 2), kind="f", what="means").astype(np.float64)
    covariances = as_array(got[2], shape=(3, 2, 2), kind="f", what="covariances")
    covariances = covariances.astype(np.float64)
    symmetric = np.abs(covariances - covariances.transpose(0, 2, 1)).max() < 1e-6
    assert_true(
        bool(symmetric and (np.linalg.eigvalsh(covariances) > 0).all() and (weights > 0).all()),
        "A weight is not above zero, or a covariance not symmetric and positive definite.",
    )
    weights = weights / weights.sum()
    found = _objective(x, r, (weights, means, covariances), prior)
    for _ in range(60):
        step = 0.003
        near_weights = weights * np.exp(step * rng.normal(size=3))
        root = np.eye(2) + step * rng.normal(size=(3, 2, 2))
        near = (
            near_weights / near_weights.sum(),
            means + step * rng.normal(size=(3, 2)),
            root @ covariances @ root.transpose(0, 2, 1),
        )
        near = tuple((v + v.transpose(0, 2, 1)) / 2 if v.ndim == 3 else v for v in near)
        assert_true(
            # Room for float32: at a maximum an error of 1e-6 changes the objective by less.
            _objective(x, r, near, prior) < found + 1e-5,
            "A mixture near the one returned has a larger bound plus log prior.",
            hint="It is the joint mode of means and covariances: set the derivatives to zero.",
        )
