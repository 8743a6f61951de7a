"""gmm_sampling judged by the laws that its samples must follow.

False alarms. A right solution fails a test of level a with probability a. The levels here:
proportions 1e-8; moments 2 x 16 values at 1e-9 each; order 2e-8; order of the noise 5 x 1e-9. Far
outliers in ``ids_match`` (10 deviations) and equal samples of two calls are rarer still. Together
they are below 1e-7. The generators are seeded first, so that code that draws from numpy's global
generator gets the same verdict at every run.
"""

import numpy as np
from scipy import stats

from autograder.compare import as_array, assert_true, assert_unchanged, unpack

PI = np.array([0.5, 0.05, 0.3, 0.15])
MU = np.array([[-700.0, 100.0], [1000.0, -50.0], [-2000.0, 7.0], [5000.0, 1000.0]])
SIGMA = np.array([[0.3, 4.0], [2.5, 0.1], [1.0, 7.0], [5.0, 0.5]])
LEVEL = 1e-9


def _draw(student, num_samples):
    """Samples (N, D) and whole numbers (N,); ``gmm_sampling_shapes`` judges the ids' dtype."""
    got = unpack(student.gmm_sampling(num_samples, PI, MU, SIGMA), ("samples", "ids"))
    samples = as_array(got[0], shape=(num_samples, 2), kind="f", what="samples")
    ids = as_array(got[1], shape=(num_samples,), kind="fi", what="ids").astype(np.float64)
    legal = bool(((ids == np.rint(ids)) & (ids >= 0) & (ids < 4)).all())
    assert_true(legal, "An id is not a whole number in 0..K-1.")
    return samples, ids.astype(np.intp)


def _nearest(samples):
    """The component that every sample comes from, by its place: they lie far apart."""
    return np.abs(samples[:, :1] - MU[:, 0]).argmin(axis=1)


def _noise(samples):
    """The standard normal numbers that the samples must have been made of."""
    k = _nearest(samples)
    return (samples - MU[k]) / SIGMA[k]


def test_gmm_sampling_ids_match(student):
    """samples[i] comes from the component that ids[i] names."""
    student.seed(1)
    for num_samples in (7, 101, 1, 500):
        samples, ids = _draw(student, num_samples)
        # The components lie so far apart that only a wrong id is further away than this.
        strays = int((np.abs(samples - MU[ids]) > 150).any(axis=1).sum())
        assert_true(
            strays == 0,
            f"Of {num_samples} samples {strays} lie far from the component that their id names.",
            hint="Draw the ids first, then every sample with mu[id] and sigma[id], in that order.",
        )


def test_gmm_sampling_proportions(student):
    """Component k is drawn with probability pi[k]."""
    student.seed(2)
    _, ids = _draw(student, 20_000)
    counts = np.bincount(ids, minlength=4)
    distance = float(((counts - 20_000 * PI) ** 2 / (20_000 * PI)).sum())
    assert_true(
        distance < stats.chi2.isf(1e-8, df=3),
        "The components do not come up as often as pi says.",
        detail=f"counts of 20000 samples: {counts}; expected {20_000 * PI}",
        hint="np.random.choice takes the probabilities as p=.",
    )


def test_gmm_sampling_moments(student, part):
    """The samples of component k have mean mu[k] and standard deviation sigma[k], per column."""
    student.seed(3)
    samples, _ = _draw(student, 20_000)
    component = _nearest(samples)
    hint = "A standard normal number times sigma[k] plus mu[k]; sigma is not a variance."
    with part(0.4, "the means"):
        for k in range(4):
            own = samples[component == k]
            assert_true(len(own) > 100, f"Component {k} hardly ever comes up.")
            # By Student's law, whatever the deviation is.
            deviation = np.maximum(own.std(axis=0, ddof=1), 1e-12)
            off = np.abs(own.mean(axis=0) - MU[k]) / deviation * np.sqrt(len(own))
            limit = stats.t.isf(LEVEL / 2, df=len(own) - 1)
            message = f"The samples of component {k} have another mean than mu[{k}]."
            assert_true(bool((off < limit).all()), message, hint=hint)
    with part(0.6, "the standard deviations"):
        for k in range(4):
            own = samples[component == k]
            assert_true(len(own) > 100, f"Component {k} hardly ever comes up.")
            ratio = (len(own) - 1) * own.var(axis=0, ddof=1) / SIGMA[k] ** 2
            law = stats.chi2(df=len(own) - 1)
            right = (ratio > law.ppf(LEVEL / 2)) & (ratio < law.isf(LEVEL / 2))
            message = f"The samples of component {k} have another deviation than sigma[{k}]."
            assert_true(bool(right.all()), message, hint=hint)


