"""Starts, best runs and agreement.

False alarms of the laws. Counts of independent calls follow binomial laws exactly, so every one is
compared with its own law at level 1e-9 (both ends together), whatever the numbers of calls are:
4 counts of the first centre, at most 16 of the second given the first, at most 48 of the third
given both, 68 altogether: a right solution fails with a probability below 7e-8. numpy's global
generator is seeded first, so code that draws from it gets the same verdict at every run.
"""

import itertools

import numpy as np
from scipy import stats

from autograder.compare import (
    as_array,
    as_scalar,
    assert_close,
    assert_true,
    assert_unchanged,
)
from autograder.session import CallFailed

LEVEL = 1e-9
CALLS = {1: 1000, 2: 1500, 3: 1500}
"""Starts of K centres that the case about the K-th one looks at."""
PLACE = np.array([0, 0, 1, 2, 3])
"""Which of the four places every row lies on: two rows share the first one."""
POINTS = np.array([0.0, 2.0, 5.0, 9.0])[PLACE, None] * [0.6, 0.8] + [5.0, -3.0]


def _refuses(call, *args, because, **kwargs):
    """Accept a call that raises ValueError."""
    try:
        call(*args, **kwargs)
    except CallFailed as failure:
        if failure.message.startswith("ValueError raised"):
            return
        raise
    assert_true(False, f"No ValueError is raised, although {because}.")


# k-means++


def _draw(student, K):
    """Many starts, as the places (CALLS[K], K) of their centres in the order drawn."""
    student.seed(1)
    starts = np.empty((CALLS[K], K), dtype=np.intp)
    for i in range(CALLS[K]):
        got = student.kmeans_plus_plus(POINTS, K)
        centers = as_array(got, shape=(K, 2), kind="f", what="the centres")
        gap = np.abs(centers[:, None, :] - POINTS).max(axis=2)
        assert_true(bool((gap.min(axis=1) < 1e-3).all()), "A centre is not a row of points.")
        starts[i] = PLACE[gap.argmin(axis=1)]
    return starts


def _judge(count, total, chance, message, hint):
    """Accept a count that its binomial law allows."""
    law = stats.binom(total, chance)
    rare = law.cdf(count) < LEVEL / 2 or law.sf(count - 1) < LEVEL / 2
    detail = f"{count} of {total} draws; expected about {total * chance:.1f}"
    assert_true(not rare, message, detail=detail, hint=hint)


def _by_square(*centers):
    """The D² law over the four places, given the places of the centres so far."""
    rows = [int(np.flatnonzero(np.equal(PLACE, k))[0]) for k in centers]
    square = ((POINTS[:, None, :] - POINTS[rows]) ** 2).sum(axis=2).min(axis=1)
    return np.bincount(PLACE, square / square.sum())


def test_kpp_first_uniform(student):
    """The first centre is each row with the same probability."""
    first = _draw(student, 1)[:, 0]
    for k, chance in enumerate(np.bincount(PLACE) / len(PLACE)):
        _judge(
            int((first == k).sum()),
            len(first),
            chance,
            "The first centre is not each row of points equally often.",
            "Draw a row number; two rows that hold equal numbers count twice.",
        )


def test_kpp_second_law(student):
    """The second centre is a row with probability by its squared distance to the first."""
    starts = _draw(student, 2)
    for i in range(4):
        second = starts[starts[:, 0] == i, 1]
        for k, chance in enumerate(_by_square(i)):
            _judge(
                int((second == k).sum()),
                len(second),
                chance,
                "The second centre does not follow the law of squared distances.",
                "Probabilities are the squared distances divided by their sum; one draw, no choice "
                "of the best.",
            )


def test_kpp_third_law(student):
    """The third centre follows the squared distance to the nearest of the first two."""
    starts = _draw(student, 3)
    for i, j in itertools.permutations(range(4), 2):
        third = starts[(starts[:, 0] == i) & (starts[:, 1] == j), 2]
        for k, chance in enumerate(_by_square(i, j)):
            _judge(
                int((third == k).sum()),
                len(third),
                chance,
                "The third centre does not follow the law of squared distances.",
                "D(x) is the distance to the nearest of all centres so far.",
            )


