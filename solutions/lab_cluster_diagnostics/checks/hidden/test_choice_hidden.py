"""BIC, silhouette and the choice between K-means and the GMM."""

import math

import numpy as np
from scipy.spatial.distance import cdist
from scipy.special import logsumexp
from scipy.stats import norm

from autograder.compare import as_scalar, assert_close, assert_true, unpack
from autograder.session import CallFailed

KINDS = ("kmeans", "gmm")
CRITERIA = ("held_out", "bic", "silhouette")


def _bic(log_likelihood, kind, N, D, K):
    free = {"kmeans": K * D + 1 + K - 1, "gmm": 2 * K * D + K - 1}[kind]
    return float(free * math.log(N) - 2 * log_likelihood)


def _silhouette(points, labels):
    """By the definition, point by point (Rousseeuw 1987)."""
    distance, values = cdist(points, points), []
    if len(set(labels.tolist())) < 2:
        return 0.0
    for i, own in enumerate(labels):
        mates = (labels == own) & (np.arange(len(labels)) != i)
        if not mates.any():
            values.append(0.0)
            continue
        a = distance[i, mates].mean()
        b = min(distance[i, labels == other].mean() for other in set(labels.tolist()) - {own})
        values.append((b - a) / max(a, b) if max(a, b) > 0 else 0.0)
    return float(np.mean(values))


def test_bic_values(student, tolerance):
    """p log N - 2 log-likelihood, p the number of free parameters, for any N, D, K and sign."""
    for kind in KINDS:
        for log_likelihood, N, D, K in (
            (-812.5, 300, 2, 4),
            (95.25, 40, 7, 1),
            (0.0, 1000, 1, 6),
            (-7.0, 25, 3, 3),
        ):
            got = as_scalar(student.bic(log_likelihood, kind, N, D, K), what=f"bic of {kind}")
            want = _bic(log_likelihood, kind, N, D, K)
            assert_close(got, want, **tolerance, what=f"bic of {kind}",
                         hint=f"N={N}, D={D}, K={K}: means, deviations, weights.")  # fmt: skip


def test_bic_refuses(student):
    """Any other kind of model raises ValueError."""
    try:
        student.bic(-10.0, "kmedians", 20, 2, 3)
    except CallFailed as failure:
        if not failure.message.startswith("ValueError raised"):
            raise
    else:
        assert_true(False, "No ValueError is raised, although the kind is 'kmedians'.")


def _silhouette_of(student, points, labels, tolerance, hint=""):
    got = as_scalar(student.silhouette(points, labels), what="the silhouette")
    assert_close(got, _silhouette(points, labels), **tolerance, what="the silhouette", hint=hint)


