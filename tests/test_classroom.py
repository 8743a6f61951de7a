"""Finding submissions, and graders that die: the parts of a class that need no command."""

from __future__ import annotations

import contextlib
import os
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from autograder import class_files, classroom, config, finish, grade, intake, journal, pool
from autograder.roll import Handed, Part, Row, Student
from tests import mini


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


# Graders that die, hang or raise ------------------------------------------------------


def act(task: str) -> str:
    """What a grader does in these tests: what its task says."""
    if task == "hang":
        time.sleep(600)
    if task == "die":
        os._exit(9)
    if task.startswith("once "):  # dies the first time only
        mark = Path(task.removeprefix("once "))
        if not mark.exists():
            mark.touch()
            os._exit(9)
    if task == "raise":
        raise RuntimeError("a mistake of ours")
    return f"{task} done by {os.getpid()}"


def served(tasks: list[str], jobs: int, seconds: float = 60) -> dict[str, str]:
    made = pool.served(tasks, jobs, act, lambda task, why: f"{task} lost: {why}", lambda _: seconds)
    return {text.split()[0]: text for text in made}


def test_a_grader_that_hangs_is_ended_and_costs_nobody_else() -> None:
    """The watchdog: past its time it is killed, and what it had is a judge error, once."""
    found = served(["hang", "a", "b", "c"], 2, seconds=0.5)
    assert found["hang"] == "hang lost: the grader had not ended after 0.5 s"
    assert len({found[name].split("by ")[1] for name in "abc"}) == 1


def test_a_grader_that_dies_is_replaced() -> None:
    """What it had is tried once more, in a fresh process."""
    found = served(["a", "die", "b"], 1)
    assert found["die"] == "die lost: the grader's process died twice on it"
    assert found["a"].split("by ")[1] != found["b"].split("by ")[1]


def test_one_death_is_no_judge_error(tmp_path: Path) -> None:
    """Somebody else may have killed it."""
    task = f"once {tmp_path / 'mark'}"
    assert served([task, "b"], 1)["once"].startswith(f"{task} done by ")


def test_a_grader_that_raises_goes_on() -> None:
    """The same process takes the next one; the reason is told."""
    found = served(["raise", "b"], 1)
    assert "RuntimeError: a mistake of ours" in found["raise"]
    assert found["b"].startswith("b done")


@pytest.mark.parametrize("jobs", [1, 3])
def test_an_agenda_grows_while_it_is_done(jobs: int) -> None:
    """What one outcome asks for is done before the last process goes home."""
    agenda = pool.Agenda(["a", "b"])
    told = []
    for text in pool.served(agenda, jobs, act, lambda task, why: why, lambda _: 60.0):
        told.append(text.split()[0])
        if len(told[-1]) < 3:
            agenda.add(told[-1] * 2)
    assert sorted(told) == ["a", "aa", "aaaa", "b", "bb", "bbbb"]


def test_tasks_are_asked_for_as_they_are_needed() -> None:
    """A class need not be read before the first is graded."""
    asked: list[str] = []

    def tasks() -> Iterator[str]:
        for name in "abcdef":
            asked.append(name)
            yield name

    made = pool.served(tasks(), 1, act, lambda task, why: why, lambda _: 60)
    next(made)
    assert asked == ["a", "b"]
    made.close()


def test_every_process_may_take_the_submissions_time_and_a_margin(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The margin is for the reference, for stand-ins and for cases that run again."""
    root = mini.write(tmp_path)
    assignment = config.assignment(config.load(root / "grading_config.yaml"), "mini")
    limits = replace(assignment.limits, submission_seconds=7)
    job = finish.Job(
        "a",
        (),
        replace(assignment, limits=limits),
        grade.course_room(root, assignment),
        "open",
        root,
    )
    assert finish.allowed_seconds(job) == 7 + pool.MARGIN_SECONDS
    lost = journal.result_from(finish.lost(job, "it hung").result, assignment)
    assert all(case.score is None for case in lost.cases)
    assert classroom.judge_errors([lost]) == ["a: 5 cases withheld (it hung)"]
    monkeypatch.setattr(tempfile, "tempdir", None)  # work sets it for its process
    files = {"mini.py": mini.REFERENCE, "notes.py": "X = 1\n"}
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    parts = tuple(Part(name, tmp_path / name) for name in files)
    several = finish.work(replace(job, parts=parts, scratch=tmp_path))
    assert journal.result_from(several.result, assignment).score == 6


def test_the_slow_ones_of_the_last_time_are_first(tmp_path: Path) -> None:
    """At the end no core waits for one that takes long; the others keep their order."""
    root = mini.write(tmp_path / "course")
    assignment = config.assignment(config.load(root / "grading_config.yaml"), "mini")
    room = grade.course_room(root, assignment)
    for name in "abc":
        (tmp_path / "class" / name).mkdir(parents=True)
        text = ("import time\ntime.sleep(0.2)\n" if name == "c" else "") + mini.REFERENCE
        (tmp_path / "class" / name / "mini.py").write_text(text)
    order: list[str] = []
    handed = intake.find(tmp_path / "class", tmp_path / "out").handed
    for _ in range(2):
        classroom.grade_all(
            assignment, room, handed, tmp_path / "out", jobs=1, force=True,
            on_result=lambda result: order.append(result.submission),
        )  # fmt: skip
    assert order[:3] == ["a", "b", "c"]
    assert order[3] == "c"


@pytest.mark.parametrize("number", [1, 2])
def test_submissions_are_compared_where_there_are_two(tmp_path: Path, number: int) -> None:
    """One has nothing to be like: no page of likenesses, and no bar."""
    root = mini.write(tmp_path / "course")
    assignment = config.assignment(config.load(root / "grading_config.yaml"), "mini")
    (tmp_path / "mini.py").write_text(mini.REFERENCE)
    handed = [
        Handed(name, (Part("mini.py", tmp_path / "mini.py"),), (Student(name),))
        for name in "ab"[:number]
    ]
    rows = [Row(one.students[0], one) for one in handed]
    bars = []

    @contextlib.contextmanager
    def bar(total: int) -> Iterator[Callable[[], None]]:
        bars.append([total, 0])

        def count() -> None:
            bars[-1][1] += 1

        yield count

    comparison = class_files.Comparison(root, 1, bar)
    said = class_files.write(tmp_path, rows, handed, assignment, comparison)
    page = (tmp_path / class_files.PAGE).read_text(encoding="utf-8")
    compared = number == 2
    assert bool(said) == (tmp_path / class_files.SIMILAR).exists() == compared
    assert (f'href="{class_files.SIMILAR}"' in page) == compared
    assert bars == ([[2, 2]] if compared else [])
    assert (tmp_path / class_files.GRADEBOOK).is_file()
