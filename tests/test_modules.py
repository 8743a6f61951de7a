"""An assignment of several files: where functions are, a bonus, what students fill in."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from autograder import config, grade, handout, report, terminal, verify
from autograder.model import Assignment, SubmissionResult, Verdict
from autograder.sandbox import Sandbox
from tests import mini

QUESTIONS = """\
      "2":
        title: Total
        points: 2
        module: totals
        functions: [Sums.total, double]
        cases:
          total_by_hand: {points: 1, visibility: visible}
          total_uses_double: {points: 1, requires: total_by_hand}
      "2b":
        title: Speed
        points: 3
        bonus: true
        module: totals
        functions: [Sums.add]
        cases:
          add_speed: {points: 3, budget: 10, memory: 4}
"""

TOTALS = '''\
"""Totals."""

import numpy as np

from mini import double as twice


def double(x):
    """Ten times x: not the other module's."""
    ### BEGIN SOLUTION: ten times
    return 10 * np.asarray(x)
    ### END SOLUTION


class Sums:
    """Sums of things."""

    def __init__(self, start=0.0):
        """What is added to every sum."""
        self.start = start

    def total(self, x):
        """Sum of the doubled elements of x."""
        ### BEGIN SOLUTION: sum of the doubled elements
        return float(twice(x).sum()) + self.start
        ### END SOLUTION

    def add(self, x):
        """Sum of x and the start."""
        ### BEGIN SOLUTION: sum
        return float(x.sum() + self.start)
        ### END SOLUTION
'''

PUBLIC = '''\
"""Public checks."""

import numpy as np

from autograder.compare import as_scalar, assert_close, assert_true


def test_double_by_hand(student, tolerance):
    """Every element is doubled."""
    assert_close(student.double(np.array([1.0, 2.0])), np.array([2.0, 4.0]), **tolerance)


def test_total_by_hand(student):
    """The total of 1 and 2 is 6, and ten times 1 is 10."""
    total = as_scalar(student.Sums().total(np.array([1.0, 2.0])))
    ten = as_scalar(student.double(np.float64(1)))
    assert_true(total == 6 and ten == 10, "The total is not right.")
'''

HIDDEN = '''\
"""Hidden checks of the second module."""

import numpy as np

from autograder.compare import as_scalar, assert_true


def test_total_uses_double(student, reference):
    """A stand-in gets the attributes that it asks for, by name."""
    seen = []

    def total(self, x):
        seen.append((self.start, self.missing))
        return 1.5

    assert_true(as_scalar(reference.double(np.float64(2))) == 20, "The reference.")
    sums = student.Sums(3.0)
    student.replace("Sums.total", total, attributes=("start", "missing"))
    assert_true(as_scalar(sums.total(np.zeros(2))) == 1.5 and seen == [(3.0, None)], "Not told.")


def test_add_speed(student, budget):
    """Adding is as fast as NumPy, and takes no more memory."""
    assert_true(as_scalar(student.Sums(2.0).add(np.ones(3))) == 5, "The sum is not right.")
    budget("Sums.add", np.ones(200000), make=lambda side: side.Sums(2.0))
