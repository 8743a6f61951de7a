"""Public checks: students run these on their own machine."""

import numpy as np

from autograder.compare import assert_close


def test_standardize_by_hand(student, tolerance):
    """standardize gives the numbers of an example that is worked by hand."""
    x_ND = np.array([[1.0, 10.0], [3.0, 30.0]])
    assert_close(
        student.standardize(x_ND),
        [[-1.0, -1.0], [1.0, 1.0]],
        **tolerance,
        what="standardize(x_ND)",
        hint="The mean and the standard deviation are those of a column, not of the whole table.",
    )
