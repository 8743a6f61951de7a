"""The twelve checks of the small homework, for graders that run them beside the submission.

Their bodies name the submission's functions bare: a test file runs this module as it is, and
``grade_latency.py`` puts the bodies into notebooks' cells.
"""

import numpy as np
from small import distances, logsumexp, one_hot, running_mean, softmax, standardize


def test_distances_by_hand():
    got = distances(np.array([[0.0, 0.0]]), np.array([[3.0, 4.0], [0.0, 1.0]]))
    np.testing.assert_allclose(got, [[5.0, 1.0]])


def test_softmax_by_hand():
    got = softmax(np.array([[1.0, 1.0], [0.0, np.log(3.0)]]))
    np.testing.assert_allclose(got, [[0.5, 0.5], [0.25, 0.75]])


def test_logsumexp_by_hand():
    np.testing.assert_allclose(logsumexp(np.zeros((1, 4))), np.log([4.0]))


def test_standardize_by_hand():
    np.testing.assert_allclose(standardize(np.array([[1.0], [3.0]])), [[-1.0], [1.0]])


def test_one_hot_by_hand():
    np.testing.assert_allclose(one_hot(np.array([2, 0]), 3), [[0, 0, 1], [1, 0, 0]])


def test_running_mean_by_hand():
    np.testing.assert_allclose(running_mean(np.array([1.0, 2.0, 3.0]), 2), [1.5, 2.5])


def test_distances_random():
    rng = np.random.default_rng(1)
    X, Y = rng.normal(size=(20, 3)), rng.normal(size=(30, 3))
    want = [[np.linalg.norm(x - y) for y in Y] for x in X]
    np.testing.assert_allclose(distances(X, Y), want)


def test_softmax_large():
    logits = 1000 + np.random.default_rng(2).normal(size=(20, 5))
    raised = np.exp(logits - 1000)
    np.testing.assert_allclose(softmax(logits), raised / raised.sum(axis=1, keepdims=True))


def test_logsumexp_large():
    logits = 1000 + np.random.default_rng(3).normal(size=(20, 5))
    want = 1000 + np.log(np.exp(logits - 1000).sum(axis=1))
    np.testing.assert_allclose(logsumexp(logits), want)


def test_standardize_random():
    X = np.random.default_rng(4).normal(size=(50, 4)) * np.array([1.0, 5.0, 0.1, 2.0])
    np.testing.assert_allclose(standardize(X), (X - X.mean(axis=0)) / X.std(axis=0))


def test_one_hot_random():
    labels = np.random.default_rng(5).integers(7, size=40)
    want = [[float(label == k) for k in range(7)] for label in labels]
    np.testing.assert_allclose(one_hot(labels, 7), want)


def test_running_mean_random():
    x = np.random.default_rng(6).normal(size=100)
    want = [x[i : i + 9].mean() for i in range(92)]
    np.testing.assert_allclose(running_mean(x, 9), want)
