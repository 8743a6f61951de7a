"""Small examples that can be followed by hand, one or two for every part."""

import numpy as np

from autograder.compare import (
    as_array,
    as_labels,
    as_scalar,
    assert_close,
    assert_probabilities,
    assert_true,
    unpack,
)

MIXTURE = ("weights", "means", "covariances")

# The example of the statement: three points, two Gaussians with full covariances.
X = np.array([[0.0, 0.0], [2.0, 1.0], [6.0, 2.0]])
WEIGHTS = np.array([0.25, 0.75])
MEANS = np.array([[0.0, 0.0], [4.0, 2.0]])
COVARIANCES = np.array([[[1.0, 0.0], [0.0, 1.0]], [[4.0, 2.0], [2.0, 2.0]]])
LOG_DENSITY = np.array(
    [
        [-1.837877066409, -4.531024246969],
        [-4.337877066409, -3.031024246969],
        [-21.837877066409, -3.531024246969],
    ]
)
"""By scipy.stats.multivariate_normal."""


LOG_LIKELIHOOD = -10.09038045292813
RESPONSIBILITIES = np.array(
    [
        [0.8312531743184, 0.1687468256816],
        [0.08275690289563, 0.9172430971044],
        [3.735197611073e-09, 0.9999999962648],
    ]
)


def _log_gaussian(*args, **kwargs):
    """Stands in for log_gaussian where the example above is asked for."""
    return LOG_DENSITY


def test_full_covariances_by_hand(student, tolerance):
    """full_covariances writes each of the four types as K matrices of shape (D, D)."""
    right = {
        "full": (COVARIANCES, COVARIANCES),
        "tied": (COVARIANCES[1], np.stack([COVARIANCES[1], COVARIANCES[1]])),
        "diag": (np.array([[1.0, 4.0], [9.0, 2.0]]), [[[1, 0], [0, 4]], [[9, 0], [0, 2]]]),
        "spherical": (np.array([3.0, 5.0]), [[[3, 0], [0, 3]], [[5, 0], [0, 5]]]),
    }
    for covariance_type, (covariances, want) in right.items():
        assert_close(
            student.full_covariances(covariances, covariance_type, 2, 2),
            np.array(want, dtype=float),
            **tolerance,
            float32_ok=True,
            what=f"full_covariances of type {covariance_type}",
            hint="Diagonal and spherical covariances are variances on the diagonal, zero beside.",
        )


def test_log_gaussian_by_hand(student, tolerance):
    """log_gaussian gives the (N, K) log densities of the example in the statement."""
    assert_close(
        student.log_gaussian(X, MEANS, COVARIANCES, "full"),
        LOG_DENSITY,
        **tolerance,
        float32_ok=True,
        what="log_gaussian",
        hint="-D/2 log(2 pi) - 1/2 log det S - 1/2 (x - m)^T S^-1 (x - m).",
    )


def test_log_gaussian_four_types(student, tolerance):
    """The same Gaussians give the same log densities, whichever type they are written in."""
    same = {
        "spherical": np.array([4.0, 4.0]),
        "diag": np.full((2, 2), 4.0),
        "tied": 4.0 * np.eye(2),
        "full": np.stack([4.0 * np.eye(2)] * 2),
    }
    # -log(2 pi 4) - squared distance / 8; the squared distances are 0, 5, 40 and 20, 5, 4.
    want = -3.224171427529236 - np.array([[0.0, 20.0], [5.0, 5.0], [40.0, 4.0]]) / 8
    for covariance_type, covariances in same.items():
        assert_close(
            student.log_gaussian(X, MEANS, covariances, covariance_type),
            want,
            **tolerance,
            float32_ok=True,
            what=f"log_gaussian of type {covariance_type}, variance 4",
            hint="All types hold variances: 4 is the variance, 2 the standard deviation.",
        )


def test_log_likelihood_by_hand(student, tolerance):
    """log_likelihood is the sum over all points, of the example in the statement."""
    student.replace("log_gaussian", _log_gaussian)
    got = student.log_likelihood(X, WEIGHTS, MEANS, COVARIANCES)
    assert_close(
        as_scalar(got, what="log_likelihood"),
        LOG_LIKELIHOOD,
        **tolerance,
        float32_ok=True,
        what="log_likelihood",
        hint="For each point the log of the weighted sum of densities; then the sum over points.",
    )


def test_responsibilities_by_hand(student, tolerance):
    """responsibilities are the probabilities of the components in the statement's example."""
    student.replace("log_gaussian", _log_gaussian)
    got = student.responsibilities(X, WEIGHTS, MEANS, COVARIANCES)
    hint = "w_k N(x; m_k, S_k), divided by its sum over the components."
    assert_probabilities(got, shape=(3, 2), atol=1e-6, what="responsibilities", hint=hint)
    assert_close(
        got, RESPONSIBILITIES, **tolerance, float32_ok=True, what="responsibilities", hint=hint
    )


