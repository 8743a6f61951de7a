"""Helper functions: the printed examples of the statement, and the form of the answer."""

import numpy as np

from autograder.compare import assert_close


def test_pairwise_dist_printed_example(student, tolerance):
    """pairwise_dist(X, Y) gives the distances of the example in the statement."""
    X = np.array(
        [[1.6243453636632417, -0.6117564136500754], [-0.5281717522634557, -1.0729686221561705]]
    )
    Y = np.array(
        [
            [0.8654076293246785, -2.3015386968802827],
            [1.74481176421648, -0.7612069008951028],
            [0.31903909605709857, -0.2493703754774101],
        ]
    )
    # With all digits: the statement prints eight, and a tolerance for printing would be wide.
    want = [
        [1.852390522897816, 0.1919572916042247, 1.354676379403716],
        [1.8578072885246137, 2.294264465364261, 1.1815584172796374],
    ]
    assert_close(
        student.pairwise_dist(X, Y),
        want,
        **tolerance,
        float32_ok=True,
        what="pairwise_dist(X, Y)",
        hint="Entry [i, j] is the root of the sum over d of (X[i, d] - Y[j, d])**2.",
    )


def test_softmax_printed_example(student, tolerance):
    """softmax(logits) gives the probabilities of the example in the statement."""
    logits = np.array([[1000, 1000], [1, 2]], dtype=np.float32)
    want = [[0.5, 0.5], [0.2689414213699951, 0.7310585786300049]]
    hint = "exp(1000) is infinite; subtracting one number from a whole row changes no probability."
    # float32 carries about 7 digits, and 1000 uses up 4 of them.
    first = student.softmax(logits)
    assert_close(first, want, rtol=1e-3, atol=0, what="softmax(logits), float32", hint=hint)
    second = student.softmax(logits.astype(np.float64))
    assert_close(
        second, want, **tolerance, float32_ok=True, what="softmax(logits), float64", hint=hint
    )


def test_logsumexp_printed_example(student, tolerance):
    """logsumexp(logits) gives the (N, 1) column of the example in the statement."""
    logits = np.array([[1000, 1000], [1, 2]], dtype=np.float32)
    want = [[1000.6931471805599], [2.313261687518223]]
    hint = "log(sum of exp(l)) = m + log(sum of exp(l - m)) for any number m."
    first = student.logsumexp(logits)
    assert_close(first, want, rtol=1e-3, atol=0, what="logsumexp(logits), float32", hint=hint)
    second = student.logsumexp(logits.astype(np.float64))
    assert_close(
        second, want, **tolerance, float32_ok=True, what="logsumexp(logits), float64", hint=hint
    )


def test_logsumexp_column(student, tolerance):
    """logsumexp returns a column of shape (N, 1), one number for every row of logits."""
    logits = np.zeros((4, 3))
    assert_close(
        student.logsumexp(logits),
        np.full((4, 1), 1.0986122886681098),
        **tolerance,
        float32_ok=True,
        what="logsumexp of four rows of three zeros",
        hint="Every row gives log(1 + 1 + 1). keepdims=True keeps the axis that is summed over.",
    )
