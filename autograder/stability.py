"""A sweep run on a submission and on the reference: how many digits each of them keeps, and words.

Judges no more than that: ``plugin`` turns the share of conditions that were met into points.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import numpy as np

from autograder import digits
from autograder.answers import Mismatch, vouched
from autograder.digits import Array, Condition, Sweep
from autograder.model import Curve, CurvePoint, Digits, Verdict
from autograder.proxy import Submission
from autograder.session import CallFailed

Call = Callable[..., Any]
"""``call(side, *args)``: the function under test, of ``side``, on the inputs of one condition."""


@dataclass(frozen=True)
class Swept:
    """What came of one sweep."""

    curve: Curve
    met: int
    """Conditions that are asked and met."""
    of: int
    """Conditions that are asked."""
    failure: AssertionError | CallFailed | None
    """Why the first condition that is asked and not met has no digits, if it is no matter of them:
    an exception, a wrong shape."""
    single: bool
    """Whether float32 is what goes in."""
    not_finite: frozenset[str]
    """Names of conditions whose answer holds NaN or infinity where the exact one does not."""


@dataclass(frozen=True)
class _Answer:
    array: Array | None
    failure: AssertionError | CallFailed | None = None

    def not_finite(self, exact: Array) -> bool:
        got = self.array
        return got is not None and bool((np.isfinite(exact) & ~np.isfinite(got)).any())


def run(
    sweep: Sweep,
    student: Submission,
    reference: Submission,
    call: Call,
    asked: Digits,
    *,
    flat_ok: bool = False,
    what: str = "the result",
) -> Swept:
    """Call both sides under every condition of ``sweep`` and count the digits they keep.

    ``flat_ok``: a shape without the exact answer's axes of length one will do. An exception at one
    condition costs that condition. Raises CallFailed for what is not written yet, and
    ReferenceFailed.
    """
    mine = [_answer(student, call, c, flat_ok, what) for c in sweep.conditions]
    ours = [_answer(reference, call, c, flat_ok, what) for c in sweep.conditions]
    # Of several right readings the one that fits best in all: nobody changes it on the way.
    readings = range(len(sweep.conditions[0].exact))
    by_reading = [_kept(sweep, mine, i) for i in readings]
    of_student = max(by_reading, key=sum)
    of_reference = max((_kept(sweep, ours, i) for i in readings), key=sum)
    points, met, failure = [], 0, None
    for c, answer, digits_, best in zip(
        sweep.conditions, mine, of_student, of_reference, strict=True
    ):
        least = _asked(sweep, c, answer.array, asked)
        points.append(CurvePoint(c.name, c.at, _nearest(digits_), _nearest(best), least))
        if least is not None:
            if digits_ >= least:
                met += 1
            else:
                failure = failure or answer.failure
    of = sum(point.asked is not None for point in points)
    holes = {
        c.name
        for c, a in zip(sweep.conditions, mine, strict=True)
        if all(a.not_finite(exact) for exact in c.exact)
    }
    return Swept(
        Curve(sweep.title, sweep.axis, tuple(points)),
        met,
        of,
        failure,
        sweep.single,
        frozenset(holes),
    )


def _answer(
    side: Submission, call: Call, condition: Condition, flat_ok: bool, what: str
) -> _Answer:
    shape = condition.exact[0].shape
    flat = tuple(n for n in shape if n != 1)
    shapes = [shape, flat] if flat_ok else [shape]
    try:
        array = vouched(call(side, *condition.args), shapes, "f", what, "")
    except CallFailed as failure:
        if failure.verdict is Verdict.NOT_IMPLEMENTED:
            raise
        return _Answer(None, failure)
    except Mismatch as failure:
        return _Answer(None, failure)
    return _Answer(array.reshape(shape))


def _kept(sweep: Sweep, answers: Sequence[_Answer], reading: int) -> list[float]:
    return [
        0.0 if a.array is None else digits.kept(a.array, c.exact[reading], c.scale[reading])
        for c, a in zip(sweep.conditions, answers, strict=True)
    ]


def _asked(sweep: Sweep, condition: Condition, got: Array | None, asked: Digits) -> float | None:
    """Digits that are asked of an answer; None: none."""
    if not condition.asked:
        return None
    single = got is not None and got.dtype == np.float32
    if single and not sweep.single:
        # An answer in float32 is right, and has no room for numbers like these.
        with np.errstate(over="ignore"):
            inside = all(np.isfinite(e.astype(np.float32)).all() for e in condition.exact)
        if not inside:
            return None
    return asked.float32 if single or sweep.single else asked.float64


def _nearest(digits_: float) -> float:
    return round(digits_, 2)


# Words ------------------------------------------------------------------------


def failure(swept: Sequence[Swept], hint: str) -> AssertionError | CallFailed | None:
    """What to say of sweeps in which something asked for is not met; None: nothing.

    An exception, or a result that is no array of floats of the right shape, keeps its own words.
    """
    missed = [one for one in swept if one.met < one.of]
    if not missed:
        return None
    lines = "\n".join(told(one) for one in missed)
    other = next((one.failure for one in missed if one.failure is not None), None)
    if isinstance(other, CallFailed):
        said = f"{other.message}\n{lines}"
        return CallFailed(other.verdict, said, other.detail, hint=other.hint or hint)
    if other is not None:
        return other
    said, kind = _remark(swept)
    return Mismatch(lines + said, "", hint, diagnosis=kind)


SINGLE = 7.6
"""Digits that float32 may keep; 24 bits are 7.2, and some answers lie nearer by chance."""


def _remark(swept: Sequence[Swept]) -> tuple[str, str]:
    """What the digits of all conditions together tell, and one word for it."""
    double = [p for one in swept if not one.single for p in one.curve.points if p.asked is not None]
    kept = [point.student for point in double]
    if len(kept) > 2 and SINGLE > max(kept) > 5:
        said = "in float32, or as a difference of nearly equal numbers divided by a small one?"
        return f"\nNever more than about 7 digits: is something computed {said}", "float32"
    # Where no condition at all is met, the answer may as well be another.
    return "", "digits" if any(one.met for one in swept) else ""


def told(swept: Swept) -> str:
    """What a sweep found, in one line: digits and conditions, no value of an input or an answer."""
    curve = swept.curve
    said = ", ".join(_runs(curve.points, swept.not_finite))
    where = f" ({curve.axis})" if curve.axis else ""
    least = sorted({point.asked for point in curve.points if point.asked is not None})
    asked = " or ".join(f"{digits_:g}" for digits_ in least)
    return f"{curve.title}{where}: {said}; at least {asked} digits are asked."


def _runs(points: Sequence[CurvePoint], not_finite: frozenset[str]) -> Iterator[str]:
    """Neighbours that keep about as much, together: ``15.5 digits or more from 1e0 to 1e4``."""
    judged = [point for point in points if point.asked is not None]

    def band(point: CurvePoint) -> tuple[bool, int, bool]:
        if point.asked is not None and point.student >= point.asked:
            return True, 0, False
        return False, round(point.student), point.name in not_finite

    for i, ((met, _, hole), group) in enumerate(groupby(judged, band)):
        run = list(group)
        least = min(point.student for point in run)
        if hole:
            said = "none (NaN or infinite)"
        elif least < 0.05:
            said = "none"
        else:
            said = f"{least:.1f}" + " digits" * (i == 0) + " or more" * (met and len(run) > 1)
        yield f"{said} {_where(run)}"


def _where(run: Sequence[CurvePoint]) -> str:
    if run[0].at is None:
        return "for " + " and ".join(point.name for point in run)
    first, last = run[0].name, run[-1].name
    return f"at {first}" if first == last else f"from {first} to {last}"
