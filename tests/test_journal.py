"""What is kept of a class: entries that are whole, keys that follow what a grade depends on."""

from __future__ import annotations

import csv
import dataclasses
import io
import json
import os
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from autograder import (
    changes,
    classroom,
    config,
    digests,
    finish,
    grade,
    intake,
    journal,
    merge,
    parcel,
    progress,
    whole,
)
from autograder.classroom import Graded
from autograder.journal import Before, Entry, Journal, JournalError
from autograder.model import Assignment, SubmissionResult, Verdict
from autograder.roll import Part
from tests import batches, mini, samples


@pytest.fixture
def course(tmp_path: Path) -> Path:
    return batches.course(tmp_path / "course")


def assignment_of(course: Path) -> Assignment:
    return config.assignment(config.load(course / "grading_config.yaml"), "mini")


class Classroom:
    """A class that is graded again and again, and who was graded each time."""

    def __init__(self, course: Path, folder: Path, out: Path) -> None:
        self.course, self.folder, self.out = course, folder, out
        self.graded: list[str] = []
        self.plan = progress.Plan(0)

    def grade(self, **options: Any) -> Graded:
        self.graded = []
        assignment = assignment_of(self.course)

        def begin(plan: progress.Plan, _: object) -> None:
            self.plan = plan

        return classroom.grade_all(
            assignment,
            grade.course_room(self.course, assignment),
            intake.find(self.folder, self.out).handed,
            self.out,
            jobs=1,
            on_begin=begin,
            on_result=lambda result: self.graded.append(result.submission),
            **options,
        )


@pytest.fixture
def room(course: Path, tmp_path: Path) -> Classroom:
    for name, text in (("ada", mini.REFERENCE), ("boris", batches.KINDS["wrong"])):
        (tmp_path / "class" / name).mkdir(parents=True)
        (tmp_path / "class" / name / "mini.py").write_text(text)
    made = Classroom(course, tmp_path / "class", tmp_path / "out")
    made.grade()
    assert sorted(made.graded) == ["ada", "boris"]
    return made


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


# What is graded again, and what is not ------------------------------------------------


def test_what_has_not_changed_is_kept(room: Classroom) -> None:
    """Neither is graded, and everything is there as before; --force grades all."""
    before = batches.timeless(room.out)
    done = room.grade()
    assert (room.graded, done.again, done.changes) == ([], 0, ())
    assert room.plan.sentence() == "2 of 2 results are kept"
    assert batches.timeless(room.out) == before
    done = room.grade(force=True)
    assert sorted(room.graded) == ["ada", "boris"]
    assert (done.again, done.changes) == (2, ())
    assert not (room.out / "changes.csv").exists()


def test_lateness_changes_no_grade(room: Classroom) -> None:
    """A deadline that moves is charged anew, and nothing is graded."""
    path = room.course / "grading_config.yaml"
    edit(path, "    seed: 7", "    seed: 7\n    due: 2026-12-18T23:59:00+00:00\n"
         "    late: {percent_per_day: 10}")  # fmt: skip
    room.grade()
    assert room.graded == []


CHANGES: dict[str, tuple[str, str, str, str]] = {
    "config": ("grading_config.yaml", "seed: 7", "seed: 8", "the config changed"),
    "checks": (
        "solutions/mini/checks/hidden/test_mini_hidden.py", "1234.5", "1234.25",
        "the checks changed",
    ),
    "solution": ("solutions/mini/mini.py", "Small sums", "Sums", "the solution changed"),
}  # fmt: skip


@pytest.mark.parametrize("what", CHANGES)
def test_what_a_grade_depends_on_has_all_graded_again(room: Classroom, what: str) -> None:
    """Config, checks, solution: the reason is said."""
    name, old, new, why = CHANGES[what]
    edit(room.course / name, old, new)
    room.grade()
    assert sorted(room.graded) == ["ada", "boris"]
    assert room.plan.sentence() == f"0 of 2 results are kept; 2 again ({why})"


