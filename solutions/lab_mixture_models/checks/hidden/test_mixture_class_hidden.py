"""GaussianMixture and map_fit: start, loop and predictions. The steps below them are ours."""

import numpy as np
from scipy.special import logsumexp, softmax, xlogy
from scipy.stats import dirichlet, invwishart, multivariate_normal

from autograder.compare import (
    as_array,
    as_labels,
    as_scalar,
    assert_close,
    assert_probabilities,
    assert_same_components,
    assert_true,
    assert_unchanged,
    unpack,
)

TYPES = ("full", "tied", "diag", "spherical")
MIXTURE = ("weights", "means", "covariances")


# Our steps; parameters are named as in the statement, since they may be passed by name.


def _full_covariances(covariances, covariance_type, K, D):
    result = np.zeros((K, D, D))
    for k in range(K):
        if covariance_type in ("full", "tied"):
            result[k] = covariances[k] if covariance_type == "full" else covariances
        else:
            np.fill_diagonal(result[k], covariances[k])
    return result


def _log_gaussian(x_ND, means_KD, covariances, covariance_type="full"):
    K, D = np.shape(means_KD)
    matrices = _full_covariances(covariances, covariance_type, K, D)
    gaps_KND = np.asarray(x_ND) - np.asarray(means_KD)[:, None]
    square_KN = np.einsum("knd,kde,kne->kn", gaps_KND, np.linalg.inv(matrices), gaps_KND)
    log_det_K = np.linalg.slogdet(2 * np.pi * matrices)[1]
    return -0.5 * (square_KN + log_det_K[:, None]).T


def _joint(x_ND, weights_K, means_KD, covariances, covariance_type):
    with np.errstate(divide="ignore"):
        log_weights_K = np.log(np.ravel(weights_K))
    return log_weights_K + _log_gaussian(x_ND, means_KD, covariances, covariance_type)


def _log_likelihood(x_ND, weights_K, means_KD, covariances, covariance_type="full"):
    joint = _joint(x_ND, weights_K, means_KD, covariances, covariance_type)
    return float(logsumexp(joint, axis=1).sum())


def _responsibilities(x_ND, weights_K, means_KD, covariances, covariance_type="full"):
    return softmax(_joint(x_ND, weights_K, means_KD, covariances, covariance_type), axis=1)


def _lower_bound(x_ND, r_NK, weights_K, means_KD, covariances, covariance_type="full"):
    joint = _joint(x_ND, weights_K, means_KD, covariances, covariance_type)
    return float(np.where(r_NK > 0, r_NK * joint, 0.0).sum() - xlogy(r_NK, r_NK).sum())


def _m_step(x_ND, r_NK, covariance_type="full", reg_covar=1e-6):
    x, r, D = np.asarray(x_ND), np.asarray(r_NK), np.shape(x_ND)[1]
    mass = np.maximum(r.sum(axis=0), 1e-200)
    means = r.T @ x / mass[:, None]
    gaps = x - means[:, None]
    full = np.einsum("nk,knd,kne->kde", r, gaps, gaps) / mass[:, None, None]
    if covariance_type == "tied":
        covariances = np.tensordot(mass / mass.sum(), full, axes=1) + reg_covar * np.eye(D)
    elif covariance_type == "full":
        covariances = full + reg_covar * np.eye(D)
    else:
        covariances = np.einsum("kdd->kd", full) + reg_covar
        covariances = covariances.mean(axis=1) if covariance_type == "spherical" else covariances
    return r.mean(axis=0), means, covariances


def _map_m_step(x_ND, r_NK, prior):
    D, K = x_ND.shape[1], r_NK.shape[1]
    mass, kappa = r_NK.sum(axis=0), prior["kappa"]
    weights = mass + prior["alpha"] - 1
    means = (kappa * prior["mean"] + r_NK.T @ x_ND) / (kappa + mass)[:, None]
    covariances = np.empty((K, D, D))
    for k in range(K):
        gaps, gap = x_ND - means[k], means[k] - prior["mean"]
        scale = prior["scale"] + (r_NK[:, k, None] * gaps).T @ gaps + kappa * np.outer(gap, gap)
        covariances[k] = scale / (prior["nu"] + mass[k] + D + 2)
    return weights / weights.sum(), means, covariances


