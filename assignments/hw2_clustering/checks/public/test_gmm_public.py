"""GMM and sampling: small examples that can be followed by hand."""

import math

import numpy as np

from autograder.compare import (
    as_array,
    as_labels,
    assert_close,
    assert_probabilities,
    assert_same_partition,
    assert_true,
    unpack,
)

COMPONENTS = ("pi", "mu", "sigma")


def _sum_of_exp(row):
    try:
        return sum(map(math.exp, row))
    except OverflowError as error:
        raise ValueError("logits this large do not occur in these examples") from error


def _softmax(logits):
    """Stands in for softmax where no logit is large, so that an error there costs nothing here."""
    return np.array([[math.exp(v) / (_sum_of_exp(row) or 1.0) for v in row] for row in logits])


def _logsumexp(logits):
    """Stands in for logsumexp where no logit is large."""
    return np.array([[math.log(_sum_of_exp(row))] for row in logits])


def test_init_components_shapes(student):
    """_init_components returns pi (K,), mu (K, D) and sigma (K, D) to start from."""
    points = np.array([[0.0, 1.0], [0.5, 0.8], [0.2, 1.3], [6.0, 4.0], [6.4, 4.1], [5.7, 4.4]])
    # Whoever starts from KMeans gets these answers from its steps.
    centers, cluster_idx = np.array([[0.2, 1.0], [6.0, 4.2]]), np.array([0, 0, 0, 1, 1, 1])
    student.replace("KMeans._init_centers", lambda *args, **kwargs: centers)
    student.replace("KMeans._update_assignment", lambda *args, **kwargs: cluster_idx)
    student.replace("KMeans._update_centers", lambda *args, **kwargs: centers)
    student.replace("KMeans._get_loss", lambda *args, **kwargs: 0.1)
    pi, mu, sigma = unpack(student.GMM()._init_components(points, 2), COMPONENTS)
    assert_probabilities(pi, shape=[(2,), (1, 2)], what="pi", hint="The K weights sum to one.")
    as_array(mu, shape=(2, 2), kind="f", what="mu")
    sigma = as_array(sigma, shape=(2, 2), kind="f", what="sigma")
    assert_true(
        bool((sigma > 0).all()),
        "Sigma: a standard deviation is not above zero.",
        detail=f"got\n{sigma}",
        hint="The density divides by sigma.",
    )


def test_ll_joint_standard_normal(student, tolerance):
    """_ll_joint is log pi plus the log density of the normal distribution, its constant too."""
    points = np.array([[0.0, 0.0, 0.0], [1.0, 0.0, -1.0]])
    pi, mu, sigma = np.array([1.0]), np.zeros((1, 3)), np.ones((1, 3))
    hint = "The density is a product over D dimensions; each has 1 / (sqrt(2 pi) sigma) in front."
    got = student.GMM()._ll_joint(points, pi, mu, sigma)
    want = [[-2.756815599614018], [-3.756815599614018]]
    assert_close(
        got, want, **tolerance, float32_ok=True, what="ll with pi = 1, mu = 0, sigma = 1", hint=hint
    )
    pi, mu, sigma = np.array([0.25, 0.75]), np.zeros((2, 3)), np.ones((2, 3))
    got = student.GMM()._ll_joint(points, pi, mu, sigma)
    want = [[-4.143109960733909, -3.0444976720657986], [-5.143109960733909, -4.044497672065799]]
    assert_close(
        got, want, **tolerance, float32_ok=True, what="ll with pi = (0.25, 0.75)", hint=hint
    )


def test_e_step_by_hand(student, tolerance):
    """_E_step gives every point the probabilities of the components; each row sums to one."""
    points = np.array([[1.0], [0.0], [2.0]])
    pi, mu, sigma = np.array([0.25, 0.75]), np.array([[0.0], [2.0]]), np.ones((2, 1))
    # The joint log density of these points, so that an error in _ll_joint costs nothing here.
    joint = np.array(
        [
            [-2.8052328943245635, -1.7066206056564536],
            [-2.3052328943245635, -3.2066206056564536],
            [-4.305232894324563, -1.2066206056564536],
        ]
    )
    student.replace("GMM._ll_joint", lambda *args, **kwargs: joint)
    student.replace("softmax", _softmax)
    got = student.GMM()._E_step(points, pi, mu, sigma)
    hint = "Gamma is exp(ll), divided by its sum over the components."
    assert_probabilities(got, shape=(3, 2), what="gamma", hint=hint)
    want = [
        [0.25, 0.75],
        [0.7112345942275939, 0.2887654057724061],
        [0.04316453297999626, 0.9568354670200037],
    ]
    assert_close(got, want, **tolerance, float32_ok=True, what="gamma", hint=hint)


