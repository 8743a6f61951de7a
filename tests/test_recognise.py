"""Known mistakes are told by their sentence, other mistakes are not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from autograder import config, explain, grade, recognise
from autograder.model import Assignment, SubmissionResult, Verdict
from autograder.sandbox import Sandbox
from tests import mini

SENTENCE = "Most likely: You square the elements; twice an element is something else."


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> tuple[Assignment, grade.Room]:
    root = mini.write(tmp_path_factory.mktemp("course"))
    assignment = config.assignment(config.load(root / "grading_config.yaml"), "mini")
    return assignment, grade.course_room(root, assignment)


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(("numpy",)) as made:
        yield made


def graded(
    course: tuple[Assignment, grade.Room], sandbox: Sandbox, folder: Path, double: str
) -> Mapping[str, Any]:
    """Results by case of the reference with another ``double``."""
    text = mini.REFERENCE
    start, end = text.index("def double"), text.index("class Sums")
    (folder / "mini.py").write_text(text[:start] + double + "\n\n" + text[end:])
    result = grade.grade(*course, folder, sandbox, explain=explain.mistakes)
    return {case.case: case for case in result.cases}


def test_a_known_mistake_written_differently_is_named(
    course: tuple[Assignment, grade.Room], sandbox: Sandbox, tmp_path: Path
) -> None:
    """The answers decide, not the text; and only in the cases that the mistake loses."""
    cases = graded(
        course, sandbox, tmp_path, "def double(x):\n    return np.multiply(x, np.array(x))"
    )
    assert SENTENCE in cases["double_by_hand"].message
    assert SENTENCE in cases["double_values"].message
    assert cases["total_uses_double"].verdict is Verdict.ACCEPTED
    assert "Most likely" not in cases["total_uses_double"].message


@pytest.mark.parametrize(
    "double",
    [
        "def double(x):\n    return np.asarray(x) ** 3",
        # Right for the first call, so not what the mistake gives.
        "calls = []\n\n\ndef double(x):\n    calls.append(1)\n"
        "    return 2 * np.asarray(x) if len(calls) == 1 else np.asarray(x) ** 2",
        "def double(x):\n    return np.asarray(x) ** 2 * 1.00001",
        "def double(x):\n    return None",
        "def double(x):\n    raise ValueError(x)",
        "def double(x):\n    return [np.asarray(x) ** 2]",
    ],
)
def test_another_mistake_is_not_named(
    course: tuple[Assignment, grade.Room], sandbox: Sandbox, tmp_path: Path, double: str
) -> None:
    """A wrong name would send a student looking in the wrong place."""
    cases = graded(course, sandbox, tmp_path, double)
    assert cases["double_values"].score < cases["double_values"].max_score
    assert "Most likely" not in cases["double_values"].message


def test_nothing_is_run_for_a_right_answer(
    course: tuple[Assignment, grade.Room], sandbox: Sandbox, tmp_path: Path
) -> None:
    """And a known mistake is run once, for all submissions that ask for it."""
    recognise._books.clear()
    graded(course, sandbox, tmp_path, "def double(x):\n    return 2 * np.asarray(x)")
    assert recognise._books == {}
    graded(course, sandbox, tmp_path, "def double(x):\n    return np.asarray(x) ** 2")
    (book,) = recognise._books.values()
    page = book.pages["double__squares"]
    graded(course, sandbox, tmp_path, "def double(x):\n    return np.asarray(x) ** 2")
    assert book.pages["double__squares"] is page


def test_several_mistakes_that_give_the_same_are_all_told() -> None:
    """The first as the likeliest, the others after it, each sentence once."""
    answers = [("f", 1.0)]

    class Known:
        def mistakes(self, *_: Any) -> list[str]:
            return ["You add.", "You subtract."]

    from autograder.model import CaseResult

    case = CaseResult("a", "1", "Rule", "f", Verdict.WRONG_ANSWER, 0.0, 1.0, message="No.")
    result = SubmissionResult("mini", "Mini", "x", (case,))
    told = recognise.named(result, {"a": answers}, Known(), lambda *_: {})  # type: ignore[arg-type]
    assert told.cases[0].message == "No.\nMost likely: You add.\nOr: You subtract."


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (1.0, 1.0 + 1e-9, True),
        (1.0, 1.1, False),
        (1, 1.0, False),
        (np.float64(2), 2.0, True),
        (np.ones(3), np.ones(3) * (1 + 1e-8), True),
        (np.ones(3), np.ones((3, 1)), False),
        (np.ones(3), np.ones(3, int), False),
        (np.array([np.nan, 1.0]), np.array([np.nan, 1.0]), True),
        (np.array([np.nan, 1.0]), np.array([0.0, 1.0]), False),
        (np.array([np.inf]), np.array([-np.inf]), False),
        (np.zeros(0), np.zeros(0), True),
        ((1.0, [2.0]), (1.0, [2.0]), True),
        ((1.0, 2.0), [1.0, 2.0], False),
        ({"a": 1.0}, {"a": 1.0}, True),
        ({"a": 1.0}, {"b": 1.0}, False),
        (None, None, True),
        (None, 0.0, False),
        ("x", "x", True),
        ("x", b"x", False),
        (np.array([True]), np.array([1.0]), False),
    ],
)
def test_answers_are_the_same_up_to_rounding(one: Any, other: Any, same: bool) -> None:
    """Shape, kind and value; in this order and its opposite."""
    assert recognise.alike(one, other) is same
    assert recognise.alike(other, one) is same


def test_no_answer_is_no_mistake() -> None:
    """A case that ended before the first answer tells nothing."""
    assert not recognise.same([], [])
    assert recognise.same([("f", 1.0)], [("f", 1.0)])
    assert not recognise.same([("f", 1.0)], [("g", 1.0)])
    assert not recognise.same([("f", 1.0)], [("f", 1.0), ("f", 1.0)])


@pytest.mark.parametrize(
    ("body", "verdict"),
    [
        ("raise ValueError('no')", Verdict.ACCEPTED),
        ("raise UnicodeError('a ValueError too')", Verdict.ACCEPTED),
        ("raise KeyError('no')", Verdict.RUN_TIME_ERROR),
        ("return x", Verdict.WRONG_ANSWER),
        ("import os; os._exit(0)", Verdict.RUN_TIME_ERROR),
    ],
)
def test_a_check_may_want_an_exception(
    tmp_path: Path, sandbox: Sandbox, body: str, verdict: Verdict
) -> None:
    """The one that is wanted, or one derived from it; a crash is none."""
    root = mini.write(tmp_path / "course")
    path = root / "solutions" / "mini" / "checks" / "public" / "test_mini_public.py"
    text = path.read_text().replace("import as_scalar,", "import as_scalar, assert_raises,")
    start, end = text.index("    got = student.double"), text.index("def test_total_by_hand")
    text = text[:start] + "    assert_raises(ValueError, student.double, 1.0)\n\n\n" + text[end:]
    path.write_text(text)
    assignment = config.assignment(config.load(root / "grading_config.yaml"), "mini")
    course = assignment, grade.course_room(root, assignment)
    (tmp_path / "in").mkdir()
    cases = graded(course, sandbox, tmp_path / "in", f"def double(x):\n    {body}")
    assert cases["double_by_hand"].verdict is verdict
    if verdict is Verdict.WRONG_ANSWER:
        assert "double: no ValueError is raised." in cases["double_by_hand"].message
