"""softmax and logsumexp against SciPy, at the edges, and their speed."""

import numpy as np
from scipy import special

from autograder.compare import as_array, assert_close, assert_true, assert_unchanged

# (2, 2) is the shape of the printed example; it comes twice, with other numbers.
SIZES = [(5, 3), (3, 7), (2, 2), (1, 4), (6, 1), (2, 2), (5, 3)]

FAR_ROWS = np.array([[0.0, 1.0, 3.0], [5000.0, 5001.0, 5002.0], [-5000.0, -4998.0, -4999.0]])
FAR_COLUMNS = np.array([[0.0, 5000.0, -5000.0], [-5000.0, 0.0, 3.0], [2.0, -5000.0, 2.5]])

PARTS = [
    (0.5, "rows near 0, 5000 and -5000 in one array", FAR_ROWS),
    (0.5, "0, 5000 and -5000 in one row", FAR_COLUMNS),
]


def test_softmax_values(student, rng, tolerance):
    """softmax gives exp(logit) over the row's sum of exp(logit), for any N and D."""
    for N, D in SIZES:
        logits = rng.normal(0.5, 3.0, size=(N, D))
        assert_close(
            student.softmax(logits),
            special.softmax(logits, axis=1),
            **tolerance,
            float32_ok=True,
            what=f"softmax of {N} x {D} logits",
            hint="Every row has a sum of its own: sum over axis 1 and keep that axis.",
        )


def test_softmax_mixed_rows(student, part, tolerance):
    """softmax is right where logits are large in size or lie far apart."""
    for share, what, logits in PARTS:
        with part(share, what):
            assert_close(
                student.softmax(logits),
                special.softmax(logits, axis=1),
                **tolerance,
                float32_ok=True,
                what=f"softmax, {what}",
                hint="Subtract from every row its own maximum.",
            )


def test_softmax_keeps_input(student, rng):
    """softmax leaves the logits of its caller as they were."""
    logits = rng.normal(size=(4, 3))
    kept = student.put(logits)
    student.softmax(kept)
    assert_unchanged(student.fetch(kept), logits, what="logits")


def test_softmax_speed(budget, rng):
    """softmax takes at most five times as long as the reference solution."""
    # The fastest Python loop over rows takes some 20 times as long, row by row in numpy some 40.
    budget("softmax", rng.normal(size=(100_000, 4)))


def test_softmax_no_loop(student, source):
    """softmax has no Python loop over rows."""
    student.softmax(np.zeros((2, 3)))
    _assert_no_loop(source, "softmax")


def _values(got, N, what):
    """The N values, in a column or not: ``logsumexp_column`` alone judges the form."""
    array = as_array(got, shape=[(N, 1), (N,)], kind="f", what=what)
    return array.reshape(N, 1)


def test_logsumexp_values(student, rng, tolerance):
    """logsumexp gives the log of every row's sum of exp(logit), for any N and D."""
    for N, D in SIZES:
        logits = rng.normal(0.5, 3.0, size=(N, D))
        what = f"logsumexp of {N} x {D} logits"
        got = _values(student.logsumexp(logits), N, what)
        want = special.logsumexp(logits, axis=1, keepdims=True)
        assert_close(
            got,
            want,
            **tolerance,
            float32_ok=True,
            what=what,
            hint="Sum over axis 1: one sum a row.",
        )


def test_logsumexp_mixed_rows(student, part, tolerance):
    """logsumexp is right where logits are large in size or lie far apart."""
    for share, what, logits in PARTS:
        with part(share, what):
            assert_close(
                _values(student.logsumexp(logits), len(logits), f"logsumexp, {what}"),
                special.logsumexp(logits, axis=1, keepdims=True),
                **tolerance,
                float32_ok=True,
                what=f"logsumexp, {what}",
                hint="Subtract from every row its own maximum, and add it back after the log.",
            )


def test_logsumexp_keeps_input(student, rng):
    """logsumexp leaves the logits of its caller as they were."""
    logits = rng.normal(size=(4, 3))
    kept = student.put(logits)
    student.logsumexp(kept)
    assert_unchanged(student.fetch(kept), logits, what="logits")


def test_logsumexp_speed(budget, rng):
    """logsumexp takes at most five times as long as the reference solution."""
    budget("logsumexp", rng.normal(size=(100_000, 4)))


def test_logsumexp_no_loop(student, source):
    """logsumexp has no Python loop over rows."""
    student.logsumexp(np.zeros((2, 3)))
    _assert_no_loop(source, "logsumexp")


def _assert_no_loop(source, function):
    loops = source.loops(function)
    found = ", ".join(f"{loop.what} in {loop.file} line {loop.line}" for loop in loops)
    assert_true(
        not loops,
        f"{function} goes through its rows one by one: {found}.",
        hint="np.max and np.sum with axis=1 and keepdims=True treat all rows at once.",
    )
