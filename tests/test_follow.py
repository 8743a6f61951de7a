"""One mistake is charged once: a case that fails because of another function is tried again."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from autograder import config, grade
from autograder.model import CaseResult, Verdict
from autograder.sandbox import Sandbox
from autograder.standins import Reference
from tests import mini

CONFIG = """\
course: A small course
assignments:
  chain:
    title: A chain
    points: 9
    files: [chain.py]
    seed: 3
    limits: {call_seconds: 2, case_seconds: 10, standin_calls: 50}
    questions:
      "1":
        title: Doubling
        points: 2
        functions: [double]
        cases:
          double_values: {points: 2}
      "2":
        title: Adding
        points: 2
        functions: [Line.add]
        cases:
          add_values: {points: 2}
      "3":
        title: Running
        points: 2
        functions: [Line.run]
        cases:
          run_values: {points: 1}
          run_again: {points: 1, requires: run_values}
      "4":
        title: Given
        points: 2
        functions: [everything]
        cases:
          everything_values: {points: 2}
      "5":
        title: Storing
        points: 1
        functions: [Line.store]
        cases:
          store_values: {points: 1}
"""

REFERENCE = '''\
"""A chain of functions."""

import numpy as np


def double(x):
    """Twice x."""
    ### BEGIN SOLUTION
    return 2.0 * np.asarray(x)
    ### END SOLUTION


class Line:
    """A line with an offset."""

    def __init__(self, offset=1.0):
        self.offset = offset
        self.kept = None

    def add(self, x):
        """Twice x and the offset."""
        ### BEGIN SOLUTION
        return double(x) + self.offset
        ### END SOLUTION

    def run(self, x):
        """The sum of what add gives."""
        ### BEGIN SOLUTION
        return float(np.sum(self.add(x)))
        ### END SOLUTION

    def store(self, x):
        """Keep what add gives."""
        ### BEGIN SOLUTION
        self.kept = self.add(x)
        ### END SOLUTION


def everything(x):
    """The run of a line (given)."""
    return Line(2.0).run(x)
'''

HIDDEN = '''\
"""Hidden checks."""

import numpy as np

from autograder.compare import as_scalar, assert_close, assert_true

X = np.array([1.0, 2.5])


def test_double_values(student):
    """Every element is doubled."""
    assert_close(student.double(X), 2 * X, rtol=1e-9, atol=0)


def test_add_values(student):
    """Twice x and the offset."""
    assert_close(student.Line(3.0).add(X), 2 * X + 3, rtol=1e-9, atol=0)


def test_run_values(student):
    """The sum of them."""
    assert_true(as_scalar(student.Line(3.0).run(X)) == 13, "The sum is not right.")


def test_run_again(student):
    """The sum is the same the second time."""
    line = student.Line(1.0)
    assert_true(line.run(X) == line.run(X) == 9, "The sum changes.")


def test_everything_values(student):
    """The given function works."""
    assert_true(student.everything(X) == 11, "The sum is not right.")


def test_store_values(student):
    """What add gives is kept."""
    line = student.Line(3.0)
    line.store(X)
    assert_close(line.kept, 2 * X + 3, rtol=1e-9, atol=0)
'''

WRONG_DOUBLE = "return 2.0 * np.asarray(x)", "return 3.0 * np.asarray(x)"
WRONG_ADD = "return double(x) + self.offset", "return double(x) - self.offset"
WRONG_RUN = "np.sum(self.add(x))", "np.max(self.add(x))"


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("course")
    home = made / "solutions" / "chain"
    (home / "checks" / "hidden").mkdir(parents=True)
    (made / "data").mkdir()
    (made / "grading_config.yaml").write_text(CONFIG)
    (home / "chain.py").write_text(REFERENCE)
    (home / "checks" / "hidden" / "test_chain_hidden.py").write_text(HIDDEN)
    return made


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(("numpy",)) as made:
        yield made


def graded(
    root: Path,
    sandbox: Sandbox,
    folder: Path,
    text: str,
    *,
    at_home: bool = False,
    **changed: object,
) -> Mapping[str, CaseResult]:
    """Results by case of a submission with this text; ``at_home`` there is no reference."""
    assignment = config.assignment(config.load(root / "grading_config.yaml"), "chain")
    assignment = dataclasses.replace(assignment, **changed)
    (folder / "chain.py").write_text(text)
    room = grade.course_room(root, assignment)
    room = dataclasses.replace(room, reference=None) if at_home else room
    result = grade.grade(assignment, room, folder, sandbox)
    assert not result.withheld, result.withheld[0].staff_note
    return {case.case: case for case in result.cases}


def with_changes(*changes: tuple[str, str]) -> str:
    text = REFERENCE
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    return text


def scores(cases: Mapping[str, CaseResult]) -> list[float | None]:
    return [case.score for case in cases.values()]


def test_a_mistake_is_charged_where_it_is_graded(
    root: Path, sandbox: Sandbox, tmp_path: Path
) -> None:
    """Double is wrong, and nothing else: everything above it keeps its points."""
    cases = graded(root, sandbox, tmp_path, with_changes(WRONG_DOUBLE))
    assert scores(cases) == [0, 2, 1, 1, 2, 1]
    assert cases["add_values"].verdict is Verdict.ACCEPTED
    assert cases["add_values"].stood_in == ("double",)
    assert cases["add_values"].message == (
        "Counted with double answered by the grader: its mistake is charged where it is graded, "
        "and not again here."
    )
    assert cases["run_again"].stood_in == ("double",)


def test_two_mistakes_are_charged_twice(root: Path, sandbox: Sandbox, tmp_path: Path) -> None:
    """What is wrong by itself stays wrong; what only calls both does not."""
    cases = graded(root, sandbox, tmp_path, with_changes(WRONG_DOUBLE, WRONG_ADD))
    assert scores(cases) == [0, 0, 1, 1, 2, 1]
    assert cases["run_values"].stood_in == ("Line.add", "double")
    assert "their mistakes are charged where they are graded" in cases["run_values"].message
    assert cases["add_values"].stood_in == ()
    assert "answered by the grader" not in cases["add_values"].message


def test_a_mistake_of_its_own_gains_nothing(root: Path, sandbox: Sandbox, tmp_path: Path) -> None:
    """The given function needs run, which is wrong by itself, and is tried with it stood in."""
    cases = graded(root, sandbox, tmp_path, with_changes(WRONG_DOUBLE, WRONG_RUN))
    assert scores(cases) == [0, 2, 0, 0, 2, 1]


def test_the_share_of_the_config_counts(root: Path, sandbox: Sandbox, tmp_path: Path) -> None:
    """Half of what is gained, and the words say so."""
    text = with_changes(WRONG_DOUBLE)
    cases = graded(root, sandbox, tmp_path, text, follow_through=0.5)
    assert scores(cases) == [0, 1, 0.5, 0.5, 1, 0.5]
    assert cases["add_values"].verdict is Verdict.PARTIALLY_ACCEPTED
    assert cases["add_values"].message.endswith("and only in part here.")


def test_a_bonus_does_not_hide_what_was_lost(root: Path, sandbox: Sandbox, tmp_path: Path) -> None:
    """More points than full marks, and still a case that another function's mistake has cost."""
    assignment = config.assignment(config.load(root / "grading_config.yaml"), "chain")
    first, *others = assignment.questions
    questions = (first, *(dataclasses.replace(question, bonus=True) for question in others))
    cases = graded(root, sandbox, tmp_path, with_changes(WRONG_ADD), questions=questions)
    assert scores(cases) == [2, 0, 1, 1, 2, 1]
    assert cases["run_values"].stood_in == ("Line.add",)