'''


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(("numpy",)) as made:
        yield made


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """The small course with its second question in a file of its own."""
    course = mini.write(tmp_path / "course")
    path = course / "grading_config.yaml"
    text = path.read_text()
    start, end = text.index('      "2":'), text.index('      "3":')
    text = text[:start] + QUESTIONS + text[end:]
    text = text.replace(
        "files: [mini.py]", "files: [mini.py, totals.py]\n    templates: [report.md]"
    )
    path.write_text(text)
    home = course / "solutions/mini"
    (home / "totals.py").write_text(TOTALS)
    (home / "mini.py").write_text(mini.REFERENCE[: mini.REFERENCE.index("class Sums")])
    (home / "report.md").write_text("# Report\n\nName:\n")
    (home / "notebook.py").unlink()
    (home / "checks/public/test_mini_public.py").write_text(PUBLIC)
    hidden = home / "checks/hidden/test_mini_hidden.py"
    hidden.write_text(mini.HIDDEN[: mini.HIDDEN.index("def test_total_uses_double")])
    (home / "checks/hidden/test_totals_hidden.py").write_text(HIDDEN)
    return course


def the_assignment(root: Path) -> Assignment:
    return config.assignment(config.load(root / "grading_config.yaml"), "mini")


def graded(root: Path, sandbox: Sandbox, **files: str) -> SubmissionResult:
    folder = root / "handed_in"
    folder.mkdir(exist_ok=True)
    for name, text in files.items():
        (folder / f"{name}.py").write_text(text)
    assignment = the_assignment(root)
    return grade.grade(assignment, grade.course_room(root, assignment), folder, sandbox, "sub")


def scores(result: SubmissionResult) -> dict[str, float | None]:
    return {case.case: case.score for case in result.cases}


def main_module(root: Path) -> str:
    return (root / "solutions/mini/mini.py").read_text()


def test_a_question_names_the_module_of_its_functions(root: Path, sandbox: Sandbox) -> None:
    """Two functions of one name in two files are told apart, on both sides."""
    result = graded(root, sandbox, mini=main_module(root), totals=TOTALS)
    assert {c.verdict for c in result.cases} == {Verdict.ACCEPTED}, result.cases


def test_a_bonus_comes_on_top(root: Path, sandbox: Sandbox) -> None:
    """Full marks are had without it, and reports say how much of a total it is."""
    result = graded(root, sandbox, mini=main_module(root), totals=TOTALS)
    assert (result.score, result.max_score) == (9, 6)
    text = terminal.render(result, colour=False, width=80, audience="staff")
    assert "2b Speed (bonus)" in text
    assert "9 / 6" in text
    assert "3 of 3 bonus points are in the total." in text
    page = report.html(result, audience="staff")
    assert "3 of 3 bonus points are in the total." in page
    tests = report.gradescope(result)["tests"]
    assert [t["name"].endswith("(bonus)") for t in tests] == [False] * 5 + [True]
    without = TOTALS.replace("return float(x.sum() + self.start)", "raise NotImplementedError")
    assert graded(root, sandbox, mini=main_module(root), totals=without).score == 6


def test_one_file_that_is_missing_costs_its_own_questions(root: Path, sandbox: Sandbox) -> None:
    """The other file's cases still count, and still need the cases that they require."""
    wrong = main_module(root).replace("2 * np", "3 * np")
    result = graded(root, sandbox, mini=wrong)
    by_name = {c.case: c for c in result.cases}
    assert by_name["add_speed"].verdict is Verdict.NOT_IMPLEMENTED
    assert by_name["add_speed"].message == "totals.py was not handed in."
    assert by_name["double_keeps_input"].message.startswith("Not run: it counts only")
    assert "Not right: a row, a table." in by_name["double_values"].message


def test_too_much_memory_is_its_own_verdict(root: Path, sandbox: Sandbox) -> None:
    """A call that takes many times the reference's memory loses the case."""
    greedy = TOTALS.replace("float(x.sum()", "float(np.ones((60, x.size)).sum() * 0 + x.sum()")
    assert greedy != TOTALS
    result = graded(root, sandbox, mini=main_module(root), totals=greedy)
    case = result.cases[-1]
    assert (case.verdict, case.score) == (Verdict.MEMORY_LIMIT_EXCEEDED, 0)
    assert "times the reference's memory; 4 times is allowed" in case.message


def test_forbidden_packages_forfeit_the_module_that_uses_them(root: Path, sandbox: Sandbox) -> None:
    """Of two functions of one name only the one that uses the package is forfeited."""
    uses = TOTALS.replace("return 10 *", "import pandas\n\n    return pandas.NA or 10 *")
    result = graded(root, sandbox, mini=main_module(root), totals=uses)
    assert scores(result)["double_by_hand"] == 1
    by_name = {c.case: c for c in result.cases}
    assert "question 2 is forfeited" in by_name["total_by_hand"].message


def test_a_template_is_handed_out_and_not_graded(root: Path) -> None:
    """Students get the file to fill in; nothing is laid over what they wrote."""
    files = handout.contents(the_assignment(root), root)
    assert files["report.md"] == b"# Report\n\nName:\n"
    assert b"raise NotImplementedError" in files["totals.py"]


def test_verify_examines_every_module(root: Path) -> None:
    """The handout scores nothing and odd answers keep no points in either file."""
    assignment = the_assignment(root)
    handout.build(assignment, root, root / "assignments/mini")
    wanted = ("reference", "handout", "odd")
    found = verify.verify(assignment, root, jobs=1, rounds=1, only=lambda c: c.kind in wanted)
    assert found.problems == []
    assert found.rows[0].score == 9


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("module: totals", "module: total", "`module` must be one of the assignment's files"),
        ("budget: 10, ", "", "`memory` needs a `budget`: both are measured on one call"),
        ("written: true", "written: true\n        module: mini", "`module` must be left out"),
    ],
)
def test_mistakes_in_the_new_keys_are_sentences(root: Path, old: str, new: str, said: str) -> None:
    """A module that is not handed in, memory without a budget, a written question's module."""
    path = root / "grading_config.yaml"
    path.write_text(path.read_text().replace(old, new, 1))
    with pytest.raises(config.ConfigError, match="line") as error:
        config.load(path)
    assert said in str(error.value)