def test_every_part_of_the_key_counts(
    course: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Data, book, engine, packages and isolation give another key; caches do not."""
    edit(course / "grading_config.yaml", "    seed: 7", "    seed: 7\n    data: [rows.csv]")
    (course / "data" / "rows.csv").write_text("1\n")
    assignment = assignment_of(course)
    room = grade.course_room(course, assignment)

    def key(require: str = "open") -> dict[str, str]:
        return digests.grader_digests(assignment, room, require)

    before = key()
    cache = room.checks[0] / "__pycache__"
    cache.mkdir()
    (cache / "x.pyc").touch()
    assert key() == before

    def differing() -> list[str]:
        return [name for name, digest in key().items() if digest != before[name]]

    (course / "data" / "rows.csv").write_text("2\n")
    assert differing() == ["data"]
    (course / "data" / "rows.csv").write_text("1\n")
    (course / "solutions" / "mini" / "known.json").write_text("{}")
    assert differing() == ["solution"]
    (course / "solutions" / "mini" / "known.json").unlink()
    assert [n for n, d in key("sealed").items() if d != before[n]] == ["isolation"]
    monkeypatch.setattr(digests, "__version__", "0.0.0")
    assert differing() == ["engine"]
    monkeypatch.undo()
    monkeypatch.setattr(digests.importlib.metadata, "version", lambda _: "0")
    assert differing() == ["packages"]
    assert set(before) | {"submission"} == set(classroom.NAMES)


def test_one_that_is_handed_in_again_is_graded_alone(room: Classroom) -> None:
    """Content counts, times of files do not; what changed says so."""
    os.utime(room.folder / "ada" / "mini.py", (1, 1))
    (room.folder / "boris" / "mini.py").write_text(mini.REFERENCE)
    done = room.grade()
    assert room.graded == ["boris"]
    assert [(c.submission, c.anew, c.old_score, c.new_score) for c in done.changes] == [
        ("boris", True, 2.0, 6.0)
    ]


def test_a_new_submission_is_graded_and_a_vanished_one_left_out(room: Classroom) -> None:
    """The old results stay where they are; the gradebook lacks them, and that is said."""
    (room.folder / "boris").rename(room.folder / "cy")
    done = room.grade()
    assert room.graded == ["cy"]
    assert done.vanished == ("boris",)
    assert (
        "Left out of the gradebook: 1 submission of an earlier run, no longer handed in (boris)"
        in classroom.remarks(done)
    )
    assert "boris" not in (room.out / "gradebook.csv").read_text()
    assert (room.out / "boris" / "results.json").exists()


def test_withheld_scores_are_graded_again(room: Classroom, tmp_path: Path) -> None:
    """A judge error is told with its reason, is blank in the gradebook, and is tried anew."""
    check = room.course / "solutions/mini/checks/hidden/test_mini_hidden.py"
    text = check.read_text()
    edit(check, "    kept = student.put(before)", "    raise OSError('the disk of ours is ill')")
    done = room.grade()
    said = classroom.remarks(done)
    assert said[0].startswith("Judge errors in 1 submission")
    assert said[1].startswith("  ada: 1 case withheld (")
    assert "the disk of ours is ill" in said[1]
    with (room.out / "gradebook.csv").open() as file:
        rows = {row["submission"]: row for row in csv.DictReader(file)}
    assert rows["ada"]["points double_keeps_input"] == ""
    assert rows["ada"]["verdict double_keeps_input"] == "judge_error"
    room.grade()
    assert room.graded == ["ada"]
    assert room.plan.sentence() == "1 of 2 results are kept; 1 again (scores were withheld)"
    check.write_text(text)
    done = room.grade()
    told = {c.submission: (c.old_score, c.new_score) for c in done.changes}
    assert told["ada"] == (None, 6.0)


def test_a_full_disk_for_temporary_files_is_no_class_of_judge_errors(
    room: Classroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where scores are withheld and there is no room left, the command ends, and says so."""
    check = room.course / "solutions/mini/checks/hidden/test_mini_hidden.py"
    edit(
        check, "    kept = student.put(before)", "    raise OSError(28, 'No space left on device')"
    )
    usage = shutil.disk_usage(room.out)
    monkeypatch.setattr(classroom.shutil, "disk_usage", lambda _: usage._replace(free=2**20))
    with pytest.raises(classroom.ClassError, match="less than 32 MB are free"):
        room.grade()
    # Boris' own mistake is found before that check runs; which of the two is first, depends.
    assert "ada" not in room.graded
    monkeypatch.undo()
    assert room.grade().again == 2


# Files -------------------------------------------------------------------------------


def test_files_that_are_lost_or_old_fashioned_are_made_again(
    room: Classroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From the journal: nothing is graded for a page."""
    page = room.out / "ada" / "report.html"
    before = page.read_bytes()
    page.unlink()
    (room.out / "boris" / "results.json").write_text("{")
    room.grade()
    assert (room.graded, page.read_bytes()) == ([], before)
    assert batches.whole(room.out) == 2
    monkeypatch.setattr(classroom, "look_digest", lambda: "another look")
    monkeypatch.setattr(finish, "files", lambda result: {"report.html": b"new"})
    room.grade()
    assert (room.graded, page.read_bytes()) == ([], b"new")


def test_points_that_were_merged_stay(room: Classroom, tmp_path: Path) -> None:
    """results.json keeps the points that people gave; the new gradebook lacks them: it is said."""
    sheet = tmp_path / "sheet.csv"
    sheet.write_text("code,student,question,answer,items,points,comment\n,ada,3,,,2,good\n")
    merge.write(merge.merge(assignment_of(room.course), sheet, room.out), room.out)
    merged = (room.out / "ada" / "results.json").read_bytes()
    done = room.grade()
    assert (room.out / "ada" / "results.json").read_bytes() == merged
    assert classroom.remarks(done) == [
        "Written answers have points in 1 result (ada), which the new gradebook.csv lacks: run "
        "autograder merge again"
    ]
    done = room.grade(force=True)
    assert done.merged == ("ada",)
    assert room.grade().merged == ()


def test_what_a_killed_command_left_is_removed(room: Classroom, tmp_path: Path) -> None:
    """Temporary files of ours and the folder that the lock names; nothing else."""
    scratch = tmp_path / "autograder-class-0123"
    (scratch / "deep").mkdir(parents=True)
    keep = tmp_path / "precious"
    keep.mkdir()
    half = [room.out / ".gradebook.csv.0123abcd.tmp", room.out / "ada" / ".x.0123abcd.tmp"]
    half += [room.out / ".journal" / ".y.json.0123abcd.tmp"]
    other = room.out / "ada" / "mine.tmp"
    for path in (*half, other):
        path.touch()
    (room.out / ".journal" / "lock").write_text(f"1\n{scratch}\n")
    room.grade()
    assert not scratch.exists()
    assert not any(path.exists() for path in half)
    assert other.exists()
    (room.out / ".journal" / "lock").write_text(f"1\n{keep}\n")
    room.grade()
    assert keep.exists()


def test_an_entry_that_is_damaged_counts_as_none(room: Classroom) -> None:
    """Another version, other fields, or no JSON at all: graded again, no traceback."""
    entries = sorted((room.out / ".journal").glob("*.json"))
    for text in ("", "{", "[]", '{"version": 0}', '{"version": 1}'):
        for path in entries:
            path.write_text(text)
        room.grade()
        assert sorted(room.graded) == ["ada", "boris"]


def test_only_one_at_a_time(room: Classroom, monkeypatch: pytest.MonkeyPatch) -> None:
    """The folder is locked while it is open, and free afterwards."""
    monkeypatch.setattr(journal, "LOCK_SECONDS", 0.1)
    with (
        Journal(room.out, assignment_of(room.course)),
        pytest.raises(JournalError, match=rf"process {os.getpid()}\) is writing there"),
    ):
        room.grade()
    room.grade()


def test_another_kind_of_lock_does_where_flock_is_refused(
    room: Classroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Some network file systems have no flock(2)."""
    import fcntl

    def refuse(*_: object) -> None:
        raise OSError(95, "Operation not supported")

    monkeypatch.setattr(fcntl, "flock", refuse)
    room.grade()
    assert room.graded == []


def test_writing_leaves_the_file_before_or_the_whole_new_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An error names the file that people know."""
    path = tmp_path / "a.json"
    whole.write(path, b"old")

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(whole.os, "fsync", full)
    with pytest.raises(OSError, match="No space left on device") as caught:
        whole.write(path, b"new")
    assert caught.value.filename == str(path)
    assert [p.name for p in tmp_path.iterdir()] == ["a.json"]
    assert path.read_bytes() == b"old"


def test_a_result_comes_back_whole() -> None:
    """Pictures, curves, numbers to the last bit; the questions come from the config."""
    result = samples.graded()
    wanted = Assignment(result.assignment, result.title, ("x.py",), result.questions)
    assert any(case.pictures for case in result.cases)
    assert journal.result_from(journal.result_bytes(result), wanted) == result
    light = journal.light(result)
    assert not any(case.pictures or case.detail or case.curves for case in light.cases)
    assert [c.score for c in light.cases] == [c.score for c in result.cases]


# Rounds ------------------------------------------------------------------------------


def test_changes_of_a_killed_regrading_are_told_by_the_one_that_completes_it(
    room: Classroom,
) -> None:
    """Old scores are those of the last complete run, whatever came between."""
    edit(
        room.course / "solutions/mini/checks/public/test_mini_public.py", "total == 6", "total < 6"
    )

    class Killed(Exception):
        pass

    def stop(_: object) -> None:
        raise Killed

    assignment = assignment_of(room.course)
    with pytest.raises(Killed):
        classroom.grade_all(
            assignment,
            grade.course_room(room.course, assignment),
            intake.find(room.folder, room.out).handed,
            room.out,
            jobs=1,
            on_result=stop,
        )
    done = room.grade()
    assert len(room.graded) == 1
    assert done.again == 2
    lost = {c.submission: [case.case for case in c.cases] for c in done.changes}
    assert lost == {"ada": ["total_by_hand"], "boris": ["total_by_hand"]} or lost == {
        "ada": ["total_by_hand"]
    }
    with (room.out / "changes.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert rows[0]["submission"] == "ada"
    assert (rows[0]["old_score"], rows[0]["new_score"]) == ("6", "5")
    # The next run has nothing to tell, and leaves what was told.
    assert room.grade().changes == ()
    assert (room.out / "changes.csv").exists()
    room.grade(force=True)
    assert not (room.out / "changes.csv").exists()


def test_a_forced_run_that_was_killed_goes_on(room: Classroom) -> None:
    """What it has done is not done twice."""

    class Killed(Exception):
        pass

    def stop(_: object) -> None:
        raise Killed

    assignment = assignment_of(room.course)
    handed = intake.find(room.folder, room.out).handed
    place = grade.course_room(room.course, assignment)
    with pytest.raises(Killed):
        classroom.grade_all(assignment, place, handed, room.out, jobs=1, force=True, on_result=stop)
    room.grade(force=True)
    assert len(room.graded) == 1


# What changed, as it is told -------------------------------------------------------------


def _now(**verdicts: tuple[Verdict, float | None]) -> SubmissionResult:
    base = samples.graded()
    case = next(iter(base.cases))
    cases = tuple(
        replace(case, case=name, verdict=verdict, score=score, max_score=4.0)
        for name, (verdict, score) in verdicts.items()
    )
    return replace(base, cases=cases)


def _changes() -> list[changes.Change]:
    accepted, wrong = (Verdict.ACCEPTED, 4.0), (Verdict.WRONG_ANSWER, 0.0)
    held = (Verdict.JUDGE_ERROR, None)
    before = Before(4.0, False, {"kmeans_loss": ("accepted", 4.0), "gone": ("wrong_answer", 0.0)})
    name = "kmeans_loss"
    found = [
        (before, "ada", _now(kmeans_loss=wrong, new=accepted)),
        (Before(0.0, True, {name: ("judge_error", None)}), "山田", _now(kmeans_loss=wrong)),
        (Before(4.0, False, {name: ("accepted", 4.0)}, True), "=cy", _now(kmeans_loss=held)),
        (Before(4.0, False, {name: ("accepted", 4.0)}), "same", _now(kmeans_loss=accepted)),
    ]
    compared = [changes.compare(b, replace(now, submission=name)) for b, name, now in found]
    assert compared[-1] is None
    return [change for change in compared if change is not None]


def test_what_changed_is_told_student_by_student(golden: Callable[[str, str], None]) -> None:
    """Old score, new score, which case; also a case that is new, gone or withheld."""
    golden("changes.txt", changes.text(_changes(), 5))
    golden("changes.csv", changes.table(_changes()))


def test_many_changes_are_cut_and_none_is_said(tmp_path: Path) -> None:
    """The table has all of them."""
    many = [dataclasses.replace(_changes()[0], submission=f"s{n}") for n in range(60)]
    assert changes.text(many, 60).endswith("\n... and 10 more.\n")
    assert len(changes.table(many).splitlines()) == 1 + 60 * len(many[0].cases)
    assert changes.text([], 3) == "Graded again: 3. No verdict and no points changed.\n"


# Parcels ----------------------------------------------------------------------------------


def test_a_parcel_is_the_same_to_whoever_collects_it(course: Path, tmp_path: Path) -> None:
    """Links, pipes, caches, large files, odd names: the same files and the same notices."""
    from autograder import submission

    assignment = assignment_of(course)
    folder = tmp_path / "Zoë \udcff"
    (folder / "inner" / "__pycache__").mkdir(parents=True)
    (folder / "inner" / "mini.py").write_text(mini.REFERENCE)
    (folder / "inner" / "__pycache__" / "mini.pyc").write_bytes(b"1")
    (folder / "inner" / "link.py").symlink_to("/etc/passwd")
    os.mkfifo(folder / "inner" / "pipe")
    (folder / "venv").mkdir()
    (folder / "venv" / "pyvenv.cfg").touch()
    data = parcel.pack([Part("given", folder)])
    (part,) = parcel.unpack(data, tmp_path / "there")
    assert (part.name, part.path.name) == ("given", folder.name)
    assert not (part.path / "inner" / "link.py").is_file()
    told = [
        submission.collect(path, assignment, tmp_path / f"clean{n}")
        for n, path in enumerate((folder, part.path))
    ]
    assert told[0] == told[1]
    assert any("a link" in notice for notice in told[0])
    made = [{p.name: p.read_bytes() for p in (tmp_path / f"clean{n}").rglob("*")} for n in (0, 1)]
    assert made[0] == made[1]
    assert parcel.pack([Part("given", part.path)]) == data


def test_a_parcel_reads_no_more_than_is_ever_taken(course: Path, tmp_path: Path) -> None:
    """A terabyte of nothing is refused there as it is here."""
    from autograder import submission

    (tmp_path / "huge").mkdir()
    with (tmp_path / "huge" / "data.bin").open("wb") as file:
        file.truncate(10**12)
    data = parcel.pack([Part("huge", tmp_path / "huge")])
    assert len(data) < 100_000
    (part,) = parcel.unpack(data, tmp_path / "there")
    with pytest.raises(submission.SubmissionError, match="larger than 50 MB"):
        submission.collect(part.path, assignment_of(course), tmp_path / "clean")


def test_the_digest_of_a_parcel_follows_names_and_content(tmp_path: Path) -> None:
    """Not times; a name of a part counts, as does a file that appears."""
    file = tmp_path / "mini.py"
    file.write_text("x = 1\n")

    def digest(name: str = "a") -> str:
        return parcel.digest([Part(name, file)])

    first = digest()
    os.utime(file, (1, 1))
    assert digest() == first
    assert digest("b") != first
    file.write_text("x = 2\n")
    assert digest() != first
    assert parcel.digest([Part("a", tmp_path / "nowhere")]) != first


# What is shown meanwhile ------------------------------------------------------------------


class Log(io.StringIO):
    encoding = "utf-8"  # type: ignore[assignment]


class Terminal(Log):
    def isatty(self) -> bool:
        return True


def _result(name: str, score: float | None, most: float = 6.0) -> SubmissionResult:
    verdict = Verdict.JUDGE_ERROR if score is None else Verdict.ACCEPTED
    base = samples.perfect()
    case = replace(base.cases[0], verdict=verdict, score=score, max_score=most, bonus=False)
    return replace(base, submission=name, cases=(case,))


def test_without_a_terminal_there_is_a_line_now_and_then() -> None:
    """Not one for each submission; how far, how fast, how long still, and the counts."""
    now = 0.0
    stream = io.StringIO()
    with progress.Progress(stream, clock=lambda: now) as shown:
        shown.begin(progress.Plan(400, 40, 300, {"the checks changed": 60}), [_result("a", 6.0)])
        for number in range(100):
            now = 0.5 * (number + 1)
            shown.finished(_result("b", [6.0, 3.0, 0.0, None][number % 4]))
    lines = stream.getvalue().splitlines()
    assert lines[0] == "40 of 400 results are kept; 300 are new; 60 again (the checks changed)"
    assert len(lines) == 6
    assert lines[1] == (
        "60 of 400 graded (15 %), 120 a minute, about 3 min left: "
        "6 full marks, 5 partial, 5 zero, 5 withheld"
    )


def test_verbose_is_a_line_for_each_submission() -> None:
    """Name, points, seconds; withheld is no zero."""
    stream = Log()
    with progress.Progress(stream, verbose=True, clock=lambda: 0.0) as shown:
        shown.begin(progress.Plan(2, 0, 2), [])
        shown.finished(_result("山田 太郎", 3.0))
        shown.finished(_result("ada", None))
    lines = stream.getvalue().splitlines()
    assert [line.split() for line in lines] == [
        ["山田", "太郎", "3", "/", "6", *lines[0].split()[-2:]],
        ["ada", "withheld", "/", "6", *lines[1].split()[-2:]],
    ]


def test_a_terminal_has_a_bar_with_the_counts() -> None:
    """Rate, estimate and running counts on one line."""
    stream = Terminal()
    with progress.Progress(stream, verbose=True) as shown:
        shown.begin(progress.Plan(3, 1, 2), [_result("a", 6.0)])
        shown.finished(_result("b", 3.0))
        shown.finished(_result("c", 0.0))
    text = stream.getvalue()
    assert "1 full marks" in text
    assert "grading" in text
    assert "c " in text


def test_times_are_told_as_people_do() -> None:
    """Seconds, minutes, hours."""
    told = [progress._duration(s) for s in (0.4, 59, 61, 3540, 12000)]
    assert told == ["0 s", "59 s", "1 min", "59 min", "3 h 20 min"]


def test_entries_know_their_round(room: Classroom) -> None:
    """An entry holds its key, its files and its round."""
    with Journal(room.out, assignment_of(room.course)) as opened:
        entry = opened.entry("ada")
        assert isinstance(entry, Entry)
        assert set(entry.key) == set(classroom.NAMES)
        assert set(entry.files) == {"results.json", "report.html"}
        assert entry.round != opened.round
        assert opened.entry("nobody") is None
    plain = json.loads(next((room.out / ".journal").glob("*.json")).read_text())
    assert plain["version"] == journal.VERSION