def test_lower_bound_by_hand(student, tolerance):
    """lower_bound counts the entropy of the responsibilities, with 0 log 0 = 0."""
    student.replace("log_gaussian", _log_gaussian)
    r = np.array([[1.0, 0.0], [0.5, 0.5], [0.0, 1.0]])
    got = student.lower_bound(X, r, WEIGHTS, MEANS, COVARIANCES)
    assert_close(
        as_scalar(got, what="lower_bound"),
        -10.871169439865515,
        **tolerance,
        float32_ok=True,
        what="lower_bound",
        hint="The second point alone brings log 2 of entropy: minus the sum of r log r.",
    )


def test_em_bound_and_likelihood_rise(student, part):
    """The bound never exceeds the likelihood, meets it after each E step, and both never fall."""
    corners = np.array([[-1.0, -1.0], [1.0, -0.5], [-1.0, 1.5], [1.5, 1.0], [0.0, 0.2]])
    x = np.concatenate([corners, 0.7 * corners + [2.5, 1.0], corners * [0.5, 2.0] + [0.0, 4.0]])
    mixture = (np.full(3, 1 / 3), x[[0, 7, 12]], np.stack([2.0 * np.eye(2)] * 3))
    likelihoods, after_e, after_m = [], [], []
    for _ in range(6):
        likelihoods.append(as_scalar(student.log_likelihood(x, *mixture), what="log_likelihood"))
        got = student.responsibilities(x, *mixture)
        r = as_array(got, shape=(15, 3), kind="f", what="responsibilities")
        after_e.append(as_scalar(student.lower_bound(x, r, *mixture), what="lower_bound"))
        got = unpack(student.m_step(x, r, "full", 0.0), MIXTURE, what="m_step")
        shapes = ((3,), (3, 2), (3, 2, 2))
        mixture = tuple(
            as_array(value, shape=shape, kind="f", what=name)
            for value, shape, name in zip(got, shapes, MIXTURE, strict=True)
        )
        after_m.append(as_scalar(student.lower_bound(x, r, *mixture), what="lower_bound"))
    likelihoods.append(as_scalar(student.log_likelihood(x, *mixture), what="log_likelihood"))
    detail = "\n".join(
        f"iteration {t}: likelihood {a:.6f}, bound after E {b:.6f}, bound after M {c:.6f}"
        for t, (a, b, c) in enumerate(zip(likelihoods[:-1], after_e, after_m, strict=True))
    )
    # Room for rounding, also of float32: 1e-4 of the size.
    slack = 1e-4 * (1 + max(map(abs, likelihoods)))
    tight, chain, rise = np.array(likelihoods[:-1]), np.array(after_e), np.array(after_m)
    with part(0.4, "bound and likelihood meet after the E step"):
        assert_true(
            bool((np.abs(chain - tight) < slack).all()),
            "After an E step the bound is not the log-likelihood.",
            detail=detail,
            hint="Only the entropy of the responsibilities closes the gap.",
        )
    with part(0.3, "the bound below the likelihood"):
        assert_true(
            bool((rise < np.array(likelihoods[1:]) + slack).all()),
            "The bound after an M step is above the log-likelihood of the same mixture.",
            detail=detail,
            hint="Jensen's inequality holds for any responsibilities; is a sign wrong?",
        )
    with part(0.3, "both never fall"):
        grows = bool((rise > chain - slack).all() and (np.diff(likelihoods) > -slack).all())
        assert_true(
            grows and likelihoods[-1] > likelihoods[0] + 1,
            "An M step does not raise bound and likelihood.",
            detail=detail,
            hint="The M step is the maximum of the bound over weights, means and covariances.",
        )


def _two_groups():
    """Two hard groups, of 4 and 2 points, with variance 1 in every direction of the axes."""
    x = np.array([[0.0, 0.0], [2.0, 0.0], [0.0, 2.0], [2.0, 2.0], [9.0, 1.0], [11.0, 3.0]])
    return x, np.repeat(np.eye(2), [4, 2], axis=0)


