"""Digits kept: what counts as one, what a sweep gives, and that nobody reads its inputs."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from autograder import config, curves, digits, grade, isolation, report, stability, terminal
from autograder.answers import Mismatch
from autograder.digits import Condition, Sweep
from autograder.model import (
    CaseResult,
    Curve,
    CurvePoint,
    SubmissionResult,
    Verdict,
    Visibility,
)
from autograder.sandbox import Sandbox
from tests import mini, samples

INF, NAN = np.inf, np.nan
TINY = 5e-324


# Digits of one answer


def _kept(got: object, exact: object, scale: object = None, dtype: str = "f8") -> float:
    want = np.array(exact, dtype=np.float64)
    beside = np.abs(want) if scale is None else np.broadcast_to(np.float64(scale), want.shape)
    with np.errstate(over="ignore"):
        answer = np.array(got, dtype=dtype)
    return digits.kept(answer, want, beside)


@pytest.mark.parametrize(
    ("got", "exact", "kept"),
    [
        (1.0, 1.0, 15.95),
        (1.0 + 1e-3, 1.0, 3.0),
        (1.0 - 1e-10, 1.0, 10.0),
        (np.nextafter(1.0, 2.0), 1.0, 15.95),
        (2.0, 1.0, 0.0),
        (-50.0, 1.0, 0.0),
        ([1.0, 1.01, 1.0001], [1.0, 1.0, 1.0], 2.0),
        (0.0, 1e-300, 0.0),
        (1e-12, 0.0, 0.0),
        (0.0, 0.0, 15.95),
    ],
)
def test_digits_of_the_worst_number(got: object, exact: object, kept: float) -> None:
    """-log10 of the relative error of the worst number, from none to what the dtype has."""
    assert _kept(got, exact) == pytest.approx(kept, abs=0.01)


@pytest.mark.parametrize(
    ("got", "exact", "kept"),
    [
        (NAN, 1.0, 0.0),
        (INF, 1.0, 0.0),
        (1.0, INF, 0.0),
        (-INF, INF, 0.0),
        (INF, INF, 15.95),
        (-INF, -INF, 15.95),
        (1e308, -1e308, 0.0),
    ],
)
def test_infinite_numbers_must_be_the_same(got: float, exact: float, kept: float) -> None:
    """NaN is never right, infinity only where it is the exact answer, of the same sign."""
    assert _kept(got, exact) == pytest.approx(kept, abs=0.01)


def test_errors_are_measured_beside_the_scale() -> None:
    """Where an answer is a difference of large terms, an error counts beside those."""
    assert _kept(1e-8, 0.0, scale=1.0) == pytest.approx(8.0)
    assert _kept(101.0, 100.0, scale=1e4) == pytest.approx(4.0)
    assert _kept([1e-8, 1e-8], [0.0, 0.0], scale=[1.0, 1e-4]) == pytest.approx(4.0)
    assert _kept(1.5e308, 1.4e308, scale=1.4e308) == pytest.approx(1.15, abs=0.01)


def test_float32_has_seven_digits() -> None:
    """The dtype of the answer bounds its digits, and rounding to it costs none of them."""
    assert _kept(1 / 3, 1 / 3, dtype="f4") == pytest.approx(7.22, abs=0.01)
    assert _kept(np.float32(1 / 3), 1 / 3, dtype="f8") == pytest.approx(7.5, abs=0.1)
    assert _kept(1.0, 1.1, dtype="f4") == pytest.approx(1.04, abs=0.01)
    assert _kept(1e300, 1e300, dtype="f4") == pytest.approx(7.22, abs=0.01)


def test_numbers_below_the_normal_floats_are_as_good_as_they_can_be() -> None:
    """The nearest denormal has all digits although its relative error is large; the next but one
    has not."""
    assert _kept(3 * TINY, 3 * TINY) == pytest.approx(15.95, abs=0.01)
    assert _kept(4 * TINY, 3 * TINY) == pytest.approx(15.95, abs=0.01)
    assert _kept(6 * TINY, 3 * TINY) == 0.0
    assert _kept(0.0, 1e-46, scale=1e-46, dtype="f4") == pytest.approx(7.22, abs=0.01)


def test_an_empty_answer_has_every_digit() -> None:
    """There is no number that could be wrong."""
    assert digits.kept(np.zeros(0), np.zeros(0), np.ones(0)) == digits.MOST[np.dtype("f8")]


# The file


def _sweep(kind: type = np.float64) -> Sweep:
    conditions = tuple(
        Condition(
            f"1e{n}",
            10.0**n,
            (np.array([[1234.5, -INF, TINY]], dtype=kind), np.array([7], dtype=np.int64)),
            (np.array([[0.1, -INF, 3.0]]), np.array([[0.2, 1e300, TINY]])),
            (np.ones((1, 3)), np.full((1, 3), 2.0)),
            asked=n < 2,
        )
        for n in (0, 1, 2)
    )
    return Sweep("Rows", "offset", conditions)


def test_a_file_gives_back_what_was_written(tmp_path: Path) -> None:
    """Every bit, dtype and shape survives, and the same sweeps make the same bytes."""
    path = tmp_path / "exact.json"
    sweeps = {"a_digits": (_sweep(), _sweep(np.float32)), "b_digits": (_sweep(),)}
    digits.write(path, sweeps)
    first = path.read_bytes()
    back = digits.read(path)
    assert [s.single for s in back["a_digits"]] == [False, True]
    for name, of_case in sweeps.items():
        for one, other in zip(of_case, back[name], strict=True):
            for c, d in zip(one.conditions, other.conditions, strict=True):
                assert (c.name, c.at, c.asked) == (d.name, d.at, d.asked)
                pairs = zip((*c.args, *c.exact, *c.scale), (*d.args, *d.exact, *d.scale),
                            strict=True)  # fmt: skip
                for a, b in pairs:
                    assert (a.dtype, a.shape, a.tobytes()) == (b.dtype, b.shape, b.tobytes())
    digits.write(path, back)
    assert path.read_bytes() == first


# Words


def _swept(points: list[CurvePoint], axis: str = "offset", **more: object) -> stability.Swept:
    of = [p for p in points if p.asked is not None]
    met = sum(p.student >= p.asked for p in of if p.asked is not None)
    values = {"failure": None, "single": False, "not_finite": frozenset(), **more}
    return stability.Swept(Curve("Rows", axis, tuple(points)), met, len(of), **values)  # type: ignore[arg-type]


def _points(kept: dict[str, float], asked: float | None = 6.0) -> list[CurvePoint]:
    return [CurvePoint(n, float(n), k, 15.9, asked) for n, k in kept.items()]


def test_neighbours_are_told_together() -> None:
    """Digits and conditions in one line: what is kept, where it falls, where none are left."""
    points = _points({"1e0": 15.9, "1e2": 15.5, "1e8": 3.1, "1e16": 0.0, "1e100": 0.0, "1e300": 0})
    points += _points({"1e305": 0.3}, asked=None)
    text = stability.told(_swept(points, not_finite=frozenset({"1e100", "1e300"})))
    assert text == (
        "Rows (offset): 15.5 digits or more from 1e0 to 1e2, 3.1 at 1e8, none at 1e16, "
        "none (NaN or infinite) from 1e100 to 1e300; at least 6 digits are asked."
    )


def test_conditions_that_are_names_are_listed() -> None:
    """Conditions without an order have no from and to."""
    points = [replace(p, at=None) for p in _points({"1": 0.0, "2": 0.0, "3": 15.0})]
    text = stability.told(_swept(points, axis=""))
    assert text == "Rows: none for 1 and 2, 15.0 for 3; at least 6 digits are asked."


def test_what_all_digits_together_tell() -> None:
    """Never more than float32 keeps; right where it is tame; wrong everywhere is neither."""

    def told(kept: dict[str, float], **more: object) -> tuple[str, str]:
        failure = stability.failure([_swept(_points(kept), **more)], "Hint.")
        assert isinstance(failure, Mismatch)
        return failure.message.partition("asked.")[2].strip(), failure.diagnosis

    said = (
        "Never more than about 7 digits: is something computed in float32, or as a difference of "
        "nearly equal numbers divided by a small one?"
    )
    assert told({"1e0": 7.3, "1e2": 7.1, "1e4": 5.2}) == (said, "float32")
    assert told({"1e0": 7.3, "1e2": 7.1, "1e4": 5.2}, single=True) == ("", "digits")
    assert told({"1e0": 15.9, "1e2": 7.1, "1e4": 5.2}) == ("", "digits")
    assert told({"1e0": 7.3, "1e4": 5.2}) == ("", "digits"), "too few to tell"
    assert told({"1e0": 0.3, "1e2": 0.1, "1e4": 0.2}) == ("", "")
    fine = _swept(_points({"1e0": 15.0}))
    assert stability.failure([fine], "") is None
    # The digits of all sweeps count, not only of those that missed something.
    both = stability.failure([fine, _swept(_points({"1e0": 5.3, "1e2": 7.1, "1e4": 7.2}))], "")
    assert isinstance(both, Mismatch)
    assert both.diagnosis == "digits"


# Drawings


def test_places_in_a_drawing() -> None:
    """Conditions side by side, 16 digits at the top, none at the bottom, too few are marked."""
    plot = curves.plot(samples.CURVES[0])
    assert [m.x for m in plot.marks] == [70.0, 150.0, 230.0, 310.0]
    assert plot.marks[2].student == curves.HEIGHT - curves.BOTTOM
    assert plot.ticks[-1] == (16, curves.TOP)
    assert [m.missed for m in plot.marks] == [False, False, True, False]
    assert [(m.base, m.power) for m in plot.marks][1:3] == [("10", "8"), ("10", "−300")]
    assert plot.marks[3].asked is None
    assert len(plot.student.split()) == 4
    assert len(plot.reference.split()) == 3
    assert plot.joined
    assert not curves.plot(samples.CURVES[1]).joined


def test_a_drawing_in_words() -> None:
    """Who does not see the drawing is told every number of it."""
    said = curves.plot(samples.CURVES[0]).said
    assert said.startswith("Rows near an offset, digits kept by offset of the logits. 1e0: 15.9")
    assert "1e8: 8.2, reference 15.7, asked 6." in said
    assert said.endswith("1e300: 3.5, nothing asked.")


# A case, graded

SECRETS = ("1234", "4321", "617.25", "2469.0")
"""Digits of inputs and of exact answers of the sweep below."""

CHECK = '''\
"""A sweep of the small course."""

import numpy as np

from autograder.digits import Condition, Sweep

VALUES = np.array([1234.5625, 4321.0625])


def _sweep(name, exponents, kind=np.float64):
    made = []
    for n in exponents:
        x = (VALUES * 10.0**n).astype(kind)
        exact = 2.0 * x.astype(np.float64)
        other = 100.0 * exact
        made.append(
            Condition(f"1e{n}", 10.0**n, (x,), (exact, other), (exact, other), asked=n < 9)
        )
    return Sweep(name, "size", tuple(made))


SWEEPS = [_sweep("Plain", (0, 2, 4, 9)), _sweep("Single", (0, 2), np.float32)]


def test_double_digits(stability):
    """double keeps its digits whatever the size."""
    stability(SWEEPS, lambda side, x: side.double(x), what="twice x", hint="Multiply.")
'''


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(("numpy",)) as made:
        yield made


@pytest.fixture
def root(tmp_path: Path) -> Path:
    course = mini.write(tmp_path / "course")
    (course / "solutions/mini/checks/hidden/test_digits.py").write_text(CHECK)
    path = course / "grading_config.yaml"
    text = path.read_text().replace("points: 6\n", "points: 11\n").replace(
        "        points: 4\n", "        points: 9\n"
    )  # fmt: skip
    added = "          double_digits: {points: 5, digits: {float64: 6, float32: 3}}\n"
    before = "          double_keeps_input:"
    path.write_text(text.replace(before, added + before))
    return course


def _graded(
    root: Path, sandbox: Sandbox, body: str, visibility: Visibility = Visibility.AFTER_PUBLISHED
) -> SubmissionResult:
    path = root / "grading_config.yaml"
    assignment = config.assignment(config.load(path), "mini")
    questions = tuple(
        replace(
            q,
            cases=tuple(replace(c, visibility=visibility) if c.digits else c for c in q.cases),
        )
        for q in assignment.questions
    )
    assignment = replace(assignment, questions=questions)
    folder = root / "handed_in"
    folder.mkdir(exist_ok=True)
    text = mini.REFERENCE.replace("2 * np.asarray(x)", body)
    (folder / "mini.py").write_text(text)
    return grade.grade(assignment, grade.course_room(root, assignment), folder, sandbox, "sub")


def _case(result: SubmissionResult) -> CaseResult:
    return next(c for c in result.cases if c.case == "double_digits")


def test_the_reference_keeps_its_digits(root: Path, sandbox: Sandbox) -> None:
    """Full points, a curve for each sweep, the reference's line on the submission's."""
    case = _case(_graded(root, sandbox, "2 * np.asarray(x)"))
    assert (case.verdict, case.score) == (Verdict.ACCEPTED, 5)
    assert [c.title for c in case.curves] == ["Plain", "Single"]
    points = case.curves[0].points
    assert [(p.name, p.student, p.reference, p.asked) for p in points] == [
        ("1e0", 15.95, 15.95, 6.0),
        ("1e2", 15.95, 15.95, 6.0),
        ("1e4", 15.95, 15.95, 6.0),
        ("1e9", 15.95, 15.95, None),
    ]
    assert [p.asked for p in case.curves[1].points] == [3.0, 3.0]


def test_points_by_the_share_of_conditions(root: Path, sandbox: Sandbox) -> None:
    """Two of five conditions lose their digits; the one that is not asked costs nothing."""
    body = "(2 + 1e-4 * (np.max(x) > 1e5)) * np.asarray(x, dtype=np.float64)"
    case = _case(_graded(root, sandbox, body))
    assert (case.verdict, case.score) == (Verdict.PARTIALLY_ACCEPTED, 3)
    assert case.message.startswith("Not right: 2 of 5 conditions. Plain (size): ")
    assert "15.9 digits at 1e0, 4.3 from 1e2 to 1e4; at least 6 digits are asked." in case.message
    assert case.hint == "Multiply."
    assert case.curves[0].points[3].student == pytest.approx(4.3, abs=0.01)


def test_a_float32_answer_is_asked_for_less(root: Path, sandbox: Sandbox) -> None:
    """An answer in float32 to a float64 input is right; its seven digits are enough."""
    case = _case(_graded(root, sandbox, "2 * np.asarray(x, dtype=np.float32)"))
    assert (case.verdict, case.score) == (Verdict.ACCEPTED, 5)
    assert [p.asked for p in case.curves[0].points] == [3.0, 3.0, 3.0, None]


def test_one_reading_serves_all_conditions(root: Path, sandbox: Sandbox) -> None:
    """The other right reading counts as well, but nobody changes it on the way."""
    case = _case(_graded(root, sandbox, "200 * np.asarray(x, dtype=np.float64)"))
    assert (case.verdict, case.score) == (Verdict.ACCEPTED, 5)
    body = "np.where(np.max(x) > 1e4, 2, 200) * np.asarray(x, dtype=np.float64)"
    case = _case(_graded(root, sandbox, body))
    assert (case.verdict, case.score) == (Verdict.PARTIALLY_ACCEPTED, 3)


@pytest.mark.parametrize(
    ("body", "verdict", "score", "said"),
    [
        ("np.asarray(x) * np.nan", Verdict.WRONG_ANSWER, 0, "none (NaN or infinite) from 1e0"),
        ("np.zeros(3)", Verdict.WRONG_ANSWER, 0, "an array of shape (3,) came back"),
        ("np.asarray(x).astype(int)", Verdict.WRONG_ANSWER, 0, "whole numbers"),
        ("1 / 0", Verdict.RUN_TIME_ERROR, 0, "raised"),
        (
            "2 * np.asarray(x) if np.max(x) < 1e5 else 1 / 0",
            Verdict.PARTIALLY_ACCEPTED,
            2,
            "none from 1e2 to 1e4",
        ),
        ("__import__('os')._exit(0)", Verdict.RUN_TIME_ERROR, 0, "ended"),
        ("__import__('time').sleep(60)", Verdict.TIME_LIMIT_EXCEEDED, 0, "s"),
    ],
)
def test_what_is_no_matter_of_digits_keeps_its_verdict(
    root: Path, sandbox: Sandbox, body: str, verdict: Verdict, score: float, said: str
) -> None:
    """NaN and wrong shapes are wrong answers; exceptions and limits are told as such."""
    case = _case(_graded(root, sandbox, body))
    assert (case.verdict, case.score) == (verdict, score)
    assert said in case.message


def test_a_stub_is_not_implemented(root: Path, sandbox: Sandbox) -> None:
    """Whoever wrote nothing has kept no digits and is told so in one word."""
    text = "(_ for _ in ()).throw(NotImplementedError('x'))"
    case = _case(_graded(root, sandbox, text))
    assert (case.verdict, case.score, case.curves) == (Verdict.NOT_IMPLEMENTED, 0, ())


def test_a_sweep_without_digits_in_the_config_is_our_fault(root: Path, sandbox: Sandbox) -> None:
    """The config says what is asked, and nobody else."""
    path = root / "grading_config.yaml"
    path.write_text(path.read_text().replace(", digits: {float64: 6, float32: 3}", ""))
    case = _case(_graded(root, sandbox, "2 * np.asarray(x)"))
    assert (case.verdict, case.score) == (Verdict.JUDGE_ERROR, None)
    assert "no `digits:` in the config" in case.staff_note


@pytest.mark.parametrize("body", ["2.0001 * np.asarray(x)", "np.zeros(3)", "np.asarray(x)[5]"])
@pytest.mark.parametrize("visibility", [v for v in Visibility if v is not Visibility.VISIBLE])
def test_nobody_reads_the_inputs(
    root: Path, sandbox: Sandbox, body: str, visibility: Visibility
) -> None:
    """No page, text or JSON for students holds a number of a sweep; a hidden one is not there."""
    result = _graded(root, sandbox, body, visibility)
    result = replace(result, cases=(_case(result),))
    page = report.html(result)
    outputs = [
        page,
        terminal.render(result, colour=False, width=100),
        json.dumps(report.gradescope(result)),
    ]
    for secret in SECRETS:
        for output in outputs:
            assert secret not in output
    assert ('<svg class="curve"' in page) is (visibility is not Visibility.HIDDEN)
    assert ("keeps its digits" in page) is (visibility is not Visibility.HIDDEN)
    assert '<svg class="curve"' in report.html(result, audience="staff")


def test_a_sealed_worker_cannot_read_the_exact_answers(root: Path) -> None:
    """The file lies beside the hidden checks, where no submission gets."""
    secret = root / "solutions/mini/checks/hidden/exact_digits.json"
    digits.write(secret, {"double_digits": (_sweep(),)})
    with Sandbox(("numpy",)) as sealed:
        if isolation.examine(sealed).promise != "sealed":
            pytest.skip("workers are not sealed here")
        case = _case(_graded(root, sealed, f"open({str(secret)!r}).read()"))
    assert case.verdict is Verdict.RUN_TIME_ERROR
    assert "PermissionError" in case.message + case.detail