def test_without_a_share_nothing_runs_again(root: Path, sandbox: Sandbox, tmp_path: Path) -> None:
    """Zero turns it off."""
    cases = graded(root, sandbox, tmp_path, with_changes(WRONG_DOUBLE), follow_through=0.0)
    assert scores(cases) == [0, 0, 0, 0, 0, 0]


def test_nobody_is_paid_for_a_given_function(root: Path, sandbox: Sandbox, tmp_path: Path) -> None:
    """Every answer wrong: the given function would pass with stand-ins alone."""
    text = with_changes(WRONG_DOUBLE, WRONG_ADD, WRONG_RUN, ("self.kept = self.add(x)", "pass"))
    cases = graded(root, sandbox, tmp_path, text)
    assert scores(cases) == [0, 0, 0, 0, 0, 0]


def test_at_home_it_is_told_what_will_follow(root: Path, sandbox: Sandbox, tmp_path: Path) -> None:
    """Without a reference nothing runs again; where it will, the student reads so."""
    cases = graded(root, sandbox, tmp_path, with_changes(WRONG_DOUBLE), at_home=True)
    assert scores(cases) == [0, 0, 0, 0, 0, 0]
    said = (
        "This may come from double, which loses points of its own. When you submit, the case is "
        "tried once more with the grader answering there."
    )
    assert cases["add_values"].message.endswith(f"\n{said}")
    assert "This may come from" not in cases["double_values"].message
    assert "from Line.add and double, which" in cases["run_values"].message

    unwritten = with_changes((WRONG_DOUBLE[0], 'raise NotImplementedError("double")'))
    cases = graded(root, sandbox, tmp_path, unwritten, at_home=True)
    assert not any("This may come from" in case.message for case in cases.values())
    cases = graded(
        root, sandbox, tmp_path, with_changes(WRONG_DOUBLE), at_home=True, follow_through=0.0
    )
    assert not any("This may come from" in case.message for case in cases.values())


