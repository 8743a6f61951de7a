"""Many submissions: have them graded, keep every result, write what staff read.

Map of the folder it makes::

    DIR/<submission>/results.json   Gradescope's format
    DIR/<submission>/report.html    for staff: nothing is left out
    DIR/gradebook.csv               a row a student
    DIR/report.html                 the class
    DIR/changes.csv                 what the last re-grading changed, if anything
    DIR/.journal/                   what has been graded, and of what (``journal``)

Each submission's files are whole on disk before the next outcome is taken up, so that whatever
ends this command, the same command goes on where it stood.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import shutil
import tempfile
from collections import Counter
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from autograder import changes, class_files, finish, grade, isolation, parcel, pool, roll, whole
from autograder.digests import grader_digests, look_digest
from autograder.finish import Job, Made
from autograder.journal import Before, Entry, Journal, light, result_from, summary, vanished
from autograder.model import Assignment, SubmissionResult
from autograder.progress import Plan
from autograder.roll import Handed, Row, Student
from autograder.sandbox import Isolation, Sandbox
from autograder.visible import clean, plural

NAMES = {
    "submission": "handed in again",
    "config": "the config changed",
    "checks": "the checks changed",
    "solution": "the solution changed",
    "data": "the data changed",
    "engine": "the engine changed",
    "packages": "other versions of packages",
    "isolation": "other isolation",
}
"""Why a submission is graded again, by what of its key is another."""
MOST_OF_A_REASON = 300
MOST_NAMED = 5
LEAST_FREE_MB = 32
"""What must be free for temporary files where scores had to be withheld."""


class ClassError(ValueError):
    """A folder of submissions that cannot be used."""


@dataclass(frozen=True)
class Graded:
    """A class that has been graded."""

    rows: tuple[Row, ...]
    results: Mapping[str, SubmissionResult]
    """By the names of the submissions, in their order; without what only their own pages show."""
    again: int
    """How many of them were graded again."""
    changes: tuple[changes.Change, ...]
    vanished: tuple[str, ...]
    """Submissions that have results of an earlier run and are no longer there."""
    merged: tuple[str, ...]
    """Those whose written answers were given points, which this gradebook does not have."""
    isolation: Isolation | None = None
    """What shuts submissions in on this machine; None where nothing was graded on it."""
    likenesses: str = ""
    """What the page of likenesses lists, in words; empty: it was not written."""


def grade_all(
    assignment: Assignment,
    room: grade.Room,
    handed: Sequence[Handed],
    out: Path,
    *,
    jobs: int,
    require: str = "open",
    force: bool = False,
    scheduler: str | None = None,
    roster: Sequence[Student] = (),
    on_begin: Callable[[Plan, Sequence[SubmissionResult]], None] = lambda *_: None,
    on_result: Callable[[SubmissionResult], None] = lambda _: None,
    comparison: class_files.Comparison | None = None,
) -> Graded:
    """Grade what was ``handed`` in, and write results, gradebook and report to ``out``.

    What is graded already, and depends on nothing that changed, is kept, unless ``force`` says
    otherwise; a withheld score never is. ``require`` is the weakest isolation that will do;
    ``scheduler`` the address of a Dask cluster that does the work in place of ``jobs`` processes
    here. ``on_result`` is told of each result when it is on disk. Submissions are compared where
    ``comparison`` says how. Raises JournalError when another command writes to ``out``,
    IsolationError, ClusterError, ClassError where there is no room for temporary files, and OSError
    where ``out`` cannot be written.
    """
    out.mkdir(parents=True, exist_ok=True)
    with Journal(out, assignment, force=force) as journal:
        keeper = _Keeper(journal, grader_digests(assignment, room, require), look_digest())
        todo, plan = keeper.sort_out(handed, force=force)
        tried = None
        if todo and scheduler is None:
            tried = _tried(assignment, require, journal.scratch)
        on_begin(plan, list(keeper.results.values()))
        work = [
            Job(one.name, one.parts, assignment, room, require, journal.scratch) for one in todo
        ]
        with contextlib.closing(_made(work, jobs, scheduler)) as outcomes:
            for made in outcomes:
                on_result(keeper.keep(made))
        results = {one.name: keeper.results[one.name] for one in handed}
        rows = roll.rows(handed, results, roster, policy=assignment.late, due=assignment.due)
        changed = tuple(keeper.changed[one.name] for one in handed if one.name in keeper.changed)
        with _temporary_in(journal.scratch):
            likenesses = class_files.write(out, rows, handed, assignment, comparison)
        if keeper.again and (todo or changed):
            write_changes(out, changed)
        journal.complete()
        gone = tuple(vanished(out, results))
    merged = tuple(keeper.merged)
    return Graded(tuple(rows), results, keeper.again, changed, gone, merged, tried, likenesses)


def _tried(assignment: Assignment, require: str, scratch: Path) -> Isolation:
    """What shuts submissions in; refused before the first one, not at each."""
    with _temporary_in(scratch), Sandbox() as sandbox:
        found = isolation.examine(sandbox, assignment.limits)
    isolation.require(found, require)
    return found


@contextlib.contextmanager
def _temporary_in(scratch: Path) -> Iterator[None]:
    """Have temporary files made where the next command finds what a killed one has left."""
    before, tempfile.tempdir = tempfile.tempdir, str(scratch)
    try:
        yield
    finally:
        tempfile.tempdir = before


def _made(work: Sequence[Job], jobs: int, scheduler: str | None) -> Generator[Made, None, None]:
    if scheduler is not None and work:
        return _served_by_dask()(work, scheduler)
    return pool.served(
        work, min(jobs, len(work)) or 1, finish.work, finish.lost, finish.allowed_seconds
    )


def _served_by_dask() -> Callable[[Sequence[Job], str], Generator[Made, None, None]]:
    try:
        from autograder.cluster import served
    except ImportError as error:
        raise ClassError(
            f"--scheduler needs Dask, which is not installed here ({error}); run: "
            "pip install 'autograder[cluster]'"
        ) from None
    return served


class _Keeper:
    """What is known of a class so far, in memory and on disk."""

    def __init__(self, journal: Journal, grader: Mapping[str, str], look: str) -> None:
        self.journal = journal
        self.grader = grader
        self.look = look
        self.results: dict[str, SubmissionResult] = {}
        self.changed: dict[str, changes.Change] = {}
        self.again = 0
        self.merged: list[str] = []
        self._keys: dict[str, Mapping[str, str]] = {}
        self._before: dict[str, Before | None] = {}

    def sort_out(self, handed: Sequence[Handed], *, force: bool) -> tuple[list[Handed], Plan]:
        """Keep the results that are still right; what has to be graded, the slowest first."""
        todo: list[tuple[float, Handed]] = []
        fresh, reasons = 0, Counter[str]()
        for one in handed:
            key = {**self.grader, "submission": parcel.digest(one.parts)}
            self._keys[one.name] = key
            entry = self.journal.entry(one.name)
            if entry is None:
                fresh += 1
                todo.append((0.0, one))
                continue
            why = "asked for" if force else _why(entry, key)
            # A run that was told to grade all anew, and was killed, has done these.
            if force and self._is_of_this_round(entry) and not _why(entry, key):
                why = ""
            if not why:
                self._take(one.name, self._restored(entry))
                continue
            reasons[why] += 1
            if _is_merged(self.journal.out / one.name / "results.json"):
                self.merged.append(one.name)
            self._before[one.name] = self._what_was(entry, key)
            todo.append((entry.result.usage.wall_s, one))
        # Whatever takes long must not be left for the end, when the other cores have nothing.
        todo.sort(key=lambda item: -item[0])
        plan = Plan(len(handed), len(handed) - len(todo), fresh, dict(reasons))
        return [one for _, one in todo], plan

    def keep(self, made: Made) -> SubmissionResult:
        """Put a result on disk: its files first, its entry last. Returns it without pictures."""
        result = result_from(made.result, self.journal.assignment)
        if result.withheld:
            _check_disk(self.journal.scratch)
        digests = self._write_files(made.name, made.files)
        entry = Entry(
            made.name,
            self._keys[made.name],
            self.look,
            digests,
            result,
            self.journal.round,
            self._before.get(made.name),
        )
        self.journal.write(entry)
        self._take(made.name, entry)
        return self.results[made.name]

    def _take(self, name: str, entry: Entry) -> None:
        self.results[name] = light(entry.result)
        if entry.before is None or not self._is_of_this_round(entry):
            return
        self.again += 1
        change = changes.compare(entry.before, entry.result)
        if change is not None:
            self.changed[name] = change

    def _is_of_this_round(self, entry: Entry) -> bool:
        return entry.round == self.journal.round

    def _what_was(self, entry: Entry, key: Mapping[str, str]) -> Before | None:
        """What a submission had when the last round was complete."""
        anew = entry.key.get("submission") != key["submission"]
        if not self._is_of_this_round(entry):
            return summary(entry.result, anew=anew)
        return entry.before and replace(entry.before, anew=entry.before.anew or anew)

    def _restored(self, entry: Entry) -> Entry:
        """An entry that is kept, with its files as they have to be."""
        home = self.journal.out / entry.name
        if _is_merged(home / "results.json"):
            self.merged.append(entry.name)
            # Only what is gone: what is there holds points that people gave.
            gone = {file for file in entry.files if not (home / file).exists()}
            if gone:
                made = finish.files(entry.result)
                self._write_files(entry.name, {file: made[file] for file in gone})
            return entry
        there = {name: _digest(home / name) for name in entry.files}
        if entry.look == self.look and there == entry.files:
            return entry
        digests = self._write_files(entry.name, finish.files(entry.result))
        entry = replace(entry, look=self.look, files=digests)
        self.journal.write(entry)
        return entry

    def _write_files(self, name: str, files: Mapping[str, bytes]) -> dict[str, str]:
        home = self.journal.out / name
        home.mkdir(exist_ok=True)
        for file, content in files.items():
            whole.write(home / file, content)
        return {file: hashlib.sha256(content).hexdigest() for file, content in files.items()}


def _check_disk(scratch: Path) -> None:
    """Refuse to go on where the disk for temporary files is full: all scores would be withheld."""
    if shutil.disk_usage(scratch).free < LEAST_FREE_MB * 2**20:
        raise ClassError(
            f"{scratch.parent}: less than {LEAST_FREE_MB} MB are free, and grading needs room "
            "for temporary files there; make room or name another folder with TMPDIR; what was "
            "finished is kept, and the same command goes on"
        )


def _why(entry: Entry, key: Mapping[str, str]) -> str:
    """Why a submission has to be graded again; empty where it has not."""
    for name, words in NAMES.items():
        if entry.key.get(name) != key[name]:
            return words
    return "scores were withheld" if entry.result.withheld else ""


def _digest(path: Path) -> str:
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:
        return ""


def _is_merged(path: Path) -> bool:
    """Whether people's points for written answers have been brought into a results.json."""
    try:
        tests = json.loads(path.read_text(encoding="utf-8"))["tests"]
        return any("written" in test["extra_data"] for test in tests)
    except (OSError, ValueError, TypeError, KeyError):
        return False