def test_m_step_by_hand(student, part, tolerance):
    """m_step gives weights, means and covariances of two groups, for all four types."""
    x, r = _two_groups()
    eye = np.eye(2)
    want = {
        "full": np.stack([1.5 * eye, [[1.5, 1.0], [1.0, 1.5]]]),
        "tied": np.array([[1.5, 1 / 3], [1 / 3, 1.5]]),
        "diag": np.full((2, 2), 1.5),
        "spherical": np.full(2, 1.5),
    }
    found = {t: unpack(student.m_step(x, r, t, 0.5), MIXTURE, what="m_step") for t in want}
    with part(0.2, "the weights"):
        for got, _, _ in found.values():
            assert_close(got, [2 / 3, 1 / 3], **tolerance, float32_ok=True, what="weights")
    with part(0.2, "the means"):
        for _, got, _ in found.values():
            assert_close(got, [[1.0, 1.0], [10.0, 2.0]], **tolerance, float32_ok=True, what="means")
    for covariance_type, (_, _, got) in found.items():
        with part(0.15, f"covariances, {covariance_type}"):
            assert_close(
                got,
                want[covariance_type],
                **tolerance,
                float32_ok=True,
                what=f"covariances of type {covariance_type}",
                hint="reg_covar = 0.5 is added to every variance, which is 1 without it.",
            )


def test_start_given(student, tolerance):
    """weights_init, means_init and precisions_init take the place of the start."""
    x, _ = _two_groups()
    mixture = student.GaussianMixture(
        n_components=2,
        covariance_type="diag",
        random_state=0,
        weights_init=np.array([0.5, 0.5]),
        means_init=np.array([[2.0, 2.0], [8.0, 2.0]]),
        precisions_init=np.array([[0.25, 0.5], [1.0, 2.0]]),
    )
    weights, means, covariances = unpack(mixture._start(x), MIXTURE, what="_start")
    assert_close(weights, [0.5, 0.5], **tolerance, float32_ok=True, what="weights")
    assert_close(means, [[2.0, 2.0], [8.0, 2.0]], **tolerance, float32_ok=True, what="means")
    assert_close(
        covariances,
        [[4.0, 2.0], [1.0, 0.5]],
        **tolerance,
        float32_ok=True,
        what="covariances",
        hint="A precision is the inverse of a covariance.",
    )


def test_fit_two_groups(student):
    """fit finds two groups that lie far apart and returns the object itself."""
    x, _ = _two_groups()
    mixture = student.GaussianMixture(n_components=2, covariance_type="spherical", random_state=0)
    fitted = mixture.fit(x)
    # Whatever ``fit`` returned, the attributes are those of the object.
    means = as_array(mixture.means_, shape=(2, 2), kind="f", what="means_")
    order = means[:, 0].argsort()
    assert_close(
        means[order], [[1.0, 1.0], [10.0, 2.0]], rtol=0, atol=1e-3, what="means_ (in order)"
    )
    weights = as_array(mixture.weights_, shape=(2,), kind="f", what="weights_")
    assert_close(weights[order], [2 / 3, 1 / 3], rtol=0, atol=1e-3, what="weights_ (in order)")
    labels = as_labels(fitted.predict(x), 6, 2, what="fit(x).predict(x)")
    assert_close(
        order.argsort()[labels], [0, 0, 0, 0, 1, 1], rtol=0, atol=0, kind="i", what="predict(x)"
    )


def _fitted(student, **settings):
    """A mixture that was not fitted: its three attributes are set."""
    mixture = student.GaussianMixture(n_components=2, covariance_type="full", **settings)
    mixture.weights_, mixture.means_, mixture.covariances_ = WEIGHTS, MEANS, COVARIANCES
    return mixture


def test_predict_by_hand(student):
    """predict names the most probable component, predict_proba and score go with it."""
    student.replace("log_gaussian", _log_gaussian)
    student.replace("responsibilities", lambda *args, **kwargs: RESPONSIBILITIES)
    student.replace("log_likelihood", lambda *args, **kwargs: LOG_LIKELIHOOD)
    mixture = _fitted(student)
    labels = as_labels(mixture.predict(X), 3, 2, what="predict(x)")
    assert_close(labels, [0, 1, 1], rtol=0, atol=0, kind="i", what="predict(x)")
    proba = mixture.predict_proba(X)
    assert_probabilities(proba, shape=(3, 2), atol=1e-6, what="predict_proba(x)")
    assert_close(
        as_scalar(mixture.score(X), what="score(x)"),
        LOG_LIKELIHOOD / 3,
        rtol=1e-6,
        atol=1e-9,
        float32_ok=True,
        what="score(x)",
        hint="The mean over the points of the log density.",
    )


def test_sample_shapes(student):
    """sample(N) returns N points, (N, D), and N whole numbers that name their components."""
    for n_samples in (7, 101):
        got = _fitted(student, random_state=0).sample(n_samples)
        points, labels = unpack(got, ("points", "components"))
        as_array(points, shape=(n_samples, 2), kind="f", what="points")
        as_labels(labels, n_samples, 2, what="components")