def test_silhouette_values(student, rng, tolerance):
    """The mean over the points of (b - a) / max(a, b), whatever the clusters are called."""
    hint = "a: mean distance to the others of the own cluster; b: the least mean distance to "
    hint += "another cluster."
    for N, D, names in ((30, 2, [0, 1, 2]), (17, 4, [5, -2]), (40, 1, [3, 4, 900, 7])):
        labels = np.array(names)[np.arange(N) % len(names)]
        points = rng.normal(size=(N, D)) + 0.004 * (labels % 41)[:, None] * rng.uniform(0, 9, D)
        # Unequal sizes, and no cluster with fewer than two points.
        labels[-N // 5 :] = names[0]
        _silhouette_of(student, points, labels, tolerance, hint)


def test_silhouette_single_points(student, rng, part, tolerance):
    """A point that is alone in its cluster counts 0; so does one with a = b = 0."""
    with part(0.7, "points alone in their clusters"):
        points = rng.normal(size=(12, 2))
        labels = np.array([0, 0, 0, 0, 1, 2, 2, 2, 2, 2, 3, 2])
        _silhouette_of(student, points, labels, tolerance, "Such a point has no others around it.")
    with part(0.3, "two clusters on one place"):
        # The third cluster lies elsewhere, so that 0 is not the answer.
        points = np.array([[2.0, 1.0], [2.0, 1.0], [2.0, 1.0], [2.0, 1.0], [7.0, 5.0], [8.0, 4.0]])
        _silhouette_of(student, points, np.array([0, 1, 0, 1, 2, 2]), tolerance, "0 / 0 is NaN.")


def test_silhouette_one_cluster(student, rng, tolerance):
    """With one cluster there is no other one to compare with: the silhouette is 0."""
    got = student.silhouette(rng.normal(size=(8, 2)), np.full(8, 3))
    assert_close(as_scalar(got, what="the silhouette"), 0.0, **tolerance, what="the silhouette")


def test_silhouette_speed(budget, rng):
    """silhouette has no Python loop over pairs of points."""
    # In one dimension numpy has little to compute, and a loop over pairs shows, even one that
    # leaves numpy alone; many points, so that a loop over points does not.
    budget("silhouette", rng.normal(size=(2000, 1)), rng.integers(4, size=2000))


# Model choice


def _pin(student, models=None):
    """Let BIC and silhouette be ours; ``models`` (kind, K) -> dict replace fitting."""
    student.replace("bic", _bic)
    student.replace("silhouette", lambda points, labels: _silhouette(points, np.asarray(labels)))
    if models is not None:
        student.replace("fit_model", lambda points, K, kind: models[kind, int(K)],
                        module="lab_tools")  # fmt: skip


def _model(rng, N, D, K, spread):
    """Any mixture of K components, and labels that use them all."""
    weights = rng.uniform(1, 2, K)
    return {
        "pi": weights / weights.sum(),
        "mu": rng.normal(size=(K, D)),
        "sigma": np.full((K, D), spread) * rng.uniform(0.8, 1.2, (K, D)),
        "labels": rng.permutation(np.arange(N) % K),
    }


def _mean_log_density(points, model):
    joint = norm.logpdf(points[:, None, :], model["mu"], model["sigma"]).sum(axis=2)
    return float(logsumexp(joint + np.log(model["pi"]), axis=1).mean())


def _chosen(student, train, valid, Ks):
    """Table and best, of the right form."""
    table, best = unpack(student.choose_model(train, valid, Ks), ("table", "best"))
    for what, value in (("table", table), ("best", best)):
        right = isinstance(value, dict) and set(value) >= set(CRITERIA)
        assert_true(right, f"{what} is not a dict with {', '.join(CRITERIA)}.")
    return table, best


def _preferred(best, name, want):
    kind, K = unpack(best[name], ("kind", "K"), what=f"the best by {name}")
    K = as_scalar(K, what="K")
    right = isinstance(kind, str) and (kind, K) == want
    assert_true(right, f"The best by {name} is another model.",
                detail=f"got ({kind!r}, {K:g}), wanted {want}")  # fmt: skip


def test_choose_model_table(student, rng, part, tolerance):
    """Each table holds its criterion for every model: rows by kind, columns in the order of Ks."""
    N, M, D, Ks = 30, 11, 2, [3, 1, 4]
    train, valid = rng.normal(size=(N, D)), rng.normal(1.0, 2.0, size=(M, D))
    models = {(kind, K): _model(rng, N, D, K, 1.5) for kind in KINDS for K in Ks}
    _pin(student, models)
    table, _ = _chosen(student, train, valid, Ks)
    want = {name: np.empty((2, 3)) for name in CRITERIA}
    for (kind, K), model in models.items():
        at = KINDS.index(kind), Ks.index(K)
        want["held_out"][at] = _mean_log_density(valid, model)
        want["bic"][at] = _bic(N * _mean_log_density(train, model), kind, N, D, K)
        want["silhouette"][at] = _silhouette(train, model["labels"])
    hints = {
        "held_out": "Of the points of valid, under the model fitted to train.",
        "bic": "log_likelihood is a sum over the points of train.",
        "silhouette": "Of the points of train and the labels of the model.",
    }
    for share, name in ((0.4, "held_out"), (0.4, "bic"), (0.2, "silhouette")):
        with part(share, name):
            assert_close(table[name], want[name], **tolerance, what=name, hint=hints[name])


def test_choose_model_best(student, rng, part):
    """The best model has the largest held-out likelihood, the smallest BIC, ..."""
    N, D, Ks = 40, 2, [2, 3, 5]
    train, valid = rng.normal(size=(N, D)), rng.normal(size=(15, D))
    models = {(kind, K): _model(rng, N, D, K, 1.0) for kind in KINDS for K in Ks}
    # Labels of compact groups for one model only; the others' are random.
    models["kmeans", 5]["labels"] = (np.argsort(np.argsort(train[:, 0])) * 5) // N
    _pin(student, models)
    _, best = _chosen(student, train, valid, Ks)
    held_out = {key: _mean_log_density(valid, model) for key, model in models.items()}
    criterion = {
        key: _bic(N * _mean_log_density(train, model), key[0], N, D, key[1])
        for key, model in models.items()
    }
    with part(0.4, "by held-out likelihood"):
        _preferred(best, "held_out", max(held_out, key=held_out.get))
    with part(0.4, "by BIC"):
        _preferred(best, "bic", min(criterion, key=criterion.get))
    with part(0.2, "by silhouette"):
        _preferred(best, "silhouette", ("kmeans", 5))


def test_choose_model_ties(student, rng, part):
    """Of equal scores the one with fewer clusters wins, then K-means, in any order of Ks."""
    train, valid = rng.normal(size=(24, 2)), rng.normal(size=(9, 2))
    same = _model(rng, 24, 2, 3, 1.0)
    with part(0.5, "all models are equal"):
        for Ks in ([2, 3, 4], [4, 3, 2], [3, 2, 4]):
            _pin(student, {(kind, K): same for kind in KINDS for K in Ks})
            student.replace("bic", lambda *args, **kwargs: 12.5)
            _, best = _chosen(student, train, valid, Ks)
            for name in CRITERIA:
                _preferred(best, name, ("kmeans", 2))
    with part(0.5, "the GMM with few clusters equals K-means with many"):
        worse = {**same, "mu": same["mu"] + 50.0}
        Ks = [5, 4, 2]
        equal = {("gmm", 4), ("kmeans", 5), ("gmm", 5)}
        models = {(k, K): same if (k, K) in equal else worse for k in KINDS for K in Ks}
        _pin(student, models)
        _, best = _chosen(student, train, valid, Ks)
        _preferred(best, "held_out", ("gmm", 4))


def test_choose_model_nan(student, rng):
    """A model whose score is NaN never wins, wherever it stands."""
    train, valid = rng.normal(size=(24, 2)), rng.normal(size=(9, 2))
    Ks = [1, 2, 3]
    for broken in (("kmeans", 1), ("gmm", 3), ("kmeans", 2)):
        models = {(kind, K): _model(rng, 24, 2, K, 1.0) for kind in KINDS for K in Ks}
        models[broken] = {**models[broken], "mu": np.full((broken[1], 2), np.nan)}
        _pin(student, models)
        _, best = _chosen(student, train, valid, Ks)
        with np.errstate(all="ignore"):
            held_out = {
                key: _mean_log_density(valid, model)
                for key, model in models.items()
                if key != broken
            }
            criterion = {
                key: _bic(24 * _mean_log_density(train, model), key[0], 24, 2, key[1])
                for key, model in models.items()
                if key != broken
            }
        _preferred(best, "held_out", max(held_out, key=held_out.get))
        _preferred(best, "bic", min(criterion, key=criterion.get))
