"""``autograder.model``: the arithmetic over its records and their plain-data form."""

from __future__ import annotations

import dataclasses
import json
from typing import Any

import pytest

from autograder import model
from autograder.model import (
    Assignment,
    Case,
    CaseResult,
    Curve,
    CurvePoint,
    LatePolicy,
    Limits,
    Question,
    SubmissionResult,
    Tolerance,
    Usage,
    Verdict,
    Visibility,
    Waiting,
    from_plain,
    to_plain,
)


def result(score: float | None, max_score: float = 1.0, name: str = "c", **more: Any) -> CaseResult:
    """A case's result of which only the points matter."""
    verdict = Verdict.JUDGE_ERROR if score is None else Verdict.PARTIALLY_ACCEPTED
    return CaseResult(name, "1.1", "A rule.", "f", verdict, score, max_score, **more)


def submission(*results: CaseResult) -> SubmissionResult:
    """A submission with these results."""
    return SubmissionResult("hw1", "Homework 1", "ada", results)


HW = Assignment(
    name="hw1",
    title="Homework 1",
    files=("sums.py", "helper.py"),
    questions=(
        Question(
            "1.1",
            "Sum",
            3.0,
            ("total", "Mean.__call__"),
            (
                Case("total_small", 1.0, Visibility.VISIBLE, ("total",)),
                Case("total_large", 2.0, tolerance=Tolerance(1e-3, 0.0), budget=8.0),
            ),
        ),
        Question("1.2", "Both", 0.5, ("Mean.__call__", "product"), (Case("both", 0.5),)),
        Question("2.1", "Explain", 5.0, written=True),
    ),
    given=("loader.py",),
    limits=Limits(call_seconds=2.5),
    due="2026-12-18T23:59:00+00:00",
    late=LatePolicy(15.0, 10.0, 50.0, 1),
)


# --- assignments ----------------------------------------------------------------------------


def test_the_main_module_is_the_first_file() -> None:
    """The module that checks call is named by the first submitted file."""
    assert HW.module == "sums"


def test_cases_come_in_the_configs_order() -> None:
    """``cases`` runs through the questions in order, and within each through its cases."""
    assert [c.name for c in HW.cases] == ["total_small", "total_large", "both"]


def test_functions_are_listed_once() -> None:
    """A function that two questions grade stands once, where it comes first."""
    assert HW.functions == ("total", "Mean.__call__", "product")


def test_written_questions_are_not_in_the_maximum() -> None:
    """The grader's maximum leaves out what people give points for."""
    assert HW.max_score == 3.5
    assert dataclasses.replace(HW, questions=()).max_score == 0


def test_each_case_finds_its_question() -> None:
    """``question_of`` is the question that holds the case."""
    assert [HW.question_of(c).key for c in HW.cases] == ["1.1", "1.1", "1.2"]


# --- submissions ----------------------------------------------------------------------------


def test_scores_add_up() -> None:
    """The score of a submission is the sum over its cases, and so is the maximum."""
    done = submission(result(0.5, 1.0), result(0.0, 2.0), result(3.0, 3.0))
    assert (done.score, done.max_score) == (3.5, 6.0)


def test_sums_have_no_float_dust() -> None:
    """Ten tenths are one point, not 0.9999999999999999."""
    done = submission(*[result(0.1, 0.1) for _ in range(10)])
    assert sum(c.max_score for c in done.cases) != 1.0
    assert (done.score, done.max_score) == (1.0, 1.0)


def test_withheld_cases_cost_nothing_and_stay_in_the_maximum() -> None:
    """A fault of ours gives no points and takes none from the maximum; it is listed."""
    fault = result(None, 2.0)
    done = submission(result(1.0, 1.0), fault, result(0.0, 1.0))
    assert (done.score, done.max_score) == (1.0, 4.0)
    assert done.withheld == (fault,)


def test_a_submission_without_cases_scores_zero() -> None:
    """Nothing graded is zero of zero."""
    assert (submission().score, submission().max_score, submission().withheld) == (0, 0, ())


# --- plain data -----------------------------------------------------------------------------


def round_trip(record: Any) -> Any:
    """``record`` by way of the text of a JSON file."""
    return from_plain(type(record), json.loads(json.dumps(to_plain(record))))


def test_an_assignment_survives_json() -> None:
    """Nested records, tuples, enums and None come back equal and of the same types."""
    back = round_trip(HW)
    assert back == HW
    assert isinstance(back.questions[0].cases[0].visibility, Visibility)
    assert isinstance(back.files, tuple)
    assert back.cases[0].budget is None


def test_a_submission_survives_json() -> None:
    """Results come back equal, withheld scores and missing measurements included."""
    done = SubmissionResult(
        assignment="hw1",
        title="Homework 1",
        submission="Ada Lovelace",
        cases=(
            result(None, 2.0, staff_note="the check divided by zero"),
            result(
                0.25,
                curves=(Curve("Rows", "size", (CurvePoint("ties", None, 8.5, None, 6.0),)),),
            ),
            result(0.5, 1.0, usage=Usage(0.25, 0.125, 30.5), seed=2**64 - 1, hint="naïve ≠ fast"),
        ),
        questions=HW.questions,
        notices=("helper.py is missing",),
        waiting=(Waiting("2.1", "Explain", 5.0),),
        layers=("rlimit",),
        hidden_cases=3,
    )
    assert round_trip(done) == done


def test_plain_data_is_only_what_json_knows() -> None:
    """Enums become their words, tuples lists, records dicts keyed by field."""
    assert to_plain(HW.cases[1]) == {
        "name": "total_large",
        "points": 2.0,
        "visibility": "after_published",
        "functions": [],
        "tolerance": {"rtol": 1e-3, "atol": 0.0},
        "budget": 8.0,
        "memory": None,
        "digits": None,
        "time_growth": None,
        "memory_growth": None,
        "requires": None,
        "seed": None,
    }
    assert type(to_plain(Verdict.ACCEPTED)) is str


def test_fields_left_out_take_their_defaults() -> None:
    """Plain data written before a field existed is read with that field's default."""
    plain = to_plain(HW)
    del plain["hidden_cases"], plain["late"]
    assert from_plain(Assignment, plain) == dataclasses.replace(HW, late=LatePolicy())


@pytest.mark.parametrize(
    ("kind", "plain"),
    [
        (Case, {"name": "c", "points": 1.0, "colour": "red"}),
        (Case, {"name": "c"}),
        (Case, {"name": "c", "points": 1.0, "visibility": "sometimes"}),
        (Case, {"name": "c", "points": 1.0, "functions": 3}),
        (Case, {"name": "c", "points": 1.0, "functions": "softmax"}),
        (Case, 3),
        (Case, None),
    ],
    ids=[
        "unknown field",
        "missing field",
        "unknown word",
        "number for a list",
        "text for a list",
        "number for a record",
        "nothing for a record",
    ],
)
def test_plain_data_of_another_shape_is_refused(kind: type, plain: Any) -> None:
    """Data that is not the record's raises TypeError or ValueError."""
    with pytest.raises((TypeError, ValueError)):
        from_plain(kind, plain)


def test_every_record_is_frozen() -> None:
    """No record can be changed after it was made."""
    kinds = [k for k in vars(model).values() if dataclasses.is_dataclass(k)]
    assert len(kinds) > 10
    assert [k.__name__ for k in kinds if not k.__dataclass_params__.frozen] == []
