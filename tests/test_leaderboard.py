"""The leaderboard, from the config to results.json; its ranks are in the class's tests."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from autograder import config, grade, handout, report
from autograder.model import Figure, Leaderboard, Ranking, SubmissionResult, Verdict
from autograder.sandbox import Sandbox
from tests import mini

BOARD = """    leaderboard:
      case: extra
      figures:
        total: {title: Largest total}
        steps: {title: Fewest steps, order: asc}
"""
CHECK = '''

def test_extra(student, figure):
    """The total is one."""
    total = as_scalar(student.Sums().total(np.array([1.0, 2.0])))
    figure("total", total)
    figure("steps", 3)
    assert_true(total == 6, "The total is not right.")
'''


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(("numpy",)) as made:
        yield made


def course(folder: Path, check: str = CHECK, board: str = BOARD) -> Path:
    """The small course with one more hidden case, by which submissions are ranked."""
    root = mini.write(folder / "course")
    path = root / "grading_config.yaml"
    text = path.read_text().replace("    questions:\n", f"{board}    questions:\n")
    text = text.replace(
        "          total_uses_double: {points: 1}\n",
        "          total_uses_double: {points: 1}\n          extra: {points: 0}\n",
    )
    path.write_text(text)
    file = root / "solutions/mini/checks/hidden/test_mini_hidden.py"
    file.write_text(file.read_text() + check)
    return root


def graded(root: Path, sandbox: Sandbox, text: str = mini.REFERENCE) -> SubmissionResult:
    folder = root / "handed_in"
    folder.mkdir()
    (folder / "mini.py").write_text(text)
    assignment = config.assignment(config.load(root / "grading_config.yaml"), "mini")
    return grade.grade(assignment, grade.course_room(root, assignment), folder, sandbox, "sub")


def extra(result: SubmissionResult) -> tuple[Verdict, tuple[Figure, ...], str]:
    (case,) = [c for c in result.cases if c.case == "extra"]
    return case.verdict, case.figures, case.staff_note


def test_figures_of_a_case_that_passed_are_sent(tmp_path: Path, sandbox: Sandbox) -> None:
    """In the order of the config, with its titles, numbers plain."""
    result = graded(course(tmp_path), sandbox)
    assert extra(result)[:2] == (Verdict.ACCEPTED, (Figure("total", 6.0), Figure("steps", 3.0)))
    assert report.gradescope(result)["leaderboard"] == [
        {"name": "Largest total", "value": 6.0, "order": "desc"},
        {"name": "Fewest steps", "value": 3.0, "order": "asc"},
    ]


def test_figures_of_a_case_that_failed_are_not(tmp_path: Path, sandbox: Sandbox) -> None:
    """However large they are."""
    result = graded(course(tmp_path), sandbox, mini.REFERENCE.replace("2 * np", "9 * np"))
    assert extra(result)[:2] == (
        Verdict.WRONG_ANSWER,
        (Figure("total", 27.0), Figure("steps", 3.0)),
    )
    assert "leaderboard" not in report.gradescope(result)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('figure("steps", 3)', "pass", "the check passed and reported no figure steps"),
        ('"steps"', '"stepps"', "the leaderboard has no figure stepps of this case, but total, st"),
        ('steps", 3', 'steps", float("nan")', "the figure steps is nan: judge the answer first"),
    ],
)
def test_a_check_that_reports_wrongly_is_our_fault(
    tmp_path: Path, sandbox: Sandbox, old: str, new: str, said: str
) -> None:
    """A figure that is missing, unknown or no number withholds the score, and staff are told."""
    verdict, _, note = extra(graded(course(tmp_path, CHECK.replace(old, new)), sandbox))
    assert verdict is Verdict.JUDGE_ERROR
    assert said in note


def test_a_case_that_nothing_ranks_reports_no_figure(tmp_path: Path, sandbox: Sandbox) -> None:
    """Without the config's block the check is at fault, and says so."""
    verdict, _, note = extra(graded(course(tmp_path, board=""), sandbox))
    assert verdict is Verdict.JUDGE_ERROR
    assert "the leaderboard has no figure total of this case, but none" in note


def test_a_handout_does_not_name_a_hidden_case(tmp_path: Path) -> None:
    """It keeps the leaderboard where the check ships, so that a student's own check runs it."""
    root = course(tmp_path)
    assignment = config.assignment(config.load(root / "grading_config.yaml"), "mini")
    assert handout.public_part(assignment, {"double_by_hand"}).leaderboard is None
    assert handout.public_part(assignment, {"extra"}).leaderboard == Leaderboard(
        "extra", (Ranking("total", "Largest total"), Ranking("steps", "Fewest steps", "asc"))
    )


def test_a_submission_that_was_not_run_has_no_place(tmp_path: Path) -> None:
    """Neither one that cannot be opened nor one that is still being graded."""
    root = course(tmp_path)
    assignment = config.assignment(config.load(root / "grading_config.yaml"), "mini")
    made = grade.not_run(assignment, "sub", "no zip", ours=False)
    assert "leaderboard" not in report.gradescope(replace(made, leaderboard=assignment.leaderboard))


# The config


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("case: extra", "case: extar", "`leaderboard.case` must be a case of the assignment, not "
         "extar (did you mean extra?)."),
        ("order: asc", "order: up", "`leaderboard.figures.steps.order` must be 'desc' or 'asc', "
         "not the text 'up'."),
        ("order: asc", "ordre: asc", "`leaderboard.figures.steps.ordre` is an unknown key (did you "
         "mean order?); the keys here are title, order."),
        ("      case: extra\n", "", "`leaderboard.case` is missing; add it."),
        ("      case: extra\n", "      case: extra\n      by: x\n",
         "`leaderboard.by` is an unknown key; the keys here are case, figures."),
        (BOARD, "    leaderboard:\n      case: extra\n      figures: {}\n",
         "`leaderboard.figures` must be a block with at least one key, not a block of keys."),
        ("extra: {points: 0}", "extra: {points: 0, visibility: hidden}",
         "`leaderboard.case` names extra, which is hidden; a leaderboard tells who passed it."),
    ],
)  # fmt: skip
def test_what_is_wrong_with_it(tmp_path: Path, old: str, new: str, said: str) -> None:
    """A leaderboard that cannot be is refused with its place."""
    path = course(tmp_path) / "grading_config.yaml"
    text = path.read_text()
    assert text.count(old) == 1
    path.write_text(text.replace(old, new))
    with pytest.raises(config.ConfigError) as refused:
        config.load(path)
    assert str(refused.value).endswith(f"mini: {said}")
