"""The grader's own exam, taken before any student meets it.

Candidates are graded through the very path that submissions take: the
reference (full marks), the untouched handout (nothing, every case not
implemented), every misconception (loses where it says, keeps the rest), every
variant (full marks), odd answers that no check may choke on, and, where asked
for, mutants of the reference. What is graded again must come out the same: the
reference and the handout whole, misconceptions where they lose, variants where
time or memory is measured, or whole, too.
Beside them stand facts about the files, and whether the feedback names each
mistake.
"""

from __future__ import annotations

import dataclasses
import shutil
import tempfile
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from autograder import equivalence, facts, grade, mutants, pool, reach, recognise, replay
from autograder import report as reports
from autograder.candidates import ODD_ANSWERS, Candidate, candidates
from autograder.feedback import Feedback, judged, without
from autograder.model import Assignment, CaseResult, SubmissionResult, Verdict
from autograder.prints import Prints
from autograder.sandbox import Sandbox

UNNOTICED = 0.005
"""A misconception that costs a smaller share of the points goes unnoticed."""
AGAIN = ("reference", "handout", "variant", "misconception")
"""Kinds that are graded a second time."""
FOLLOWED = ("none", "pair")
"""Odd answers that are tried with stand-ins, too; the others would show the same more slowly."""


@dataclass
class Row:
    """What became of one candidate."""

    candidate: Candidate
    score: float | None = None
    lost: tuple[str, ...] = ()
    problems: list[str] = field(default_factory=list)
    seconds: float = 0.0
    result: SubmissionResult | None = None
    """How it was graded the first time."""
    unseen: frozenset[str] = frozenset()
    """Cases that were not run, because they cannot see its change."""
    answers: Mapping[str, Prints] = field(default_factory=dict)
    """Prints of what it answered in the cases that it lost."""
    feedback: Feedback | None = None
    """Of a mistake: whether the feedback names it."""
    unknown: Feedback | None = None
    """The same, if the mistake were not in the book."""
    finding: equivalence.Finding | None = None
    """Of a mutant that loses nothing: what it is."""


@dataclass
class Report:
    """The outcome of the exam on one assignment."""

    assignment: Assignment
    rows: list[Row]
    facts: list[str]
    """What is wrong with the files themselves."""
    book: recognise.Book | None = None
    """What the misconceptions answered; None unless all were tried."""
    seconds: float = 0.0

    @property
    def problems(self) -> list[str]:
        """Every sentence about something that had to hold and does not."""
        return self.facts + [p for row in self.rows for p in row.problems] + self._missed()

    def of(self, kind: str) -> list[Row]:
        """The candidates of one kind, by name."""
        found = [row for row in self.rows if row.candidate.kind == kind]
        return sorted(found, key=lambda row: row.candidate.name)

    @property
    def whole(self) -> bool:
        """Whether every misconception was tried."""
        return {row.candidate.kind for row in self.rows} >= {"reference", "handout"}

    def write_book(self, root: Path) -> Path | None:
        """Write the book of known mistakes if it says anything new; where."""
        path = root / "solutions" / self.assignment.name / recognise.NAME
        if self.book is None or not self.book.mistakes:
            return None
        if recognise.current(recognise.load(path, self.book.key), self.book):
            return None
        reports.write_text(path, recognise.text(self.book))
        return path

    @property
    def kills(self) -> Mapping[str, list[str]]:
        """For each case with points, the misconceptions that lose it, by name."""
        found: dict[str, list[str]] = {c.name: [] for c in self.assignment.cases if c.points}
        for row in self.of("misconception"):
            for case in row.lost:
                if case in found:
                    found[case].append(row.candidate.name)
        return found

    @property
    def unproven(self) -> list[str]:
        """Cases with points that no misconception has lost; empty unless all were tried."""
        return [case for case, by in self.kills.items() if not by] if self.whole else []

    @property
    def unnoticed(self) -> list[str]:
        """Misconceptions that cost too few points to notice."""
        least = UNNOTICED * self.assignment.max_score
        return [
            row.candidate.name
            for row in self.of("misconception")
            if row.lost and row.result is not None and _cost(row.result) < least
        ]

    def _missed(self) -> list[str]:
        """A sentence if more mutants than the config allows are missed by the checks."""
        tried = [row for row in self.of("mutant") if row.score is not None]
        missed = [row for row in tried if row.finding and row.finding.kind == "missed"]
        judged = len(tried) - sum(bool(row.finding) for row in tried) + len(missed)
        allowed = self.assignment.mutants_missed
        if len(missed) <= allowed * judged:
            return []
        return [
            f"grading_config.yaml: {len(missed)} of {judged} mutants that are no equivalents are "
            f"missed, more than mutants_missed: {allowed:g} allows; write checks for "
            f"{_named([row.candidate.name for row in missed])}"
        ]