def _all_different(student, points, K, calls):
    for _ in range(calls):
        got = student.kmeans_plus_plus(points, K)
        centers = as_array(got, shape=(K, points.shape[1]), kind="f", what="the centres")
        row = np.abs(centers[:, None, :] - points).max(axis=2).argmin(axis=1)
        assert_true(
            len({tuple(points[i]) for i in row}) == K,
            f"There are {K} places and {K} centres, but one place comes twice and another never.",
            detail=f"the rows {row.tolist()}",
            hint="A row that lies on a centre has the probability zero.",
        )


def test_kpp_every_place_once(student, rng):
    """With as many centres as there are different rows, every one of them is a centre."""
    places = rng.normal(3.0, 2.0, size=(6, 3))
    _all_different(student, np.repeat(places, [9, 1, 4, 1, 2, 30], axis=0), 6, 25)


def test_kpp_few_places(student):
    """Where all points lie on centres already, further centres are any rows: no NaN, no error."""
    points = np.repeat([[1.0, 2.0], [30.0, -4.0]], [6, 2], axis=0)
    for _ in range(5):
        got = student.kmeans_plus_plus(points, 4)
        centers = as_array(got, shape=(4, 2), kind="f", what="the centres")
        gap = np.abs(centers[:, None, :] - points).max(axis=2)
        hint = "The sum of the squared distances is zero then."
        assert_true(bool((gap.min(axis=1) < 1e-3).all()), "A centre is not a row of points.")
        both = set((gap.argmin(axis=1) >= 6).tolist()) == {False, True}
        assert_true(both, "One of the two places is not among the four centres.", hint=hint)


def test_kpp_far_from_origin(student, rng):
    """Points that lie near each other and far from the origin are told apart all the same."""
    points = 1e8 + np.arange(8.0)[:, None] * [1.0, 0.5, 0.25] + rng.uniform(0, 0.1, (8, 3))
    _all_different(student, points, 8, 20)


def test_kpp_keeps_input(student, rng):
    """kmeans_plus_plus leaves points as they were, their order too."""
    points = rng.normal(size=(12, 3))
    kept = student.put(points)
    student.kmeans_plus_plus(kept, 3)
    assert_unchanged(student.fetch(kept), points, what="points")


# Best of several runs


class _Script:
    """Starts and runs with outcomes that are known beforehand; what was asked for is noted."""

    def __init__(self, student, losses, algorithm="kmeans"):
        self.losses, self.drawn, self.runs = losses, [], []
        self.algorithm = algorithm
        student.replace("kmeans_plus_plus", self.start)
        student.replace("kmeans", self.kmeans, module="lab_tools")
        student.replace("gmm", self.gmm, module="lab_tools")

    def start(self, points, K, *args, **kwargs):
        number = int(K) if isinstance(K, (int, np.integer)) else None
        self.drawn.append((np.shape(points), number))
        return np.array([[float(len(self.drawn)), 0.0], [0.0, 1.0]])

    def _loss(self, centers, algorithm):
        # The start says which run this is, in whatever order they are made.
        number = int(np.asarray(centers)[0, 0])
        self.runs.append((algorithm, number))
        return number, self.losses[(number - 1) % len(self.losses)]

    def kmeans(self, points, centers, *args, **kwargs):
        number, loss = self._loss(centers, "kmeans")
        tag = np.array([[float(number), 0.0], [0.0, 1.0]])
        cluster_idx = np.zeros(len(points), dtype=int)
        costs = np.array([1e9, loss])
        return {"cluster_idx": cluster_idx, "centers": tag, "cost": loss, "costs": costs}

    def gmm(self, points, centers, *args, **kwargs):
        number, log_likelihood = self._loss(centers, "gmm")
        tag = np.array([[float(number), 0.0], [0.0, 1.0]])
        return {
            "pi": np.array([0.5, 0.5]),
            "mu": tag,
            "sigma": np.ones((2, 2)),
            "cluster_idx": np.zeros(len(points), dtype=int),
            "log_likelihood": log_likelihood,
            "costs": np.array([1e9, -log_likelihood / len(points)]),
        }


