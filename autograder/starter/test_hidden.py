"""Hidden checks: other inputs, and the edges. They may ask the reference solution."""

import numpy as np

from autograder.compare import assert_close, assert_unchanged


def test_standardize_values(student, reference, rng, tolerance):
    """Every column has mean zero and standard deviation one."""
    # Rows and columns differ in number, so a wrong axis cannot pass.
    x_ND = rng.normal(loc=3.0, scale=[1.0, 10.0, 0.1], size=(17, 3))
    assert_close(student.standardize(x_ND), reference.standardize(x_ND), **tolerance)


def test_standardize_constant_column(student, tolerance):
    """A column whose entries are all the same becomes zeros, without NaN."""
    x_ND = np.array([[0.1, 1.0], [0.1, 2.0], [0.1, 3.0]])
    z_ND = student.standardize(x_ND)
    assert_close(z_ND, np.array([[0.0, -1.5**0.5], [0.0, 0.0], [0.0, 1.5**0.5]]), **tolerance)


def test_standardize_keeps_input(student):
    """standardize leaves the table that it was given as it is."""
    x_ND = np.array([[1.0, 10.0], [3.0, 30.0]])
    kept = student.put(x_ND)
    student.standardize(kept)
    assert_unchanged(student.fetch(kept), x_ND)