def _cost(result: SubmissionResult) -> float:
    """Points that were lost, those of a bonus included."""
    return sum(c.max_score - c.score for c in result.cases if c.score is not None)


# Judging ---------------------------------------------------------------------


def conserved(result: SubmissionResult, assignment: Assignment) -> bool:
    """Whether the points are those of the config's cases, each from none to all of its own."""
    return [c.case for c in result.cases] == [c.name for c in assignment.cases] and all(
        c.score is None or 0 <= c.score <= c.max_score for c in result.cases
    )


def _tell(row: Row, sentence: str) -> None:
    row.problems.append(f"{row.candidate.source}: {sentence}")


def _judge(row: Row, result: SubmissionResult, assignment: Assignment) -> None:
    """Compare one candidate's result with what it must be."""
    row.score = result.score
    if not conserved(result, assignment):
        _tell(row, "has points that are not those of the config's cases; the engine is wrong")
    row.lost = tuple(c.case for c in result.cases if c.score is not None and c.score < c.max_score)
    for case in result.withheld:
        last = case.staff_note.strip().splitlines()[-1:] or ["no reason given"]
        _tell(row, f"case {case.case} ended in judge_error ({last[0]}); mend the check")
    kind, says = row.candidate.kind, row.candidate.says
    if kind in ("reference", "variant") and row.lost:
        _tell(row, f"must have full marks but loses {_named(row.lost)}; "
                   f"see: autograder grade {assignment.name} {row.candidate.source}")  # fmt: skip
    if kind == "handout":
        wrong = [c.case for c in result.cases if c.verdict is not Verdict.NOT_IMPLEMENTED]
        if wrong or result.score:
            _tell(row, f"must score 0 with every case not_implemented, but {_named(wrong)} "
                       "came out otherwise; the check must call the function")  # fmt: skip
    if kind == "odd":
        kept = [c.case for c in result.cases if c.score]
        if kept:
            _tell(row, f"functions that return {ODD_ANSWERS[row.candidate.name]} keep points in "
                       f"{_named(kept)}; judge the answer there")  # fmt: skip
    if kind == "misconception" and says is not None:
        known = {case.name for case in assignment.cases}
        for name in (*says.loses, *says.may_lose):
            if name not in known:
                _tell(row, f"names a case {name} that the config does not have; correct the name")
        if not says.loses:
            _tell(row, "names no case that it loses; add `loses: [case]` to its docstring")
        survived = [name for name in says.loses if name in known and name not in row.lost]
        if survived:
            _tell(row, f"survives {_named(survived)}, which it must lose")
        extra = [n for n in row.lost if n not in says.loses and n not in says.may_lose]
        if extra:
            _tell(row, f"also loses {_named(extra)}; make those checks independent of it, "
                       "or name them in may_lose")  # fmt: skip


def _named(cases: Sequence[str], most: int = 4) -> str:
    more = f" and {len(cases) - most} more" if len(cases) > most else ""
    return ", ".join(cases[:most]) + more