def _log_prior(weights_K, means_KD, covariances_KDD, prior):
    K = len(weights_K)
    total = dirichlet.logpdf(weights_K, np.full(K, prior["alpha"])) if K > 1 else 0.0
    for mean, covariance in zip(means_KD, covariances_KDD, strict=True):
        total += multivariate_normal.logpdf(mean, prior["mean"], covariance / prior["kappa"])
        total += invwishart.logpdf(covariance, prior["nu"], prior["scale"])
    return float(total)


STEPS = {
    "full_covariances": _full_covariances,
    "log_gaussian": _log_gaussian,
    "log_likelihood": _log_likelihood,
    "responsibilities": _responsibilities,
    "lower_bound": _lower_bound,
    "m_step": _m_step,
}


def _pin(student):
    for name, function in STEPS.items():
        student.replace(name, function)


def _shape(kind, K, D):
    return {"full": (K, D, D), "tied": (D, D), "diag": (K, D), "spherical": (K,)}[kind]


def _precisions(covariances, kind):
    return np.linalg.inv(covariances) if kind in ("full", "tied") else 1.0 / covariances


def _blobs(rng, gap):
    """150 points in three groups, and their group."""
    middles = gap * np.array([[0.0, 0.0], [1.0, 0.2], [0.3, 1.0]])
    spread = np.array([[1.0, 2.0], [1.5, 0.7], [0.8, 1.2]])
    ids = np.repeat([0, 1, 2], [70, 30, 50])
    return middles[ids] + spread[ids] * rng.normal(size=(150, 2)), ids


def _start(x, kind):
    """Equal weights, three of the points, the same broad covariance."""
    covariances = {
        "full": np.stack([3.0 * np.eye(2)] * 3),
        "tied": 3.0 * np.eye(2),
        "diag": np.full((3, 2), 3.0),
        "spherical": np.full(3, 3.0),
    }[kind]
    return np.full(3, 1 / 3), x[[0, 80, 120]], covariances


def _path(x, start, kind, steps, reg_covar=1e-6):
    """The mixtures after 0, 1, ..., ``steps`` iterations, and the bounds of the E steps."""
    path, bounds = [start], []
    for _ in range(steps):
        bounds.append(_log_likelihood(x, *path[-1], kind) / len(x))
        path.append(_m_step(x, _responsibilities(x, *path[-1], kind), kind, reg_covar))
    return path, bounds


def _assert_mixture(mixture, want, kind, what, hint=""):
    names = ("weights_", "means_", "covariances_")
    got = (mixture.weights_, mixture.means_, mixture.covariances_)
    for value, right, name in zip(got, want, names, strict=True):
        assert_close(
            value,
            right,
            rtol=1e-6,
            atol=1e-8,
            float32_ok=True,
            what=f"{name} of type {kind}, {what}",
            hint=hint,
        )


# 2.2 The start


def test_start_kmeans(student, rng):
    """With init_params="kmeans" the start is the M step of the clusters of K-means."""
    _pin(student)
    x, ids = _blobs(rng, gap=60.0)
    want = _m_step(x, np.eye(3)[ids])
    for random_state in (0, 1):
        mixture = student.GaussianMixture(n_components=3, random_state=random_state)
        assert_same_components(
            unpack(mixture._start(x), MIXTURE, what="_start"),
            want,
            rtol=1e-5,
            atol=1e-8,
            names=MIXTURE,
            what="_start",
            hint="np.eye(K)[labels] are the responsibilities of clusters.",
        )


