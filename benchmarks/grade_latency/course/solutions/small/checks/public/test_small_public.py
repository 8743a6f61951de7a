"""Examples that can be followed by hand."""

import numpy as np

from autograder.compare import assert_close


def test_distances_by_hand(student, tolerance):
    """The distance of (0, 0) to (3, 4) is 5."""
    got = student.distances(np.array([[0.0, 0.0]]), np.array([[3.0, 4.0], [0.0, 1.0]]))
    assert_close(got, np.array([[5.0, 1.0]]), **tolerance)


def test_softmax_by_hand(student, tolerance):
    """Two equal logits share the probability."""
    got = student.softmax(np.array([[1.0, 1.0], [0.0, np.log(3.0)]]))
    assert_close(got, np.array([[0.5, 0.5], [0.25, 0.75]]), **tolerance)


def test_logsumexp_by_hand(student, tolerance):
    """Of four zeros it is the logarithm of 4."""
    assert_close(student.logsumexp(np.zeros((1, 4))), np.log([4.0]), **tolerance)


def test_standardize_by_hand(student, tolerance):
    """1 and 3 become -1 and 1."""
    assert_close(
        student.standardize(np.array([[1.0], [3.0]])), np.array([[-1.0], [1.0]]), **tolerance
    )


def test_one_hot_by_hand(student, tolerance):
    """Label 2 of 3 is (0, 0, 1)."""
    got = student.one_hot(np.array([2, 0]), 3)
    assert_close(got, np.array([[0.0, 0.0, 1.0], [1.0, 0.0, 0.0]]), **tolerance)


def test_running_mean_by_hand(student, tolerance):
    """The means of neighbours of 1, 2, 3 are 1.5 and 2.5."""
    assert_close(
        student.running_mean(np.array([1.0, 2.0, 3.0]), 2), np.array([1.5, 2.5]), **tolerance
    )