def verify(
    assignment: Assignment,
    root: Path,
    *,
    jobs: int,
    rounds: int = 2,
    only: Callable[[Candidate], bool] = lambda _: True,
    whole: bool = False,
    thorough: bool = False,
    mutated: int = 0,
    progress: Callable[[int], Callable[[], None]] | None = None,
) -> Report:
    """Examine the grader of ``assignment``. See the module's docstring.

    ``whole``: run every case of every candidate, also those that cannot see its change.
    ``thorough``: the second time, run everything that the first time ran.
    ``mutated``: how many mutants of the reference to try beside the misconceptions.
    ``progress`` is told how many gradings there are and returns what is called after each one.
    """
    started = time.monotonic()
    found = facts.facts(assignment, root)
    room = grade.course_room(root, assignment)
    texts = {f: (room.given / f).read_text(encoding="utf-8") for f in assignment.files}
    extra = mutants.of_assignment(assignment, texts, mutated, assignment.seed) if mutated else ()
    with tempfile.TemporaryDirectory(prefix="autograder-verify-") as temporary:
        rows = {
            f"{c.kind}/{c.name}": Row(c)
            for c in candidates(assignment, root, Path(temporary), extra)
            if only(c)
        }
        again = [key for key, row in rows.items() if rounds > 1 and row.candidate.kind in AGAIN]
        step = progress(len(rows) + len(again)) if progress else lambda: None
        baseline = Path(temporary) / "baseline"
        known = {} if whole else _known(rows.values(), assignment, root, baseline, jobs)
        alone = dataclasses.replace(assignment, follow_through=0.0)
        for key, results in known.items():
            rows[key].unseen = frozenset(results)
        tasks = [
            pool.Task(
                key,
                row.candidate.path,
                alone if _is_plainly_odd(row.candidate) else assignment,
                room,
                assumed=known.get(key, {}),
            )
            for key, row in rows.items()
        ]
        for outcome in pool.outcomes(tasks, jobs):
            step()
            row = rows[outcome.task.name]
            if outcome.result is None:
                _tell(row, f"could not be graded: {outcome.problem.strip()}")
                continue
            row.seconds += outcome.result.usage.wall_s
            row.result, row.answers = outcome.result, outcome.answers
            _judge(row, outcome.result, assignment)
        tasks = [
            pool.Task(
                key,
                row.candidate.path,
                assignment,
                room,
                assumed=known.get(key, {}) if thorough else _settled(row, assignment),
            )
            for key in again
            if (row := rows[key]).result is not None
        ]
        for outcome in pool.outcomes(tasks, jobs):
            step()
            row = rows[outcome.task.name]
            if outcome.result is None or row.result is None:
                _tell(row, f"could not be graded again: {outcome.problem.strip()}")
                continue
            _compare(row, row.result, outcome.result)
            row.answers = _steady(row.answers, outcome.answers)
        report = Report(assignment, list(rows.values()), found)
        survivors = [row for row in report.of("mutant") if row.score is not None and not row.lost]
        if survivors:
            _decide(survivors, assignment, room)
    if report.whole:
        report.book = _book(report, grade.book_key(assignment, room))
        _rate(report, report.book)
    report.seconds = time.monotonic() - started
    return report


def _is_plainly_odd(candidate: Candidate) -> bool:
    return candidate.kind == "odd" and candidate.name not in FOLLOWED


def _settled(row: Row, assignment: Assignment) -> Mapping[str, CaseResult]:
    """Results that need not be found again: of a misconception, those that it keeps; of a variant
    those that measure neither time nor memory. With the same seed, all else repeats itself, or
    does not for the reference, which is graded again whole.
    """
    result, kind = row.result, row.candidate.kind
    if result is None or kind not in ("misconception", "variant"):
        return {}
    if kind == "misconception":
        return {c.case: c for c in result.cases if c.score == c.max_score and not c.stood_in}
    measured = {
        case.name
        for case in assignment.cases
        if (case.budget, case.time_growth, case.memory_growth) != (None, None, None)
    }
    return {c.case: c for c in result.cases if c.case not in measured}