def test_start_random(student, part, rng):
    """With init_params="random" the start is the M step of random responsibilities."""
    # A mean of 150 points with random weights (deviation at most 1.5 of their mean, for labels
    # drawn at random) is off by 1.5 / sqrt(150) = 0.12 of the data's deviation per coordinate.
    # Allowed is 1.0, 8 times that, in 6 coordinates for 3 components: less than 1e-13.
    _pin(student)
    x, _ = _blobs(rng, gap=60.0)

    def started(random_state):
        mixture = student.GaussianMixture(
            n_components=3, init_params="random", random_state=random_state
        )
        got = unpack(mixture._start(x), MIXTURE, what="_start")
        shapes = ((3,), (3, 2), (3, 2, 2))
        return tuple(
            as_array(value, shape=shape, kind="f", what=name)
            for value, shape, name in zip(got, shapes, MIXTURE, strict=True)
        )

    first, again, other = started(3), started(3), started(4)
    with part(0.5, "random responsibilities"):
        for weights, means, _ in (first, other):
            assert_probabilities(weights, shape=(3,), atol=1e-6, what="weights")
            off = np.abs(means - x.mean(axis=0)) / x.std(axis=0)
            assert_true(
                bool((off < 1.0).all()),
                "The means are not near the middle of all points.",
                detail=f"the means are\n{means}",
                hint="Random responsibilities for every point and component, then the M step.",
            )
    with part(0.25, "the same random_state"):
        same = all(bool((a == b).all()) for a, b in zip(first, again, strict=True))
        assert_true(same, "The same random_state gave two different starts.")
    with part(0.25, "another random_state"):
        same = bool(np.abs(first[1] - other[1]).max() < 1e-9)
        assert_true(not same, "Two values of random_state gave the same start.")


def test_start_partly_given(student, part, rng):
    """What is given of weights, means and precisions is the start; what is not is found."""
    _pin(student)
    x, ids = _blobs(rng, gap=60.0)
    given = {
        "weights_init": np.array([0.2, 0.5, 0.3]),
        "means_init": np.array([[1.0, 2.0], [50.0, 9.0], [20.0, 44.0]]),
    }
    for kind in TYPES:
        with part(0.25, kind):
            covariances = _m_step(x + 3 * rng.normal(size=x.shape), np.eye(3)[ids], kind)[2]
            settings = given | {"precisions_init": _precisions(covariances, kind)}
            wants = (*given.values(), covariances)
            for i, name in enumerate(settings):
                mixture = student.GaussianMixture(
                    n_components=3, covariance_type=kind, random_state=0, **{name: settings[name]}
                )
                got = unpack(mixture._start(x), MIXTURE, what="_start")
                shapes = ((3,), (3, 2), _shape(kind, 3, 2))
                for value, shape, what in zip(got, shapes, MIXTURE, strict=True):
                    as_array(value, shape=shape, kind="f", what=what)
                assert_close(
                    got[i],
                    wants[i],
                    rtol=1e-5,
                    atol=1e-7,
                    float32_ok=True,
                    what=f"{MIXTURE[i]} with {name}, {kind}",
                    hint="The inverse of a diagonal or spherical precision is 1 / precision; "
                    "of a matrix it is np.linalg.inv.",
                )
                if i != 1:  # the groups are far apart: K-means finds their means
                    means = as_array(got[1], shape=(3, 2), what="means")
                    _, right, _ = _m_step(x, np.eye(3)[ids])
                    assert_same_components(
                        (means,), (right,), rtol=1e-5, atol=1e-6, names=("means",), what="_start"
                    )


# 2.3 The loop


def _fitted(student, x, kind, start, **settings):
    """A mixture fitted from ``start``, with our steps."""
    _pin(student)
    student.replace("GaussianMixture._start", lambda *args, **kwargs: start)
    weights, means, covariances = start
    mixture = student.GaussianMixture(
        n_components=len(weights),
        covariance_type=kind,
        random_state=0,
        # For those whose fit does not call _start.
        weights_init=weights,
        means_init=means,
        precisions_init=_precisions(covariances, kind),
        **settings,
    )
    mixture.fit(x)
    return mixture


