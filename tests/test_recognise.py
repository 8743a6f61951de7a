"""Known mistakes are told by their sentence, other mistakes are not."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from autograder import config, feedback, grade, handout, prints, recognise, verify
from autograder.model import Assignment, CaseResult, SubmissionResult, Verdict
from autograder.recognise import Book, Mistake
from autograder.sandbox import Sandbox
from tests import mini

SENTENCE = "Most likely: You square the elements; twice an element is something else."
Course = tuple[Assignment, grade.Room]


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A course whose book is written."""
    made = mini.write(tmp_path_factory.mktemp("course"))
    assignment = config.assignment(config.load(made / "grading_config.yaml"), "mini")
    handout.build(assignment, made, made / "assignments" / "mini")
    report = verify.verify(assignment, made, jobs=1, only=lambda c: c.kind != "odd")
    assert report.problems == []
    path = made / "solutions" / "mini" / recognise.NAME
    assert report.write_book(made) == path
    before = path.read_text()
    assert report.write_book(made) is None  # nothing new is not written again
    assert path.read_text() == before
    return made


@pytest.fixture(scope="module")
def course(root: Path) -> Course:
    assignment = config.assignment(config.load(root / "grading_config.yaml"), "mini")
    return assignment, grade.course_room(root, assignment)


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(("numpy",)) as made:
        yield made


def graded(course: Course, sandbox: Sandbox, folder: Path, double: str) -> Mapping[str, CaseResult]:
    """Results by case of the reference with another ``double``."""
    text = mini.REFERENCE
    start, end = text.index("def double"), text.index("class Sums")
    (folder / "mini.py").write_text(text[:start] + double + "\n\n" + text[end:])
    book = grade.known(*course)
    assert book is not None
    result = grade.grade(*course, folder, sandbox, book=book)
    return {case.case: case for case in result.cases}


def test_a_known_mistake_written_differently_is_named(
    course: Course, sandbox: Sandbox, tmp_path: Path
) -> None:
    """The answers decide, not the text; and only in the cases that the mistake loses."""
    cases = graded(
        course, sandbox, tmp_path, "def double(x):\n    return np.multiply(x, np.array(x))"
    )
    assert SENTENCE in cases["double_by_hand"].message
    assert SENTENCE in cases["double_values"].message
    assert cases["double_values"].mistake == "double__squares"
    assert cases["total_uses_double"].verdict is Verdict.ACCEPTED
    assert "Most likely" not in cases["total_uses_double"].message
    assert "Most likely" not in cases["total_by_hand"].message
    assert cases["total_by_hand"].stood_in == ("double",)


@pytest.mark.parametrize(
    "double",
    [
        "def double(x):\n    return np.asarray(x) ** 3",
        # Right for the first call, so not what the mistake gives.
        "calls = []\n\n\ndef double(x):\n    calls.append(1)\n"
        "    return 2 * np.asarray(x) if len(calls) == 1 else np.asarray(x) ** 2",
        "def double(x):\n    return np.asarray(x) ** 2 * 1.00001",
        # The mistake's answers in two of its cases, and others in the third.
        "def double(x):\n    x = np.asarray(x)\n    return x ** 2 if x.ndim > 1 else x ** 3",
        "def double(x):\n    return None",
        "def double(x):\n    raise ValueError(x)",
        "def double(x):\n    return [np.asarray(x) ** 2]",
    ],
)
def test_another_mistake_is_not_named(
    course: Course, sandbox: Sandbox, tmp_path: Path, double: str
) -> None:
    """A wrong name would send a student looking in the wrong place."""
    cases = graded(course, sandbox, tmp_path, double)
    assert cases["double_values"].score < cases["double_values"].max_score
    assert not any("Most likely" in case.message for case in cases.values())


def test_a_book_is_for_the_checks_as_they_were(root: Path, course: Course) -> None:
    """After any change of solution, checks or seed nothing is named until the exam is taken."""
    assignment, room = course
    assert grade.known(assignment, room) is not None
    assert grade.known(dataclasses.replace(assignment, seed=8), room) is None
    assert grade.known(dataclasses.replace(assignment, due="2027-01-01T00:00:00Z"), room)
    for name in ("mini.py", "checks/hidden/test_mini_hidden.py"):
        path = root / "solutions" / "mini" / name
        text = path.read_text()
        path.write_text(text + "# changed\n")
        assert grade.known(assignment, room) is None
        path.write_text(text)
    assert grade.known(assignment, room) is not None


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "{}", '{"key": "k"}', '{"key": "k", "mistakes": 3}']
)
def test_a_broken_book_names_nothing(tmp_path: Path, text: str) -> None:
    """Naming is an extra: whatever is in the file, a submission is graded."""
    (tmp_path / "known.json").write_text(text)
    assert recognise.load(tmp_path / "known.json", "k") is None
    assert recognise.load(tmp_path / "missing.json", "k") is None


ONE, TWO = prints.case([("f", 1.0)]), prints.case([("f", 2.0)])


def mistake(name: str, seen: int = 0, loses: tuple[str, ...] = ("a",), **answers: Any) -> Mistake:
    return Mistake(name, f"You {name}.", loses, seen, answers or {"a": ONE}, recognise.digest(name))


def lost(*cases: str) -> SubmissionResult:
    made = tuple(
        CaseResult(c, "1", "Rule", "f", Verdict.WRONG_ANSWER, 0.0, 1.0, message="No.")
        for c in cases
    )
    return SubmissionResult("mini", "Mini", "x", made)


