"""Random inputs, beside the reference solution."""

import numpy as np

from autograder.compare import assert_close


def test_distances_random(student, reference, rng, tolerance):
    """Every distance is right, whatever the shapes."""
    X, Y = rng.normal(size=(20, 3)), rng.normal(size=(30, 3))
    assert_close(student.distances(X, Y), reference.distances(X, Y), **tolerance)


def test_softmax_large(student, reference, rng, tolerance):
    """Large logits do not overflow."""
    logits = 1000 + rng.normal(size=(20, 5))
    assert_close(student.softmax(logits), reference.softmax(logits), **tolerance)


def test_logsumexp_large(student, reference, rng, tolerance):
    """Large logits do not overflow."""
    logits = 1000 + rng.normal(size=(20, 5))
    assert_close(student.logsumexp(logits), reference.logsumexp(logits), **tolerance)


def test_standardize_random(student, reference, rng, tolerance):
    """Every column is scaled by its own numbers."""
    X = rng.normal(size=(50, 4)) * np.array([1.0, 5.0, 0.1, 2.0])
    assert_close(student.standardize(X), reference.standardize(X), **tolerance)


def test_one_hot_random(student, reference, rng, tolerance):
    """Every row has its one where its label says."""
    labels = rng.integers(7, size=40)
    assert_close(student.one_hot(labels, 7), reference.one_hot(labels, 7), **tolerance)


def test_running_mean_random(student, reference, rng, tolerance):
    """Every mean is of as many neighbours as asked."""
    x = rng.normal(size=100)
    assert_close(student.running_mean(x, 9), reference.running_mean(x, 9), **tolerance)
