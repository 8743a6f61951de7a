"""The E step against SciPy, called directly on an object whose parameters are given."""

import numpy as np
from scipy.special import logsumexp
from scipy.stats import norm

from autograder.compare import as_array, assert_close, assert_unchanged

HINT = (
    "r_NK[n, k] is pi[k] times the density of row n under component k, divided by the sum of that "
    "over all K components of the same row."
)
SIZES = [(11, 4, 3, 1.0), (7, 3, 5, 30.0), (2, 5, 1, 0.05), (9, 2, 4, 1.0), (11, 4, 3, 1.0)]
"""N, K, D and the scale of rows, means and deviations; all unlike, one of them twice."""
PARAMETERS = ("log_pi_K", "mu_KD", "stddev_KD")


def _joint(x_ND, log_pi_K, mu_KD, stddev_KD):
    """Log of weight times density, (N, K), by SciPy."""
    return log_pi_K + norm.logpdf(x_ND[:, None, :], mu_KD, stddev_KD).sum(axis=2)


def _neg_log_lik(x_ND, log_pi_K, mu_KD, stddev_KD):
    """Stands in for calc_neg_log_lik, in case an E step calls it."""
    joint_NK = _joint(*map(np.asarray, (x_ND, log_pi_K, mu_KD, stddev_KD)))
    return -float(logsumexp(joint_NK, axis=1).sum())


def _normalized(joint_NK, axis=1):
    return np.exp(joint_NK - logsumexp(joint_NK, axis=axis, keepdims=True))


def _responsibilities(x_ND, *parameters):
    return _normalized(_joint(x_ND, *parameters))


def _mistakes(x_ND, log_pi_K, mu_KD, stddev_KD):
    """What typical mistakes give, each with what to say about it."""
    joint_NK = _joint(x_ND, log_pi_K, mu_KD, stddev_KD)
    sigma = "stddev_KD is a standard deviation: the exponent holds its square."
    return [
        (_normalized(joint_NK - log_pi_K), "log_pi_K[k] belongs to component k's part."),
        (
            _normalized(joint_NK - log_pi_K + np.exp(log_pi_K)),
            "log_pi_K holds logarithms already: add it as it is, without exp.",
        ),
        (_normalized(joint_NK, axis=0), "Every row sums to one: the sum goes over the components."),
        (np.exp(joint_NK), "Divide by the sum over the components."),
        (joint_NK, "This is the log of weight times density; normalize it and take exp."),
        (np.log(_normalized(joint_NK)), "These are logarithms: take exp after the normalization."),
        (_responsibilities(x_ND, log_pi_K, mu_KD, np.sqrt(stddev_KD)), sigma),
        (
            _normalized(joint_NK + np.log(stddev_KD).sum(axis=1)),
            "The density has 1 / sigma in front, for every dimension.",
        ),
        (
            (joint_NK == joint_NK.max(axis=1, keepdims=True)).astype(np.float64),
            "These are hard assignments; a row belongs to every component to a degree.",
        ),
    ]


def _estimator(student, log_pi_K, mu_KD, stddev_KD):
    """An estimator of the submission that has these parameters; the likelihood is ours."""
    student.replace("calc_neg_log_lik", _neg_log_lik, module="calc_neg_log_lik__np")
    gmm = student.GMM_PenalizedMLEstimator_EM(K=mu_KD.shape[0], D=mu_KD.shape[1])
    gmm.log_pi_K, gmm.mu_KD, gmm.stddev_KD = log_pi_K, mu_KD, stddev_KD
    return gmm


def _judge(student, x_ND, parameters, tolerance, what, hint=HINT):
    """One E step compared with SciPy's; ``hint`` where no typical mistake is recognized."""
    got = _estimator(student, *parameters).estep__calc_r_NK(x_ND)
    want = _responsibilities(x_ND, *parameters)
    array = as_array(got, shape=want.shape, kind="f", finite=False, what=what, hint=hint)
    with np.errstate(all="ignore"):
        said = (
            text
            for wrong, text in _mistakes(x_ND, *parameters)
            if np.allclose(array, wrong, rtol=1e-5, atol=1e-8)
        )
        hint = next(said, hint)
    assert_close(got, want, **tolerance, float32_ok=True, what=what, hint=hint)


def _mixture(rng, K, D, scale=1.0):
    """Unequal weights, unlike deviations; components that overlap."""
    log_pi_K = np.log(rng.dirichlet(np.full(K, 3.0)))
    stddev_KD = scale * np.exp(rng.uniform(np.log(0.75), np.log(4.0), (K, D)))
    return log_pi_K, scale * rng.uniform(-1.0, 1.0, (K, D)), stddev_KD


def _rows(rng, N, parameters):
    """Rows within two deviations of a component: far ones have a case of their own."""
    _, mu_KD, stddev_KD = parameters
    k = rng.integers(len(mu_KD), size=N)
    return mu_KD[k] + stddev_KD[k] * rng.uniform(-2.0, 2.0, (N, mu_KD.shape[1]))


