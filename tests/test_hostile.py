"""Hostile and broken submissions: each is a file in ``hostile/``, graded for real.

Most are overlays on the reference, so everything but one function is right:
whatever else loses points would be the grader's fault.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from autograder import config, grade, overlay, report
from autograder.model import Assignment, Limits, SubmissionResult, Usage, Verdict
from autograder.sandbox import Sandbox
from autograder.terminal import render
from tests.processes import running

ROOT = Path(__file__).parent.parent
HOSTILE = Path(__file__).parent / "hostile"
QUESTIONS = ("1.1", "1.2", "2.2")

WRONG_IN_SOFTMAX = {
    "exit_in_softmax": {Verdict.RUN_TIME_ERROR},
    "sys_exit_in_softmax": {Verdict.RUN_TIME_ERROR},
    "endless_loop_in_softmax": {Verdict.TIME_LIMIT_EXCEEDED},
    "memory_in_softmax": {Verdict.MEMORY_LIMIT_EXCEEDED},
    "print_flood_in_softmax": {Verdict.OUTPUT_LIMIT_EXCEEDED},
    "recursion_in_softmax": {Verdict.RUN_TIME_ERROR},
    "crash_in_softmax": {Verdict.RUN_TIME_ERROR},
    "leftovers_in_softmax": {Verdict.WRONG_ANSWER, Verdict.RUN_TIME_ERROR},
    "patched_testing": {Verdict.WRONG_ANSWER, Verdict.RUN_TIME_ERROR},
    "lying_objects": {Verdict.WRONG_ANSWER, Verdict.RUN_TIME_ERROR},
    "forged_frames": {Verdict.RUN_TIME_ERROR},
    "raises_odd_exceptions": {Verdict.RUN_TIME_ERROR},
    "steals_reference": {Verdict.WRONG_ANSWER},
}
"""Overlays that break softmax: the verdicts that its cases may have."""

BROKEN_AT_IMPORT = {
    "syntax_error": (Verdict.RUN_TIME_ERROR, "clustering.py line 6"),
    "hang_at_import": (Verdict.TIME_LIMIT_EXCEEDED, "No answer within 5 s"),
    "exit_at_import": (Verdict.RUN_TIME_ERROR, "ended the Python process"),
    "error_at_import": (Verdict.RUN_TIME_ERROR, "clustering.py line 5"),
}


@pytest.fixture(scope="module")
def assignment() -> Assignment:
    """A part of hw2 with tight limits, so that the hostile half is soon over."""
    full = config.assignment(config.load(ROOT / "grading_config.yaml"), "hw2_clustering")
    questions = tuple(q for q in full.questions if q.key in QUESTIONS)
    # Little memory: to fill it must not take as long as a call may, however busy the machine is.
    limits = Limits(call_seconds=5, case_seconds=15, memory_mb=200, output_kb=64)
    return replace(full, questions=questions, limits=limits)


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(("numpy",)) as made:
        yield made


def graded(assignment: Assignment, sandbox: Sandbox, name: str, folder: Path) -> SubmissionResult:
    text = (HOSTILE / f"{name}.py").read_text()
    if name not in BROKEN_AT_IMPORT:
        reference = ROOT / "solutions" / assignment.name / "clustering.py"
        text = overlay.apply(reference.read_text(), text)
    (folder / "clustering.py").write_text(text)
    room = grade.course_room(ROOT, assignment)
    return grade.grade(assignment, room, folder, sandbox, name)


def test_every_hostile_file_is_used() -> None:
    """A submission that nobody grades proves nothing."""
    files = {path.stem for path in HOSTILE.glob("*.py")}
    assert files == {*WRONG_IN_SOFTMAX, *BROKEN_AT_IMPORT}


@pytest.mark.parametrize("name", WRONG_IN_SOFTMAX)
def test_one_hostile_function_costs_its_own_question(
    assignment: Assignment, sandbox: Sandbox, tmp_path: Path, name: str
) -> None:
    """softmax earns nothing, every other question keeps everything, nothing is withheld."""
    result = graded(assignment, sandbox, name, tmp_path)
    assert result.withheld == ()
    for case in result.cases:
        if case.question == "1.2":
            assert (case.score, case.case) == (0, case.case)
            if not case.message.startswith("Not run: it counts only with points for"):
                assert case.verdict in WRONG_IN_SOFTMAX[name], case.message
        else:
            assert (case.score, case.case) == (case.max_score, case.case)
    assert running("987654") == []
    page = report.html(result, audience="staff") + render(result, colour=False, width=80)
    assert "\x1b" not in page
    assert "\x00" not in page
    json.dumps(report.gradescope(result), allow_nan=False)


@pytest.mark.parametrize("name", BROKEN_AT_IMPORT)
def test_a_broken_import_is_told_once(
    assignment: Assignment, sandbox: Sandbox, tmp_path: Path, name: str
) -> None:
    """One notice with the reason and the line; each case only points at it; one wait in all."""
    result = graded(assignment, sandbox, name, tmp_path)
    verdict, words = BROKEN_AT_IMPORT[name]
    assert len(result.notices) == 1
    assert words in result.notices[0]
    assert {case.verdict for case in result.cases} == {verdict}
    assert all("the reason is told once, at the top" in case.message for case in result.cases)
    assert result.score == 0
    assert all(case.usage == Usage() for case in result.cases), "a worker was started"


def test_a_missing_file_is_not_implemented(
    assignment: Assignment, sandbox: Sandbox, tmp_path: Path
) -> None:
    """An empty folder scores nothing and is told what is missing."""
    room = grade.course_room(ROOT, assignment)
    result = grade.grade(assignment, room, tmp_path, sandbox, "empty")
    assert {case.verdict for case in result.cases} == {Verdict.NOT_IMPLEMENTED}
    assert any("clustering.py" in notice for notice in result.notices)