def test_what_is_not_written_is_stood_in_for(root: Path, sandbox: Sandbox, tmp_path: Path) -> None:
    """A function left out has lost its own points; the next one still runs."""
    text = with_changes((WRONG_DOUBLE[0], 'raise NotImplementedError("double")'))
    cases = graded(root, sandbox, tmp_path, text)
    assert scores(cases) == [0, 2, 1, 1, 2, 1]
    assert cases["double_values"].verdict is Verdict.NOT_IMPLEMENTED


def test_a_stand_in_is_no_oracle(root: Path, sandbox: Sandbox, tmp_path: Path) -> None:
    """It answers in the cases that need it, plain data, and only so many times."""
    text = REFERENCE.replace(
        WRONG_DOUBLE[0], "return 3.0 * np.asarray(x)"
    ).replace(
        "return float(np.sum(self.add(x)))",
        "return float(np.sum([double(x)[i % 2] for i in range(60)][:2])) + 2 * self.offset",
    )  # fmt: skip
    cases = graded(root, sandbox, tmp_path, text)
    assert cases["run_values"].score == 0
    assert cases["add_values"].score == 2
    text = with_changes(WRONG_DOUBLE, ("double(x) + self.offset", "double(lambda: x) + 1"))
    assert graded(root, sandbox, tmp_path, text)["add_values"].score == 0


def test_what_a_method_needs_of_its_object() -> None:
    """Attributes that it reads, also through other methods; None where it stores any."""
    reference = Reference({"chain": REFERENCE, "mini": mini.REFERENCE})
    assert reference.attributes("chain:double") == ()
    assert reference.attributes("chain:Line.add") == ("offset",)
    assert reference.attributes("chain:Line.run") == ("offset",)
    assert reference.attributes("chain:Line.store") is None
    assert reference.attributes("mini:Sums.total") == ()
    assert reference.attributes("chain:Line.nothing") is None
    assert reference.attributes("chain:nothing") is None
    assert reference.attributes("elsewhere:double") is None


def test_what_an_object_lets_out_is_not_followed() -> None:
    """A method that hands its object on may do anything with it."""
    text = (
        "class A:\n    def f(self):\n        return g(self)\n"
        "    def h(self):\n        return self.f()\n"
        "    def k(self):\n        return [self.a, self.b]\n"
        "    def m(self):\n        self.a += 1\n        return 3\n"
        "    @property\n    def p(self):\n        return self.a\n"
        "class B(A):\n    def q(self):\n        return self.k()\n"
    )
    reference = Reference({"a": text})
    assert reference.attributes("a:A.f") is None
    assert reference.attributes("a:A.h") is None
    assert reference.attributes("a:A.k") == ("a", "b")
    assert reference.attributes("a:A.m") is None
    assert reference.attributes("a:A.p") is None
    assert reference.attributes("a:B.q") == ("a", "b")


def test_what_the_handout_gives_away() -> None:
    """A function is given when no solution mark is in it or around it."""
    text = (
        "def a():\n    return 1\n\n\n### BEGIN SOLUTION\ndef b():\n    return 2\n### END SOLUTION\n"
        "\n\ndef c():\n    return 3  # SOLUTION\n\n\nclass C:\n    def d(self):\n"
        "        # BEGIN SOLUTION\n        return 4\n        # END SOLUTION\n\n"
        "    def e(self):\n        return 5\n"
    )
    reference = Reference({"m": text})
    given = {name: reference.is_given(f"m:{name}") for name in ("a", "b", "c", "C.d", "C.e")}
    assert given == {"a": True, "b": False, "c": False, "C.d": False, "C.e": True}