def _two_squares():
    """Points whose deviation, and so their variance, is 1 in every column; two hard groups."""
    corners = np.array([[-1.0, -1.0], [1.0, -1.0], [-1.0, 1.0], [1.0, 1.0]])
    points = np.concatenate([np.add(corners, [1.0, 2.0]), np.add(corners, [11.0, 5.0])])
    return points, np.repeat(np.eye(2), 4, axis=0)


def test_m_step_by_hand(student, part, tolerance):
    """_M_step returns pi, mu and sigma of the points of every component."""
    points, gamma = _two_squares()
    pi, mu, sigma = unpack(student.GMM()._M_step(points, gamma), COMPONENTS)
    with part(0.2, "the weights"):
        assert_close(pi, [0.5, 0.5], **tolerance, float32_ok=True, shape=[(2,), (1, 2)], what="pi")
    with part(0.4, "the means"):
        assert_close(mu, [[1.0, 2.0], [11.0, 5.0]], **tolerance, float32_ok=True, what="mu")
    with part(0.4, "the deviations"):
        assert_close(sigma, np.ones((2, 2)), **tolerance, float32_ok=True, what="sigma")


def test_m_step_sigma_is_deviation(student, tolerance):
    """The sigma that _M_step returns is the standard deviation, not the variance."""
    points = np.array([[0.0], [6.0], [10.0], [14.0]])
    gamma = np.array([[1.0, 0.0], [1.0, 0.0], [0.0, 1.0], [0.0, 1.0]])
    _, _, sigma = unpack(student.GMM()._M_step(points, gamma), COMPONENTS)
    sigma = as_array(sigma, shape=(2, 1), kind="f", what="sigma")
    variance = bool(np.allclose(sigma, [[9.0], [4.0]]))
    assert_true(
        not variance,
        "Sigma holds variances: it is the square of the standard deviation.",
        detail=f"got\n{sigma}\nwanted\n[[3.]\n [2.]]",
        hint="Take the root. If _ll_joint reads sigma as a variance as well, you are consistent, "
        "and it costs points here and nowhere else.",
    )
    assert_close(sigma, [[3.0], [2.0]], **tolerance, float32_ok=True, what="sigma")


def test_gmm_call_two_blobs(student):
    """GMM()(points, 2) finds two groups that lie far apart, from a given start."""
    points, gamma = _two_squares()
    start = (np.array([0.5, 0.5]), np.array([[2.0, 2.0], [9.0, 4.0]]), np.full((2, 2), 2.0))
    student.replace("softmax", _softmax)
    student.replace("logsumexp", _logsumexp)
    student.replace("GMM._init_components", lambda *args, **kwargs: start)
    got, found = unpack(student.GMM()(points, 2), ("gamma", "(pi, mu, sigma)"), extra=1)
    got = as_array(got, shape=(8, 2), kind="f", what="gamma")
    assert_same_partition(got.argmax(axis=1), gamma.argmax(axis=1), what="argmax of gamma")
    _, mu, _ = unpack(found, COMPONENTS, what="(pi, mu, sigma)")
    assert_close(mu, [[1.0, 2.0], [11.0, 5.0]], rtol=0, atol=1e-4, what="mu")


def test_gmm_sampling_shapes(student):
    """gmm_sampling returns (N, D) samples and the N numbers (0..K-1) of their components."""
    pi = np.array([0.8, 0.1, 0.1])
    mu = np.array([[0.5, 0.5], [0.25, 0.75], [0.75, 0.75]], dtype=np.float32)
    sigma = np.array([[0.1, 0.1], [0.05, 0.05], [0.05, 0.05]], dtype=np.float32)
    for num_samples in (7, 101):
        got = student.gmm_sampling(num_samples, pi, mu, sigma)
        samples, ids = unpack(got, ("samples", "ids"))
        as_array(samples, shape=(num_samples, 2), kind="f", what="samples")
        as_labels(ids, num_samples, 3, what="ids")
