"""`autograder new`: what it makes works at once, and what cannot be made leaves nothing behind."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from autograder import config, handout, leaks, scaffold, verify
from autograder.__main__ import main
from autograder.check import check


def everything(folder: Path) -> dict[str, bytes]:
    """Every file below ``folder``, and what is in it."""
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


@pytest.mark.skipif(sys.platform == "win32", reason="workers are slow to start there")
def test_it_passes_its_exam_at_once(tmp_path: Path) -> None:
    """In an empty folder: reference, handout, mistakes, variant and odd answers are all as said."""
    scaffold.make(tmp_path, "warm_up")
    course = config.load(tmp_path / "grading_config.yaml")
    assignment = config.assignment(course, "warm_up")
    into = tmp_path / "assignments" / "warm_up"
    handout.build(assignment, tmp_path, into)
    report = verify.verify(assignment, tmp_path, jobs=1, rounds=1)
    assert report.problems == []
    kinds = [row.candidate.kind for row in report.rows]
    assert kinds.count("misconception") == 3
    assert kinds.count("variant") == 1
    assert handout.fresh(assignment, tmp_path) == []
    assert leaks.leaks(assignment, tmp_path, into) == []
    assert (into / "warm_up.ipynb").is_file()
    # What a student sees before the first line is written.
    result = check(into)
    assert [case.verdict.value for case in result.cases] == ["not_implemented"]


def test_a_second_one_leaves_the_first_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """By the command; the file, its comments and the other assignment stay as they were."""
    monkeypatch.chdir(tmp_path)
    assert main(["new", "first"]) == 0
    before = everything(tmp_path)
    assert main(["new", "second"]) == 0
    assert "autograder verify second" in capsys.readouterr().out
    after = everything(tmp_path)
    text = before.pop("grading_config.yaml").decode()
    assert after["grading_config.yaml"].decode().startswith(text)
    assert before.items() <= after.items()
    course = config.load(tmp_path / "grading_config.yaml")
    assert [a.name for a in course.assignments] == ["first", "second"]


def test_a_course_without_assignments_gets_its_first(tmp_path: Path) -> None:
    """`assignments: {}` is opened."""
    (tmp_path / "grading_config.yaml").write_text("course: Mine\nassignments: {}\n")
    scaffold.make(tmp_path, "first")
    assert [a.name for a in config.load(tmp_path / "grading_config.yaml").assignments] == ["first"]


@pytest.mark.parametrize("name", ["", "Lab", "1st", "a-b", "a b", "../a", "class", "x" * 41, "é"])
def test_a_name_that_cannot_be_one_is_refused(tmp_path: Path, name: str) -> None:
    """It becomes a module and a folder."""
    with pytest.raises(scaffold.NewError, match="cannot be an assignment's name"):
        scaffold.make(tmp_path, name)
    assert everything(tmp_path) == {}


def test_a_name_that_is_taken_is_refused(tmp_path: Path) -> None:
    """Nothing of what is there is touched."""
    scaffold.make(tmp_path, "first")
    before = everything(tmp_path)
    with pytest.raises(scaffold.NewError, match="is there already"):
        scaffold.make(tmp_path, "first")
    assert everything(tmp_path) == before


def test_a_block_that_does_not_fit_is_refused(tmp_path: Path) -> None:
    """Where another key stands last, one sentence says what to do, and nothing is written."""
    text = "assignments: {}\ncourse: Mine\n"
    (tmp_path / "grading_config.yaml").write_text(text)
    with pytest.raises(scaffold.NewError, match="has to be the last key"):
        scaffold.make(tmp_path, "first")
    assert everything(tmp_path) == {"grading_config.yaml": text.encode()}


def test_a_broken_configuration_is_told_as_such(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The fault that was there before is named with its line, and nothing is written."""
    (tmp_path / "grading_config.yaml").write_text("course: Mine\nasignments: {}\n")
    monkeypatch.chdir(tmp_path)
    assert main(["new", "first"]) == 2
    assert "grading_config.yaml line 2" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == [tmp_path / "grading_config.yaml"]
