"""Covariances: matrices of two columns."""

import numpy as np

from autograder.compare import as_scalar, assert_close, assert_true


def test_condition_by_hand(student, tolerance):
    """[[5, 4], [4, 5]] has the eigenvalues 1 and 9: rank 2, condition 9, well-conditioned."""
    report = student.condition_report(np.array([[5.0, 4.0], [4.0, 5.0]]))
    keys = {"eigenvalues", "rank", "condition", "diagnosis"}
    assert_true(
        isinstance(report, dict) and set(report) >= keys,
        "The result is not a dict with eigenvalues, rank, condition and diagnosis.",
    )
    assert_close(report["eigenvalues"], [1.0, 9.0], **tolerance, what="eigenvalues",
                 hint="From the smallest to the largest.")  # fmt: skip
    rank = as_scalar(report["rank"], what="rank")
    assert_close(rank, 2.0, **tolerance, what="rank")
    condition = as_scalar(report["condition"], what="condition")
    assert_close(condition, 9.0, **tolerance, what="condition")
    said = report["diagnosis"]
    right = isinstance(said, str) and said == "well-conditioned"
    assert_true(right, "The diagnosis is not 'well-conditioned'.", detail=f"got {said!r}")


def test_regularize_by_hand(student, tolerance):
    """Half way to the identity: [[4, 2], [2, 0]] becomes [[3, 1], [1, 1]]."""
    got = student.regularize(np.array([[4.0, 2.0], [2.0, 0.0]]), 0.5)
    hint = "The trace is 4 and D is 2, so the target is 2 on the diagonal and 0 beside it."
    want = [[3.0, 1.0], [1.0, 1.0]]
    assert_close(got, want, **tolerance, float32_ok=True, what="the covariance", hint=hint)