def test_fit_parameters(student, part, rng):
    """After 1, 2 and 5 iterations the mixture is that of EM, for all four types."""
    x, _ = _blobs(rng, gap=3.0)
    for kind in TYPES:
        with part(0.25, kind):
            start = _start(x, kind)
            path, _ = _path(x, start, kind, 5)
            for max_iter in (1, 2, 5):
                mixture = _fitted(student, x, kind, start, max_iter=max_iter, tol=0.0)
                what = f"max_iter={max_iter}"
                hint = "An iteration is an E step with the newest mixture, then an M step."
                _assert_mixture(mixture, path[max_iter], kind, what, hint)


def test_fit_lower_bound(student, rng, tolerance):
    """lower_bound_ is the bound after the last E step, divided by the number of points."""
    x, _ = _blobs(rng, gap=3.0)
    for kind in TYPES:
        start = _start(x, kind)
        _, bounds = _path(x, start, kind, 4)
        for max_iter in (1, 4):
            mixture = _fitted(student, x, kind, start, max_iter=max_iter, tol=0.0)
            assert_close(
                as_scalar(mixture.lower_bound_, what="lower_bound_"),
                bounds[max_iter - 1],
                **tolerance,
                float32_ok=True,
                what=f"lower_bound_ of type {kind}, max_iter={max_iter}",
                hint="The mean over the points, from the E step, before the M step.",
            )


def test_fit_stopping(student, part, rng):
    """fit stops once the bound changes by less than tol, or after max_iter, and says which."""
    x, _ = _blobs(rng, gap=3.0)
    start = _start(x, "full")
    _, bounds = _path(x, start, "full", 30)
    change = np.abs(np.diff(bounds))
    for share, tol, max_iter in ((0.3, 0.02, 30), (0.3, 3e-3, 30), (0.2, 3e-3, 3), (0.2, 50.0, 30)):
        # change[t] is that of iteration t + 2; tol lies well between two of them.
        small = np.flatnonzero(change[: max_iter - 1] < tol)
        n_iter, converged = (int(small[0]) + 2, True) if len(small) else (max_iter, False)
        with part(share, f"tol = {tol:g}, max_iter = {max_iter}"):
            mixture = _fitted(student, x, "full", start, max_iter=max_iter, tol=tol)
            got = as_array(mixture.n_iter_, shape=(), kind="i", what="n_iter_")
            assert_true(
                int(got) == n_iter,
                "n_iter_ is not the number of iterations.",
                detail=f"got {got}, wanted {n_iter}, with tol={tol:g} and max_iter={max_iter}",
                hint="Compare the bounds of two E steps; the first iteration has nothing to "
                "compare with, and the last one still makes its M step.",
            )
            got = as_array(mixture.converged_, shape=(), kind="b", what="converged_")
            assert_true(
                bool(got) is converged,
                "converged_ is not whether the change came below tol.",
                detail=f"got {bool(got)}, with tol={tol:g} and max_iter={max_iter}",
            )


def test_fit_warm_start(student, part, rng):
    """With warm_start a second fit goes on where the first one ended; without, it begins anew."""
    x, _ = _blobs(rng, gap=3.0)
    start = _start(x, "full")
    path, _ = _path(x, start, "full", 4)
    for share, warm, want in ((0.4, True, path[4]), (0.3, False, path[2])):
        with part(share, f"warm_start={warm}"):
            mixture = _fitted(student, x, "full", start, max_iter=2, tol=0.0, warm_start=warm)
            mixture.fit(x)
            _assert_mixture(mixture, want, "full", f"second fit, warm_start={warm}")
    with part(0.3, "a warm start at the end"):
        mixture = _fitted(student, x, "full", start, max_iter=60, tol=1e-3, warm_start=True)
        mixture.fit(x)
        got = as_array(mixture.n_iter_, shape=(), kind="i", what="n_iter_")
        assert_true(
            int(got) == 1,
            "A second fit that begins at the end of the first one takes more than one iteration.",
            detail=f"n_iter_ is {got}",
            hint="lower_bound_ counts as the bound before the first iteration.",
        )


