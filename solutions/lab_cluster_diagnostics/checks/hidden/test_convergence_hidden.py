"""How a run ended. Every history lies far from the limits between two diagnoses."""

import numpy as np

from autograder.compare import as_scalar, assert_close, assert_true
from autograder.session import CallFailed

KEYS = {"diagnosis", "iterations", "first_rise", "remaining"}


def _report(student, costs, max_iters, tol):
    got = student.convergence_report(np.array(costs), max_iters, tol)
    right = isinstance(got, dict) and set(got) >= KEYS
    assert_true(right, f"The result is not a dict with {', '.join(sorted(KEYS))}.")
    return got


def _diagnosis(student, costs, max_iters, tol, want, hint=""):
    report = _report(student, costs, max_iters, tol)
    said = report["diagnosis"]
    right = isinstance(said, str) and said == want
    detail = f"got {said!r}, wanted {want!r}"
    assert_true(right, f"The diagnosis is not {want!r}.", detail=detail, hint=hint)
    return report


def _falling(start, first, ratio, steps):
    """Costs whose steps begin with ``first`` and shrink (or grow) by ``ratio``."""
    falls = first * ratio ** np.arange(steps)
    return start - np.concatenate([[0.0], np.cumsum(falls)])


def test_convergence_rises(student, part):
    """A cost that rises is named first, wherever and whatever sign it has, with its place."""
    histories = [
        (0.4, "a rise in the middle", [50.0, 30.0, 20.0, 21.0, 15.0, 14.9], 3),
        (0.3, "the first of two rises", [9.0, 7.0, 7.5, 6.0, 6.1, 6.0999], 2),
        (0.3, "costs below zero", [-1.0, -4.0, -6.0, -6.5, -5.0, -5.0], 4),
    ]
    for share, what, costs, place in histories:
        with part(share, what):
            report = _diagnosis(student, costs, 40, 1e-3, "rises")
            first = as_scalar(report["first_rise"], what="first_rise")
            assert_close(first, float(place), rtol=0, atol=0, what="first_rise",
                         hint="The t for which costs[t] > costs[t - 1].")  # fmt: skip


def test_convergence_rounding(student):
    """A rise by less than 1e-9 of the cost is rounding, for costs on either side of zero."""
    for sign in (1.0, -1.0):
        costs = sign * 1000.0 + _falling(0.0, 40.0, 0.25, 14)
        costs = np.append(costs, [costs[-1] + 2e-10 * abs(costs[-1])])
        report = _diagnosis(student, costs, 100, 1e-6, "converged")
        assert_true(report["first_rise"] is None, "first_rise is not None after rounding alone.")


def test_convergence_too_few(student):
    """The last step is larger than the tolerance and the iterations are used up."""
    hint = "The change is compared with tol times the size of the cost before; costs may be < 0."
    for start in (100.0, -3.0):
        costs = _falling(start, 8.0, 0.8, 7)
        report = _diagnosis(student, costs, 7, 1e-4, "too few iterations", hint)
        assert_close(as_scalar(report["iterations"], what="iterations"), 7.0, rtol=0, atol=0,
                     what="iterations", hint="costs[0] is the start.")  # fmt: skip


def test_convergence_too_loose(student, part):
    """The tolerance is met, yet more than a hundredth of the fall is still to come."""
    histories = [
        (0.4, "small steps that hardly shrink", _falling(1e5, 3.0, 0.98, 12)),
        (0.3, "steps that grow: a slow start", _falling(2.9, 1e-4, 1.5, 8)),
        (0.3, "costs below zero", _falling(-500.0, 2.0, 0.97, 9)),
    ]
    hint = "Estimate what is left from the last two steps; compare with the fall so far."
    for share, what, costs in histories:
        with part(share, what):
            _diagnosis(student, costs, 200, 0.01, "tolerance too loose", hint)


def test_convergence_stopped_early(student):
    """Neither limit nor tolerance is reached: the loop's stop rule is broken."""
    costs = _falling(100.0, 8.0, 0.8, 7)
    _diagnosis(student, costs, 50, 1e-4, "stopped early", "7 iterations of 50.")
    _diagnosis(student, costs - 400.0, 8, 1e-4, "stopped early", "7 iterations of 8.")


def test_convergence_not_finite(student):
    """A cost that is NaN or infinite comes before every other diagnosis."""
    for bad in (np.nan, np.inf, -np.inf):
        for costs in ([9.0, bad, 4.0, 5.0], [9.0, 5.0, 4.0, bad], [bad, 5.0, 4.0, 3.0]):
            report = _diagnosis(student, costs, 3, 1e-3, "not finite")
            for key in ("first_rise", "remaining"):
                assert_true(report[key] is None, f"{key} is not None where costs are not finite.")


def test_convergence_remaining(student, part, tolerance):
    """What is still to come is last * r / (1 - r), with r the ratio of the last two steps."""
    with part(0.6, "steps that shrink"):
        # Of a geometric series the estimate is exactly what is left.
        for start, ratio, steps in ((60.0, 0.5, 6), (-2.0, 0.9, 15), (400.0, 0.75, 2)):
            costs = _falling(start, 8.0, ratio, steps)
            want = 8.0 * ratio**steps / (1 - ratio)
            for max_iters in (steps, 99):
                got = _report(student, costs, max_iters, 1e-9)["remaining"]
                got = as_scalar(got, what="remaining")
                assert_close(got, want, **tolerance, what="remaining")
    with part(0.2, "no step at the end"):
        got = _report(student, [9.0, 5.0, 4.0, 4.0], 99, 1e-9)["remaining"]
        got = as_scalar(got, what="remaining")
        assert_close(got, 0.0, **tolerance, what="remaining", hint="The cost does not fall.")
    with part(0.2, "steps that do not shrink"):
        hint = "Nothing says that the steps become smaller: the estimate is infinite."
        for costs in ([9.0, 8.0, 7.0], [9.0, 8.5, 7.0], [9.0, 5.0]):
            got = _report(student, costs, 99, 1e-9)["remaining"]
            got = as_scalar(got, finite=False, what="remaining", hint=hint)
            assert_true(got == np.inf, "remaining is not infinite.", hint=hint)


def test_convergence_last_iteration(student):
    """A run that meets its tolerance in its very last iteration has not run out of them."""
    costs = _falling(90.0, 30.0, 0.2, 9)
    _diagnosis(student, costs, 9, 1e-4, "converged", "Look at the last change first.")
    costs = _falling(1000.0, 3.0, 0.98, 12)
    _diagnosis(student, costs, 12, 0.01, "tolerance too loose", "Look at the last change first.")


def test_convergence_refuses(student):
    """A history without an iteration, or with more of them than allowed, raises ValueError."""
    for costs, max_iters, because in (
        ([4.0], 5, "there is no iteration in the history"),
        ([4.0, 3.0, 2.0, 1.0], 2, "3 iterations cannot come from a run of at most 2"),
    ):
        try:
            student.convergence_report(np.array(costs), max_iters, 1e-3)
        except CallFailed as failure:
            if not failure.message.startswith("ValueError raised"):
                raise
        else:
            assert_true(False, f"No ValueError is raised, although {because}.")