TINY = np.array([[0.0, 0.0], [1.0, 0.0], [5.0, 5.0], [6.0, 5.0], [6.0, 6.0]])


def _kept(best, key, number):
    """Judge that ``best`` is the run of that number."""
    assert_true(isinstance(best, dict) and key in best, f"The result is not a dict with {key}.")
    tag = as_array(best[key], shape=(2, 2), kind="f", what=key)
    hint = "kmeans says `cost`, less is better; gmm says `log_likelihood`, more is better."
    assert_true(tag[0, 0] == number, "Another run than the best one is returned.", hint=hint)


def test_best_of_n_gmm(student, part):
    """For the GMM the best run is the one of the largest log-likelihood."""
    cases = [
        (0.5, "log-likelihoods below zero", [-70.0, -20.0, -90.0, -40.0], 2),
        (0.5, "log-likelihoods on both sides of zero", [-3.0, 2.0, 8.0, 5.0], 3),
    ]
    for share, what, values, number in cases:
        with part(share, what):
            script = _Script(student, values)
            best = student.best_of_n_init(TINY, 2, 4, algorithm="gmm")
            assert_true(len(script.runs) > 0, "gmm of lab_tools is never called.")
            _kept(best, "mu", number)


def test_best_of_n_starts(student):
    """There are n_init runs, and each starts from centres that were drawn for it."""
    for algorithm, n_init in (("kmeans", 5), ("gmm", 3), ("kmeans", 1)):
        script = _Script(student, [9.0, 8.0, 7.0, 6.0, 5.0])
        student.best_of_n_init(TINY, 2, n_init, algorithm)
        hint = "One call of kmeans_plus_plus and one of the algorithm for every run."
        assert_true(
            len(script.runs) == n_init,
            f"n_init is {n_init}, but there were {len(script.runs)} runs.",
            hint=hint,
        )
        assert_true(
            sorted(number for _, number in script.runs) == list(range(1, n_init + 1)),
            "The runs do not start each from centres of its own.",
            detail=f"run starts: {[number for _, number in script.runs]}",
            hint=hint,
        )
        assert_true(
            {ran for ran, _ in script.runs} == {algorithm},
            f"With algorithm {algorithm!r} another algorithm is run.",
        )
        right = all(shape == TINY.shape and K == 2 for shape, K in script.drawn)
        assert_true(right, "kmeans_plus_plus is called with other arguments than (points, K).")


def test_best_of_n_nan(student):
    """A run whose cost is NaN is never the best one, wherever it stands."""
    nan = float("nan")
    hint = "min, max and argmin do what they like with NaN; `loss < best` is never true of it."
    for costs, number in (([nan, 4.0, 3.0], 3), ([4.0, nan, 5.0], 1), ([4.0, 2.0, nan], 2)):
        _Script(student, costs)
        best = student.best_of_n_init(TINY, 2, 3)
        assert_true(isinstance(best, dict) and "centers" in best, "The result is not a run.")
        tag = as_array(best["centers"], shape=(2, 2), kind="f", what="centers")
        message = f"Of the costs {costs} another than the smallest number is returned."
        assert_true(tag[0, 0] == number, message, hint=hint)


def test_best_of_n_refuses(student):
    """No run at all, and an algorithm that does not exist, raise ValueError."""
    _Script(student, [3.0])
    call = student.best_of_n_init
    _refuses(call, TINY, 2, 0, because="n_init is 0")
    _refuses(call, TINY, 2, 2, algorithm="kmedians", because="the algorithm is 'kmedians'")


def test_best_of_n_nine_blobs(student, rng):
    """On nine blobs the best of 20 runs finds them all, where a single run seldom does."""
    middles = np.stack(np.meshgrid([0.0, 10.0, 20.0], [0.0, 10.0, 20.0]), axis=2).reshape(9, 2)
    points = np.repeat(middles, 12, axis=0) + rng.normal(size=(108, 2))
    # Our starts, random rows: of these, few runs find all nine.
    starts = [points[rng.choice(108, 9, replace=False)] for _ in range(40)]
    starts += [points[::12]]
    left = [40, *range(19)]
    student.replace("kmeans_plus_plus", lambda *args, **kwargs: starts[left.pop()])
    best = student.best_of_n_init(points, 9, 20)
    assert_true(isinstance(best, dict) and "cost" in best, "The result is not a run of kmeans.")
    own = points.reshape(9, 12, 2)
    want = float(((own - own.mean(axis=1, keepdims=True)) ** 2).sum())
    assert_close(as_scalar(best["cost"], what="cost"), want, rtol=1e-6, atol=0, what="cost",
                 hint="One of the 20 starts leads to all nine blobs.")  # fmt: skip