def test_fit_singular(student, rng):
    """fit stays finite where each component has equal points, thanks to reg_covar."""
    x = np.repeat([[0.0, 0.0], [10.0, 10.0]], [4, 6], axis=0)
    for kind in TYPES:
        covariances = _m_step(x, np.full((10, 2), 0.5), kind)[2]
        if kind in ("full", "tied"):
            covariances = covariances + 5.0 * np.eye(2)
        start = (np.array([0.5, 0.5]), np.array([[1.0, 2.0], [9.0, 8.0]]), covariances)
        path, _ = _path(x, start, kind, 12, reg_covar=0.01)
        mixture = _fitted(student, x, kind, start, max_iter=12, tol=0.0, reg_covar=0.01)
        _assert_mixture(mixture, path[-1], kind, "reg_covar=0.01", "Hand reg_covar on to m_step.")


def test_fit_keeps_input(student, rng):
    """fit leaves the points as they were."""
    x, _ = _blobs(rng, gap=3.0)
    kept = student.put(x)
    mixture = _fitted(student, kept, "diag", _start(x, "diag"), max_iter=3)
    as_array(mixture.means_, shape=(3, 2), kind="f", what="means_")
    assert_unchanged(student.fetch(kept), x, what="x")


# 2.4 Predictions


def _ready(student, rng, kind):
    """An object whose attributes are set, the mixture, and points of it."""
    _pin(student)
    x, ids = _blobs(rng, gap=2.0)
    mixture = _m_step(x, 0.8 * np.eye(3)[ids] + 0.2 / 3, kind)
    fitted = student.GaussianMixture(n_components=3, covariance_type=kind)
    fitted.weights_, fitted.means_, fitted.covariances_ = mixture
    return fitted, mixture, x[::5]


def test_predict_values(student, rng):
    """predict names the component of largest responsibility, for all four types."""
    for kind in TYPES:
        fitted, mixture, x = _ready(student, rng, kind)
        r = _responsibilities(x, *mixture, kind)
        student.replace("GaussianMixture.predict_proba", lambda *args, r=r, **kwargs: r)
        got = as_labels(fitted.predict(x), len(x), 3, what="predict(x)")
        right = r.argmax(axis=1)
        hint = "The largest responsibility, not the nearest mean."
        assert_close(got, right, rtol=0, atol=0, kind="i", what=f"predict(x), {kind}", hint=hint)


def test_predict_proba_values(student, rng, tolerance):
    """predict_proba gives the responsibilities, for all four types."""
    for kind in TYPES:
        fitted, mixture, x = _ready(student, rng, kind)
        assert_close(
            fitted.predict_proba(x),
            _responsibilities(x, *mixture, kind),
            **tolerance,
            float32_ok=True,
            what=f"predict_proba(x), {kind}",
        )


def test_score_values(student, rng, tolerance):
    """score is the mean log-likelihood of the points it is given, for all four types."""
    for kind in TYPES:
        fitted, mixture, x = _ready(student, rng, kind)
        for some in (x, x[:4]):
            assert_close(
                as_scalar(fitted.score(some), what="score(x)"),
                _log_likelihood(some, *mixture, kind) / len(some),
                **tolerance,
                float32_ok=True,
                what=f"score(x), {kind}",
                hint="The mean over the points, not the sum.",
            )


# 4.2 EM with priors


def _pin_map(student):
    _pin(student)
    student.replace("map_m_step", _map_m_step)
    student.replace("log_prior", _log_prior)


def _prior():
    return {
        "alpha": 2.0,
        "mean": np.array([1.0, -1.0]),
        "kappa": 0.5,
        "scale": np.array([[2.0, 0.3], [0.3, 1.0]]),
        "nu": 5.0,
    }