# What staff read of a class -----------------------------------------------------


def write_changes(out: Path, changed: Sequence[changes.Change]) -> None:
    """Write ``changes.csv`` where there are any; what it said of an earlier run is gone."""
    if changed:
        whole.write_text(out / class_files.CHANGES, changes.table(changed))
    else:
        (out / class_files.CHANGES).unlink(missing_ok=True)


def judge_errors(results: Iterable[SubmissionResult]) -> list[str]:
    """A sentence for each submission of which scores are withheld: which, how many, and why."""
    found = []
    for result in results:
        if result.withheld:
            notes = [line for c in result.withheld for line in c.staff_note.strip().splitlines()]
            why = notes[-1].strip() if notes else "no reason given"
            cases = plural(len(result.withheld), "case")
            name = " ".join(clean(result.submission).split())
            found.append(f"{name}: {cases} withheld ({clean(why)[:MOST_OF_A_REASON]})")
    return found


def remarks(graded: Graded) -> list[str]:
    """What has to be said of a class at the end, a sentence each."""
    found = []
    if graded.merged:
        some = _some(graded.merged)
        found.append(
            f"Written answers have points in {plural(len(graded.merged), 'result')} ({some}), "
            "which the new gradebook.csv lacks: run autograder merge again"
        )
    if graded.vanished:
        number, some = plural(len(graded.vanished), "submission"), _some(graded.vanished)
        found.append(
            f"Left out of the gradebook: {number} of an earlier run, no longer handed in ({some})"
        )
    errors = judge_errors(graded.results.values())
    if errors:
        found.append(
            f"Judge errors in {plural(len(errors), 'submission')}: the scores are withheld, and "
            "the next run grades them again"
        )
    return found + [f"  {sentence}" for sentence in errors]


def _some(names: Sequence[str]) -> str:
    more = f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
    return ", ".join(clean(name) for name in names[:MOST_NAMED]) + more
