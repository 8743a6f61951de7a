"""The grader's own exam: every way to fail it is found, named, and says what to do."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from autograder import candidates, config, exam, exam_table, handout, pool, untouched, verify
from tests import mini


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return mini.write(tmp_path / "course")


def examined(root: Path, only: str = "", rounds: int = 1, *, whole: bool = False) -> exam.Report:
    assignment = config.assignment(config.load(root / "grading_config.yaml"), "mini")
    handout.build(assignment, root, root / "assignments" / "mini")
    wanted = only.split()
    return verify.verify(
        assignment,
        root,
        jobs=1,
        rounds=rounds,
        only=lambda c: not wanted or c.kind in wanted,
        whole=whole,
    )


def swap(root: Path, name: str, old: str, new: str) -> None:
    """Replace one passage of a file; it must be there."""
    edit(root, name, lambda text: text.replace(old, new, 1))


def edit(root: Path, name: str, change: Callable[[str], str]) -> None:
    path = root / name
    text = change(path.read_text())
    assert text != path.read_text()
    path.write_text(text)


MISCONCEPTION = "solutions/mini/misconceptions/double__squares.py"
HIDDEN = "solutions/mini/checks/hidden/test_mini_hidden.py"


def test_a_right_grader_passes(root: Path) -> None:
    """No problem, twice; every candidate has its line."""
    report = examined(root, rounds=2)
    assert report.problems == []
    text = exam_table.table(report)
    last = text.splitlines()[-1]
    assert re.fullmatch(
        r"1 misconceptions, 1 variants, 16 odd answers; 5 cases; \d+ s: the grader is right", last
    )
    assert "killed by double_by_hand, double_values, double_keeps_input" in text


def test_cases_that_cannot_see_a_change_are_not_run(root: Path) -> None:
    """The table is the same as when all are run; what is skipped is what no change reaches."""
    narrow = examined(root)
    whole = examined(root, whole=True)
    narrow.seconds = whole.seconds = 0
    assert exam_table.table(narrow) == exam_table.table(whole)
    assert [row.lost for row in narrow.rows] == [row.lost for row in whole.rows]
    baseline = root / "baseline"
    tried = [row.candidate for row in narrow.rows]
    tasks = untouched.tasks(narrow.assignment, root, baseline)
    plain, traced = pool.outcomes(tasks, 1)
    known = untouched.results(tried, narrow.assignment, root, plain, traced)
    # There `double` is stood in for, so the submission's own does not run.
    assert {key: sorted(cases) for key, cases in known.items()} == {
        "misconception/double__squares": ["total_uses_double"],
        "variant/adds": ["total_uses_double"],
    }
    assert {row.candidate.name: row.unseen for row in narrow.rows if row.unseen} == {
        "double__squares": {"total_uses_double"},
        "adds": {"total_uses_double"},
    }
    assert not any(row.unseen for row in whole.rows)


def test_a_surviving_misconception_is_named(root: Path) -> None:
    """A case that does not see the mistake it is said to kill."""
    swap(root, HIDDEN, "reference.double(row)", "student.double(row)")
    swap(root, HIDDEN, "reference.double(table)", "student.double(table)")
    problems = examined(root, "misconception").problems
    assert problems == [f"{MISCONCEPTION}: survives double_values, which it must lose"]


def test_a_misconception_that_costs_more_than_it_says_is_named(root: Path) -> None:
    """One mistake must not fell a case that is not about it."""
    edit(root, MISCONCEPTION, lambda t: t.replace("may_lose: [total_by_hand]\n", ""))
    swap(root, "grading_config.yaml", "    seed: 7\n", "    seed: 7\n    follow_through: 0\n")
    (problem,) = examined(root, "misconception").problems
    assert problem.startswith(f"{MISCONCEPTION}: also loses total_by_hand; make those checks")


def test_a_misconception_without_cases_is_named(root: Path) -> None:
    """It must say which case kills it."""
    swap(root, MISCONCEPTION, "loses: [double_by_hand, double_values, double_keeps_input]\n", "")
    problems = examined(root, "misconception").problems
    assert any("names no case that it loses" in problem for problem in problems)


def test_a_misspelt_case_is_named(root: Path) -> None:
    """Cases are those of the config."""
    edit(root, MISCONCEPTION, lambda t: t.replace("may_lose: [", "may_lose: [totl_by_hand, "))
    (problem,) = examined(root, "misconception").problems
    assert "names a case totl_by_hand that the config does not have" in problem


def test_a_variant_that_loses_points_is_named(root: Path) -> None:
    """A right way to write it must keep everything."""
    edit(root, "solutions/mini/variants/adds.py", lambda t: t.replace("x + x", "x + x + 1e-3"))
    (problem,) = examined(root, "variant").problems
    assert "variants/adds.py: must have full marks but loses double_by_hand" in problem


def test_a_wrong_reference_is_named(root: Path) -> None:
    """The reference itself must pass."""
    edit(root, "solutions/mini/mini.py", lambda t: t.replace("2 * np", "2.1 * np"))
    (problem,) = examined(root, "reference").problems
    assert problem.startswith("solutions/mini: must have full marks but loses double_by_hand")


def test_a_check_that_never_calls_is_named(root: Path) -> None:
    """On the untouched handout every case must end in not_implemented."""
    never = "def test_total_uses_double(student):\n    return\n\n\ndef helper(student):"
    swap(root, HIDDEN, "def test_total_uses_double(student, reference):", never)
    problems = examined(root, "handout odd").problems
    assert problems[0].startswith("assignments/mini: must score 0 with every case not_implemented")
    assert "total_uses_double" in problems[0]
    assert len(problems) == 1 + len(candidates.ODD_ANSWERS)
    assert "functions that return None keep points in total_uses_double" in problems[1]


def test_a_check_that_chokes_on_an_odd_answer_is_named(root: Path) -> None:
    """Whatever a student returns is a wrong answer, never our crash."""
    call = "student.Sums().total(np.array([1.0, 2.0]))"
    swap(root, HIDDEN, f"as_scalar({call})\n    assert_true(total == 30", (
        f"{call} + 0\n    assert_true(bool(total == 30)"))  # fmt: skip
    problems = examined(root, "odd").problems
    assert any("case total_uses_double ended in judge_error (TypeError" in p for p in problems)


def test_a_case_that_varies_is_named(root: Path) -> None:
    """The same submission, graded twice, must come out the same."""
    first_line = "def test_total_uses_double(student, reference):\n"
    once = (
        "    import pathlib\n\n"
        f"    mark = pathlib.Path({str(root)!r}) / 'mark'\n"
        "    assert not mark.exists()\n    mark.touch()\n"
    )
    swap(root, HIDDEN, first_line, first_line + once)
    problems = examined(root, "reference", rounds=2, whole=True).problems
    assert problems == ["solutions/mini: came out differently the second time in total_uses_double"]


def test_config_and_checks_must_match(root: Path) -> None:
    """A check without points, a key without a check, a hidden check that is visible."""
    edit(root, HIDDEN, lambda t: t.replace("test_double_keeps_input", "test_double_keeps_inputs"))
    swap(root, "grading_config.yaml", "double_values: {", "double_values: {visibility: visible, ")
    facts = examined(root, "none").facts
    assert [f for f in facts if "double_keeps_input has no check test_double_keeps_input" in f]
    assert [f for f in facts if "test_double_keeps_inputs has no entry in grading_config.yaml" in f]
    assert [f for f in facts if "test_double_values is hidden but its visibility is visible" in f]


def test_a_stale_handout_is_named(root: Path) -> None:
    """With the command that mends it."""
    assignment = config.assignment(config.load(root / "grading_config.yaml"), "mini")
    handout.build(assignment, root, root / "assignments" / "mini")
    edit(root, "assignments/mini/README.md", lambda t: t + "more\n")
    report = verify.verify(assignment, root, jobs=1, only=lambda c: False)
    (fact,) = report.facts
    assert "README.md" in fact
    assert fact.endswith("run: autograder handout mini")


def test_a_leak_is_named(root: Path) -> None:
    """A solution's line in the statement."""
    line = "twice_of_every_element = 2 * np.asarray(x)"
    edit(root, "solutions/mini/README.md", lambda t: t + f"\n    {line}\n")
    facts = examined(root, "none").facts
    assert facts
    assert "README.md" in facts[0]


def test_a_function_that_is_not_there_is_named(root: Path) -> None:
    """A name left over in the config would only show in odd places."""
    swap(root, "grading_config.yaml", "functions: [double]", "functions: [treble]")
    problems = examined(root, "reference").problems
    assert any(
        "names a function treble that solutions/mini/mini.py does not" in p for p in problems
    )


def test_a_case_that_no_mistake_loses_is_noted(root: Path) -> None:
    """It is no fault, and nothing proves the case; a part of the exam says nothing of it."""
    report = examined(root)
    assert report.unproven == ["total_by_hand", "total_uses_double"]
    note = "no misconception loses total_by_hand, total_uses_double: nothing proves these cases"
    assert note in exam_table.table(report)
    assert examined(root, "misconception").unproven == []