def _map_path(x, start, prior, steps):
    def objective(mixture):
        return _log_likelihood(x, *mixture) + _log_prior(*mixture, prior)

    path, history = [start], [objective(start)]
    for _ in range(steps):
        path.append(_map_m_step(x, _responsibilities(x, *path[-1]), prior))
        history.append(objective(path[-1]))
    return path, np.array(history)


MAP_RESULT = (*MIXTURE, "history")


def test_map_fit_parameters(student, rng, tolerance):
    """map_fit takes an E step and an M step with priors in each iteration."""
    _pin_map(student)
    x, _ = _blobs(rng, gap=3.0)
    start = _start(x, "full")
    path, _ = _map_path(x, start, _prior(), 5)
    for max_iter in (1, 2, 5):
        got = student.map_fit(x, start, _prior(), max_iter=max_iter, tol=0.0)
        got = unpack(got, MAP_RESULT, what="map_fit")
        for value, want, name in zip(got, path[max_iter], MIXTURE, strict=False):
            what = f"{name}, max_iter={max_iter}"
            assert_close(value, want, **tolerance, float32_ok=True, what=what)


def test_map_fit_history(student, rng, tolerance):
    """history holds log-likelihood plus log prior, of the start and after every iteration."""
    _pin_map(student)
    x, _ = _blobs(rng, gap=3.0)
    start = _start(x, "full")
    _, history = _map_path(x, start, _prior(), 6)
    got = unpack(student.map_fit(x, start, _prior(), max_iter=6, tol=0.0), MAP_RESULT)
    hint = "One more number than there were iterations; the prior is part of the objective."
    assert_close(got[3], history, **tolerance, float32_ok=True, what="history", hint=hint)


def test_map_fit_stopping(student, part, rng):
    """map_fit stops once an iteration raises the objective by less than tol, or at max_iter."""
    _pin_map(student)
    x, _ = _blobs(rng, gap=3.0)
    start = _start(x, "full")
    path, history = _map_path(x, start, _prior(), 30)
    for share, tol, max_iter in ((0.5, 1.0, 30), (0.25, 0.3, 30), (0.25, 0.3, 2)):
        small = np.flatnonzero(np.diff(history[: max_iter + 1]) < tol)
        T = int(small[0]) + 1 if len(small) else max_iter
        with part(share, f"tol = {tol:g}, max_iter = {max_iter}"):
            got = student.map_fit(x, start, _prior(), max_iter=max_iter, tol=tol)
            *mixture, _ = unpack(got, MAP_RESULT, what="map_fit")
            for value, want, name in zip(mixture, path[T], MIXTURE, strict=True):
                assert_close(
                    value,
                    want,
                    rtol=1e-6,
                    atol=1e-8,
                    float32_ok=True,
                    what=f"{name}, tol={tol:g}, max_iter={max_iter}",
                    hint="tol is about the sum over all points, not about their mean.",
                )


def test_map_fit_closed_form(student, rng, tolerance):
    """With one component the closed form comes out, from any start."""
    _pin_map(student)
    x, prior = np.add(rng.normal(size=(12, 2)), [4.0, 1.0]), _prior()
    N, D = x.shape
    center = x.mean(axis=0)
    gap = center - prior["mean"]
    pull = prior["kappa"] * N / (prior["kappa"] + N) * np.outer(gap, gap)
    want = (
        np.ones(1),
        ((prior["kappa"] * prior["mean"] + N * center) / (prior["kappa"] + N))[None],
        ((prior["scale"] + N * np.cov(x.T, ddof=0) + pull) / (prior["nu"] + N + D + 2))[None],
    )
    for mean in (np.zeros((1, D)), 30.0 + np.zeros((1, D))):
        start = (np.ones(1), mean, 7.0 * np.eye(D)[None])
        got = unpack(student.map_fit(x, start, prior), MAP_RESULT, what="map_fit")
        for value, right, name in zip(got, want, MIXTURE, strict=False):
            assert_close(value, right, **tolerance, float32_ok=True, what=name)