def test_gmm_sampling_order(student, part):
    """Samples are independent of each other, of their place in the array and across columns."""
    student.seed(4)
    samples, ids = _draw(student, 20_000)
    with part(0.5, "components in random order"):
        # In disjoint pairs of neighbours: equal with the probability of two equal draws. Taken
        # from the frequencies found, which narrows the law a little; pi is judged elsewhere.
        assert_true(len(set(ids.tolist())) > 1, "Every sample comes from one component.")
        equal = int((ids[0::2] == ids[1::2]).sum())
        chance = float(((np.bincount(ids) / 20_000) ** 2).sum())
        law = stats.binom(10_000, chance)
        assert_true(
            law.ppf(1e-8) <= equal <= law.isf(1e-8),
            "Neighbouring samples come from the same component too often or too rarely.",
            detail=f"{equal} of 10000 pairs are equal; expected {10_000 * chance:.0f}",
            hint="Draw a component for every sample instead of block after block.",
        )
    with part(0.5, "noise that is independent"):
        noise = np.clip(_noise(samples), -9, 9)
        # Its mean and size are judged elsewhere.
        size = noise.std(axis=0)
        assert_true(bool((size > 1e-9).all()), "The samples of a component are all the same.")
        noise = (noise - noise.mean(axis=0)) / size
        pairs = {
            "the columns of one sample": (noise[:, 0], noise[:, 1]),
            "neighbouring samples": (noise[0::2, 0], noise[1::2, 0]),
            "neighbouring samples ": (noise[0::2, 1], noise[1::2, 1]),
            "both halves of the samples": (noise[:10_000, 0], noise[10_000:, 0]),
            "both halves of the samples ": (noise[:10_000, 1], noise[10_000:, 1]),
        }
        for what, (a, b) in pairs.items():
            # A sum of n products of independent standard normals has mean 0 and variance n.
            off = abs(float((a * b).sum())) / np.sqrt(len(a))
            assert_true(
                off < stats.norm.isf(LEVEL / 2),
                f"The noise of {what.strip()} depends on each other.",
                hint="Every sample needs D random numbers of its own.",
            )


def test_gmm_sampling_random(student):
    """gmm_sampling gives other samples at every call: it does not seed the generator."""
    first, first_ids = _draw(student, 40)
    second, second_ids = _draw(student, 40)
    hint = "Do not call np.random.seed (or make a generator with a fixed seed) inside."
    same = float(np.abs(_noise(first) - _noise(second)).max()) < 1e-9
    assert_true(not same, "Two calls gave the same samples.", hint=hint)
    # 40 ids are the same by chance once in 10^17 calls.
    assert_true(bool((first_ids != second_ids).any()), "Two calls gave the same ids.", hint=hint)


def test_gmm_sampling_keeps_input(student):
    """gmm_sampling leaves pi, mu and sigma as they were."""
    values = {"pi": PI.copy(), "mu": MU.copy(), "sigma": SIGMA.copy()}
    kept = {name: student.put(value) for name, value in values.items()}
    student.gmm_sampling(30, kept["pi"], kept["mu"], kept["sigma"])
    for name, value in values.items():
        assert_unchanged(student.fetch(kept[name]), value, what=name)