def test_kmeans_limit_by_hand(student, tolerance):
    """kmeans_limit: soft for a large sigma, all or nothing at zero, a point half-way is shared."""
    x, means = np.array([[0.0], [1.0], [3.0]]), np.array([[0.0], [2.0]])
    near, far = 0.880797077977882, 0.017986209962092
    want = [[near, 1 - near], [0.5, 0.5], [far, 1 - far]]
    hint = "exp(-distance^2 / (2 sigma^2)), divided by its sum over the components."
    got = student.kmeans_limit(x, means, 1.0)
    assert_close(got, want, **tolerance, float32_ok=True, what="kmeans_limit, sigma 1", hint=hint)
    got = student.kmeans_limit(x, means, 0.0)
    want = [[1.0, 0.0], [0.5, 0.5], [0.0, 1.0]]
    assert_close(got, want, **tolerance, float32_ok=True, what="kmeans_limit, sigma 0", hint=hint)


def test_map_m_step_by_hand(student, part, tolerance):
    """map_m_step gives the mode of the posterior: three points, one component."""
    prior = {"alpha": 2.0, "mean": np.zeros(2), "kappa": 1.0, "scale": np.eye(2), "nu": 4.0}
    x = np.array([[2.0, 0.0], [4.0, 0.0], [3.0, 3.0]])
    got = unpack(student.map_m_step(x, np.ones((3, 1)), prior), MIXTURE, what="map_m_step")
    weights, means, covariances = got
    with part(0.2, "the weight"):
        assert_close(weights, [1.0], **tolerance, float32_ok=True, what="weights")
    with part(0.4, "the mean"):
        hint = "The prior counts as kappa points at its mean: (0 + 2 + 4 + 3) / (1 + 3)."
        assert_close(means, [[2.25, 0.75]], **tolerance, float32_ok=True, what="means", hint=hint)
    with part(0.4, "the covariance"):
        # scatter [[2, 0], [0, 6]], prior [[1, 0], [0, 1]], pull 3/4 (3, 1)(3, 1)^T; 4 + 3 + 2 + 2.
        want = np.array([[[2 + 1 + 6.75, 2.25], [2.25, 6 + 1 + 0.75]]]) / 11
        assert_close(
            covariances,
            want,
            **tolerance,
            float32_ok=True,
            what="covariances",
            hint="(scale + scatter + pull) / (nu + N_k + D + 2), about the joint mode.",
        )


def test_match_components_by_hand(student):
    """match_components finds the class of every component by their means."""
    x = np.array([[0.0, 0.0], [2.0, 0.0], [5.0, 5.0], [9.0, 1.0], [9.0, 3.0]])
    y = np.array([0, 0, 1, 2, 2])
    means = np.array([[4.0, 6.0], [8.5, 2.0], [1.0, 0.5]])
    got = as_labels(student.match_components(means, x, y), 3, 3, what="match_components")
    assert_close(got, [1, 2, 0], rtol=0, atol=0, kind="i", what="match_components")


def test_compare_types_keys(student):
    """compare_types gives a train and a test accuracy for each of the four types."""
    corners = np.array([[-1.0, -1.0], [1.0, -0.5], [-1.0, 1.5], [1.5, 1.0], [0.0, 0.2]])
    x = np.concatenate([corners, np.add(corners, [30.0, 10.0])])
    y = np.repeat([0, 1], 5)
    wrong = np.array([0, 0, 0, 0, 1, 1, 1, 1, 1, 1])  # one label in ten is not that of its group
    got = student.compare_types(x, y, x, wrong)
    right = isinstance(got, dict) and set(got) == {"full", "tied", "diag", "spherical"}
    assert_true(right, "Compare_types does not return a dict of the four covariance types.")
    for covariance_type, pair in got.items():
        train, test = unpack(pair, ("train", "test"), what=covariance_type)
        assert_close(as_scalar(train), 1.0, rtol=0, atol=1e-6, what=f"train, {covariance_type}")
        assert_close(as_scalar(test), 0.9, rtol=0, atol=1e-6, what=f"test, {covariance_type}")


def test_covariance_ellipse_by_hand(student):
    """Every point of the ellipse lies n_std standard deviations away from the mean."""
    mean, covariance = np.array([3.0, -1.0]), np.array([[9.0, 0.0], [0.0, 4.0]])
    got = student.covariance_ellipse(mean, covariance, 2.0, 40)
    points = as_array(got, shape=(40, 2), kind="f", what="the ellipse")
    square = ((points - mean) ** 2 / [9.0, 4.0]).sum(axis=1)
    assert_close(
        np.sqrt(square),
        np.full(40, 2.0),
        rtol=1e-6,
        atol=0,
        float32_ok=True,
        what="sqrt((x - mean)^T covariance^-1 (x - mean))",
        hint="The half-axes are 2 * 3 and 2 * 2: roots of the variances.",
    )