# Agreement


def _agreement(student, a, b, want, tolerance, hint=""):
    for first, second in ((a, b), (b, a)):
        got = as_scalar(student.label_agreement(first, second), what="the agreement")
        assert_close(got, want, **tolerance, what="the agreement", hint=hint)


def _best(a, b, K):
    """The best share by trying every permutation."""
    meets = np.zeros((K, K))
    np.add.at(meets, (a, b), 1)
    each = np.arange(K)
    return max(meets[each, list(p)].sum() for p in itertools.permutations(range(K))) / len(a)


def test_label_agreement_renamed(student, rng, tolerance):
    """Two labellings that differ only in names agree on every point, whatever the names are."""
    a = rng.permutation(np.repeat(np.arange(5), [3, 9, 4, 1, 8]))
    hint = "Names are arbitrary integers, not row numbers."
    for names in ([4, 2, 0, 1, 3], [10, 20, 30, 40, 50], [-1, 7, 10**12, 0, -5]):
        _agreement(student, a, np.array(names)[a], 1.0, tolerance, hint)


def test_label_agreement_values(student, rng, tolerance):
    """The matching of names is the best one there is, one name to one name."""
    # Greedy pairs 0 with 0 (6 points) and is left with 1 and 1 (0 points); crosswise it is 10.
    a = np.repeat([0, 0, 1], [6, 5, 5])
    b = np.repeat([0, 1, 0], [6, 5, 5])
    _agreement(student, a, b, 10 / 16, tolerance, "Taking the largest count first is not best.")
    for K, N in ((2, 30), (3, 41), (5, 60), (6, 25)):
        a, b = rng.integers(K, size=N), rng.integers(K, size=N)
        a[:K] = b[:K] = np.arange(K)
        b = np.where(rng.random(N) < 0.4, (a + 1) % K, b)
        b[:K] = np.arange(K)
        _agreement(student, a, b, _best(a, b, K), tolerance)


def test_label_agreement_other_number(student, tolerance):
    """A cluster without a partner counts as disagreement; no two share a partner."""
    hint = "One name goes with one name; points of a name that is left over do not agree."
    a = np.array([0, 0, 0, 0, 1, 1, 1, 1, 1, 1])
    b = np.array([0, 0, 0, 1, 2, 2, 3, 3, 3, 4])
    _agreement(student, a, b, 6 / 10, tolerance, hint)
    _agreement(student, np.zeros(6, dtype=int), np.array([3, 3, 3, 1, 1, 2]), 0.5, tolerance, hint)


def test_label_agreement_many_clusters(student, rng, tolerance):
    """24 clusters are compared at once: there are 6e23 permutations."""
    a = rng.permutation(np.repeat(np.arange(24), 6))
    b = rng.permutation(24)[a]
    moved = rng.choice(len(a), 12, replace=False)
    b[moved] = (b[moved] + 1) % 24
    # Every cluster keeps most of its points, so nothing but the true pairs can be best.
    counts = np.zeros((24, 24), dtype=int)
    np.add.at(counts, (a, b), 1)
    assert (counts.max(axis=1) >= 3).all()
    _agreement(student, a, b, counts.max(axis=1).sum() / len(a), tolerance)


def test_label_agreement_refuses(student):
    """Labellings of different numbers of points cannot be compared: ValueError."""
    call = student.label_agreement
    _refuses(call, np.array([0, 1, 1]), np.array([0, 1]), because="one has 3 labels, the other 2")
    _refuses(call, np.array([0, 1, 1]), np.array([1]), because="one has 3 labels, the other 1")