def test_estep_values(student, rng, tolerance):
    """r_NK[n, k] is the probability that row n comes from component k, for any N, K and D."""
    for N, K, D, scale in SIZES:
        parameters = _mixture(rng, K, D, scale)
        x_ND = _rows(rng, N, parameters)
        _judge(student, x_ND, parameters, tolerance, f"r_NK with N={N}, K={K}, D={D}")


def test_estep_far_points(student, part, tolerance):
    """The E step gives probabilities where every density is 0 as a float."""
    hint = (
        "exp is 0 for every component there, and 0 / 0 is NaN. Subtract the row's logsumexp (or "
        "its largest value) before exp."
    )
    with part(0.5, "rows 80 standard deviations away, between two components"):
        mu_KD = np.array([[-1.0, 0.0], [1.0, 0.0]])
        parameters = np.log([0.2, 0.8]), mu_KD, np.ones((2, 2))
        x_ND = np.array([[0.0, 80.0], [0.3, -90.0], [-0.8, 400.0], [0.0, 1.0]])
        _judge(student, x_ND, parameters, tolerance, "r_NK of far rows", hint)
    with part(0.5, "components 1e-3 wide, rows 1e3 away"):
        # One component is nearer by thousands of standard deviations, so no rounding matters.
        mu_KD = np.array([[0.0, 1.0], [2.0, -3.0], [-4.0, 0.5]])
        parameters = np.log([0.5, 0.2, 0.3]), mu_KD, np.full((3, 2), 1e-3)
        x_ND = np.array([[1e3, 0.0], [-1e3, 1e3], [0.0, -1e3], [7.0, 1e3], [2.0, -3.0]])
        what = "r_NK of rows 1e3 away from components 1e-3 wide"
        _judge(student, x_ND, parameters, tolerance, what, hint)


def test_estep_many_dimensions(student, rng, tolerance):
    """The E step is right in 400 dimensions, where a product of densities is 0 or infinite."""
    hint = "Add up logarithms over the dimensions instead of multiplying densities."
    for scale in (20.0, 0.02):
        # Components so much alike that no row belongs to one of them alone.
        mu_KD = scale * (rng.uniform(-1.0, 1.0, 400) + 0.05 * rng.normal(size=(3, 400)))
        stddev_KD = scale * (rng.uniform(0.75, 4.0, 400) + 0.005 * rng.normal(size=(3, 400)))
        parameters = np.log([0.5, 0.2, 0.3]), mu_KD, stddev_KD
        x_ND = _rows(rng, 6, parameters)
        _judge(student, x_ND, parameters, tolerance, "r_NK in 400 dimensions", hint)


def test_estep_one_component(student, rng, tolerance):
    """With one component every row belongs to it: an (N, 1) array of ones."""
    parameters = _mixture(rng, 1, 3)
    x_ND = _rows(rng, 5, parameters)
    hint = "Keep both axes: (N, K) also where K is 1."
    _judge(student, x_ND, parameters, tolerance, "r_NK with K=1", hint)


def test_estep_zero_weight(student, rng, tolerance):
    """A component of weight 0, whose log_pi is -inf, gets no part of any row."""
    _, mu_KD, stddev_KD = _mixture(rng, 3, 2)
    parameters = np.array([np.log(0.7), -np.inf, np.log(0.3)]), mu_KD, stddev_KD
    x_ND = _rows(rng, 6, parameters)
    hint = "exp(-inf) is 0, but 0 * -inf and -inf - -inf are NaN."
    _judge(student, x_ND, parameters, tolerance, "r_NK with a weight of 0", hint)


def test_estep_duplicate_rows(student, rng, tolerance):
    """Equal rows get equal responsibilities, and as many rows come back as there are."""
    parameters = _mixture(rng, 4, 2)
    x_ND = _rows(rng, 3, parameters)[[0, 1, 1, 2, 0, 1, 1]]
    hint = "Every row is treated by itself, however many others are like it."
    _judge(student, x_ND, parameters, tolerance, "r_NK of repeated rows", hint)


def test_estep_speed(budget, rng):
    """The E step has no loop over rows, in time, and no N x N array, in memory."""
    parameters = _mixture(rng, 4, 3)
    x_ND = _rows(rng, 20_000, parameters)

    def make(side):
        gmm = side.GMM_PenalizedMLEstimator_EM(K=4, D=3)
        gmm.log_pi_K, gmm.mu_KD, gmm.stddev_KD = parameters
        return gmm

    budget("GMM_PenalizedMLEstimator_EM.estep__calc_r_NK", x_ND, make=make)


def test_estep_keeps_input(student, rng):
    """The E step leaves x_ND and the parameters of its object as they were."""
    parameters = _mixture(rng, 3, 2)
    x_ND = _rows(rng, 6, parameters)
    gmm = _estimator(student, *parameters)
    kept = student.put(x_ND)
    gmm.estep__calc_r_NK(kept)
    assert_unchanged(student.fetch(kept), x_ND, what="x_ND")
    for name, value in zip(PARAMETERS, parameters, strict=True):
        assert_unchanged(getattr(gmm, name), value, what=name)
