"""How a run ended: histories that can be followed by hand."""

import numpy as np

from autograder.compare import as_scalar, assert_close, assert_true

KEYS = {"diagnosis", "iterations", "first_rise", "remaining"}


def test_convergence_by_hand(student, tolerance):
    """The cost falls by 8, 4, 2, 1, ... until the tolerance is met: converged."""
    costs = np.array([24.0, 16.0, 12.0, 10.0, 9.0, 8.5, 8.25, 8.125, 8.0625])
    report = student.convergence_report(costs, 50, 0.01)
    assert_true(
        isinstance(report, dict) and set(report) >= KEYS,
        "The result is not a dict with diagnosis, iterations, first_rise and remaining.",
    )
    said = report["diagnosis"]
    hint = (
        "The last change, 0.0625, is less than 0.01 * 8.125. About as much is still to come, "
        "which is less than 1 percent of the whole fall, 15.9375."
    )
    right = isinstance(said, str) and said == "converged"
    assert_true(right, "The diagnosis is not 'converged'.", detail=f"got {said!r}", hint=hint)
    iterations = as_scalar(report["iterations"], what="iterations")
    assert_close(iterations, 8.0, **tolerance, what="iterations", hint="costs[0] is the start.")
    assert_true(report["first_rise"] is None, "first_rise is not None, but no cost rises.")
    remaining = as_scalar(report["remaining"], what="remaining")
    assert_close(remaining, 0.0625, **tolerance, what="remaining", hint=hint)
