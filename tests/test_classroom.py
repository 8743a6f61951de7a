"""Finding submissions, and graders that die: the parts of a class that need no command."""

from __future__ import annotations

from pathlib import Path

import pytest

from autograder import classroom, config, grade, pool
from autograder.classroom import ClassError
from tests import mini


def touch(folder: Path, *names: str) -> None:
    for name in names:
        (folder / name).mkdir() if "." not in name else (folder / name).touch()


def test_submissions_are_folders_zips_and_files(tmp_path: Path) -> None:
    """Hidden files, other kinds and the folder of the results are none."""
    touch(tmp_path, "ada", "boris.zip", "cy.py", "dora.ipynb", "notes.txt", ".git", "out")
    found = classroom.submissions(tmp_path, tmp_path / "out")
    assert list(found) == ["ada", "boris", "cy", "dora"]


def test_names_that_clash_keep_their_ending(tmp_path: Path) -> None:
    """Two files of one student, or two whose names differ in case only."""
    touch(tmp_path, "ada.py", "ada.zip", "Boris.py", "boris.zip")
    found = classroom.submissions(tmp_path, tmp_path / "out")
    assert sorted(found) == ["Boris.py", "ada.py", "ada.zip", "boris.zip"]


@pytest.mark.parametrize(
    "names", [("a.py", "a.zip", "a.py.zip"), ("report.html.zip",), ("gradebook.csv.py",)]
)
def test_names_that_cannot_be_told_apart_are_refused(tmp_path: Path, names: list[str]) -> None:
    """No submission is lost, and none takes the place of a report."""
    touch(tmp_path, *names)
    with pytest.raises(ClassError, match="rename this one"):
        classroom.submissions(tmp_path, tmp_path / "out")


def test_a_submission_that_kills_the_grader_costs_no_other(tmp_path: Path) -> None:
    """The process that starts workers is replaced before the next submission."""
    root = mini.write(tmp_path / "course")
    assignment = config.assignment(config.load(root / "grading_config.yaml"), "mini")
    room = grade.course_room(root, assignment)
    killer = mini.REFERENCE.replace(
        "2 * np.asarray(x)", "__import__('os').kill(__import__('os').getppid(), 9)"
    )
    tasks = []
    for name, text in {"good": mini.REFERENCE, "killer": killer, "after": mini.REFERENCE}.items():
        (tmp_path / name).mkdir()
        (tmp_path / name / "mini.py").write_text(text)
        tasks.append(pool.Task(name, tmp_path / name, assignment, room))
    results = {o.task.name: o.result for o in pool.outcomes(tasks, 1)}
    scores = {name: result and result.score for name, result in results.items()}
    assert (scores["good"], scores["after"]) == (6, 6)
    assert scores["killer"] in (None, 0, 1, 2)