def _steady(first: Mapping[str, Prints], second: Mapping[str, Prints]) -> Mapping[str, Prints]:
    """Answers that were the same twice: others say nothing of a mistake."""
    same = {case for case in first.keys() & second.keys() if first[case] == second[case]}
    return {case: found for case, found in first.items() if case in same}


def _decide(survivors: Sequence[Row], assignment: Assignment, room: grade.Room) -> None:
    """Tell survivors that answer as the reference does from those that the checks miss."""
    with Sandbox(assignment.preload) as sandbox:
        units = replay.recorded(assignment, room, sandbox)
        with equivalence.Judge(assignment, sandbox, room, units) as judge:
            for row in survivors:
                row.finding = judge.decide(row.candidate.path, row.candidate.function)


def _book(report: Report, key: str) -> recognise.Book:
    mistakes = []
    for row in report.of("misconception"):
        says = row.candidate.says
        if says is not None:
            cases = (*says.loses, *says.may_lose)
            answers = {case: row.answers[case] for case in cases if case in row.answers}
            source = recognise.digest(says.text)
            known = recognise.Mistake(
                row.candidate.name, says.sentence, says.loses, says.seen, answers, source
            )
            mistakes.append(known)
    return recognise.Book(tuple(mistakes), key)


def _rate(report: Report, book: recognise.Book) -> None:
    """Judge the feedback on every mistake, with it in the book and without."""
    for row in report.of("misconception") + report.of("mutant"):
        if row.result is None or not row.lost:
            continue
        name = row.candidate.name
        row.feedback = judged(row.result, row.answers, book, name)
        if row.candidate.kind == "misconception":
            unknown = without(book, name)
            row.unknown = judged(row.result, row.answers, unknown)


def _known(
    rows: Iterable[Row], assignment: Assignment, root: Path, baseline: Path, jobs: int
) -> dict[str, dict[str, CaseResult]]:
    """For each candidate, the results of cases that cannot see what it changes.

    They are the reference's. It is graded once more for that, and traced; where it does not have
    full marks, nothing is known.
    """
    room = grade.course_room(root, assignment)
    sources = {}
    baseline.mkdir()
    for file in assignment.files:
        sources[file] = (room.given / file).read_text(encoding="utf-8")
        shutil.copyfile(room.given / file, baseline / file)
    tasks = [pool.Task("", baseline, assignment, room, trace=trace) for trace in (False, True)]
    outcomes = {outcome.task.trace: outcome for outcome in pool.outcomes(tasks, min(jobs, 2))}
    right = outcomes[False].result
    if right is None or any(case.score != case.max_score for case in right.cases):
        return {}
    if outcomes[True].result is None:
        return {}
    ran = {case: reach.ran(trace, sources) for case, trace in outcomes[True].traces.items()}
    checks = [path for folder in room.checks for path in folder.glob("test_*.py")]
    always = reach.readers(checks) | {case.case for case in right.cases if case.case not in ran}
    found = {}
    for row in rows:
        says = row.candidate.says
        if says is None:
            continue
        file = f"{says.module or assignment.module}.py"
        changed = reach.touched(sources[file], says.text, assignment.allowed_imports)
        if changed is None:
            continue
        names = {f"{file}:{name}" for name in changed}
        # What no trace has seen may have been missed.
        if not names <= set().union(*ran.values()):
            continue
        key = f"{row.candidate.kind}/{row.candidate.name}"
        found[key] = {
            case.case: case
            for case in right.cases
            if case.case not in always and not names & ran[case.case]
        }
    return found


def _compare(row: Row, first: SubmissionResult, second: SubmissionResult) -> None:
    """The same submission, graded again, must come out the same."""
    changed = [
        a.case
        for a, b in zip(first.cases, second.cases, strict=True)
        if (a.verdict, a.score) != (b.verdict, b.score)
    ]
    if changed:
        _tell(row, f"came out differently the second time in {_named(changed)}")