def test_several_mistakes_that_give_the_same_are_all_told() -> None:
    """The one that was seen most often first, each sentence once, and no more than three."""
    known = Book((mistake("add"), mistake("subtract", 5), mistake("divide", 2), mistake("zip")))
    told = recognise.told(lost("a"), {"a": ONE}, known)
    assert told.cases[0].message == (
        "No.\nMost likely: You subtract.\nOr, seen less often: You divide.\n"
        "Or, seen less often: You add."
    )
    assert told.cases[0].mistake == "subtract"


def test_a_mistake_has_to_explain_all_that_it_loses() -> None:
    """One that would have lost another case, or answered it otherwise, is another mistake."""
    both = mistake("add", loses=("a", "b"), a=ONE, b=TWO)
    assert not recognise.told(lost("a"), {"a": ONE}, Book((both,))).cases[0].mistake
    answers = {"a": ONE, "b": ONE}
    assert not recognise.told(lost("a", "b"), answers, Book((both,))).cases[0].mistake
    answers = {"a": ONE, "b": TWO}
    assert recognise.told(lost("a", "b"), answers, Book((both,))).cases[1].mistake == "add"


def test_a_mistake_has_to_explain_most_of_a_function() -> None:
    """One that fits one wrong answer of three only looks like it there."""
    known = Book((mistake("add"),))
    answers = {"a": ONE, "b": TWO, "c": TWO}
    assert not recognise.told(lost("a", "b", "c"), answers, known).cases[0].mistake
    assert recognise.told(lost("a", "b"), answers, known).cases[0].mistake == "add"
    # Wrong answers of other functions are another matter.
    others = lost("a", "b", "c")
    cases = [dataclasses.replace(c, function=c.case) for c in others.cases]
    others = dataclasses.replace(others, cases=tuple(cases))
    assert recognise.told(others, answers, known).cases[0].mistake == "add"
    # So are cases without an answer: what raised an exception contradicts nothing.
    assert recognise.told(lost("a", "b", "c"), {"a": ONE}, known).cases[0].mistake == "add"


def test_a_book_is_read_as_it_was_written(tmp_path: Path) -> None:
    """Through text and back; out of date as soon as a mistake, its text or a check changes."""
    known = Book((mistake("add", 3, a=ONE, b=TWO), mistake("zip", loses=())), "k")
    (tmp_path / "known.json").write_text(recognise.text(known))
    read = recognise.load(tmp_path / "known.json", "k")
    assert read is not None
    assert read == known
    assert recognise.current(read, known)
    assert not recognise.current(None, known)
    assert not recognise.current(Book(known.mistakes, "other"), known)
    assert not recognise.current(Book(known.mistakes[:1], "k"), known)
    assert not recognise.current(Book((mistake("add", 4), known.mistakes[1]), "k"), known)
    changed = dataclasses.replace(known.mistakes[0], source=recognise.digest("other"))
    assert not recognise.current(Book((changed, known.mistakes[1]), "k"), known)
    # Where a mistake lives from rounding, it answers otherwise each time.
    rounded = dataclasses.replace(known.mistakes[0], answers={"a": TWO, "b": TWO})
    assert recognise.current(Book((rounded, known.mistakes[1]), "k"), known)


@pytest.mark.parametrize(
    ("own", "answers", "diagnosis", "status"),
    [
        ("add", ONE, "", feedback.NAMED_RIGHTLY),
        ("", ONE, "", feedback.NAMED_RIGHTLY),  # it cannot be told from the one that is named
        ("", TWO, "sign", feedback.DESCRIBED),
        ("", TWO, "", feedback.UNTOLD),
    ],
)
def test_what_feedback_is_worth(own: str, answers: Any, diagnosis: str, status: str) -> None:
    """Named, described by a generic diagnosis, or neither."""
    result = lost("a")
    case = dataclasses.replace(result.cases[0], diagnosis=diagnosis)
    result = dataclasses.replace(result, cases=(case,))
    assert feedback.judged(result, {"a": answers}, Book((mistake("add"),)), own).status == status


def test_a_name_that_explains_only_a_part_is_wrong() -> None:
    """Another case came out wrong that the named mistake says nothing of."""
    answers = {"a": ONE, "b": TWO}
    known = Book((mistake("add"),))
    assert feedback.judged(lost("a", "b"), answers, known).status == feedback.MISNAMED
    assert feedback.judged(lost("a", "b"), answers, known, "add").status == feedback.NAMED_RIGHTLY
    assert feedback.without(known, "add").mistakes == ()


def test_a_case_that_costs_nothing_contradicts_no_name() -> None:
    """Of cases without points no mistake's answers are in the book."""
    result = lost("a", "b")
    free = dataclasses.replace(result.cases[1], max_score=0.0)
    result = dataclasses.replace(result, cases=(result.cases[0], free))
    found = feedback.judged(result, {"a": ONE, "b": TWO}, Book((mistake("add"),)))
    assert found.status == feedback.NAMED_RIGHTLY


def test_an_exception_describes_itself() -> None:
    """So does a limit: the verdict is the description."""
    result = lost("a")
    case = dataclasses.replace(result.cases[0], verdict=Verdict.RUN_TIME_ERROR)
    found = feedback.judged(dataclasses.replace(result, cases=(case,)), {}, Book())
    assert (found.status, found.words) == (feedback.DESCRIBED, "run_time_error")


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
        (np.arange(9e4), np.arange(9e4) * (1 + 1e-9), True),
        (np.arange(9e4), np.arange(9e4) + (np.arange(9e4) % 2), False),
        (np.arange(40.0), np.arange(40.0)[::-1], False),
        (object(), object(), True),
    ],
)
def test_prints_are_alike_up_to_rounding(one: Any, other: Any, same: bool) -> None:
    """Shape, kind and value; in this order and its opposite."""
    assert prints.alike(prints.of(one), prints.of(other)) is same
    assert prints.alike(prints.of(other), prints.of(one)) is same
