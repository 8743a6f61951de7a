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
import tempfile
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path

from autograder import equivalence, facts, grade, mutants, pool, recognise, replay, untouched
from autograder.candidates import ODD_ANSWERS, Candidate, candidates
from autograder.exam import Report, Row, conserved, named
from autograder.feedback import judged, without
from autograder.model import Assignment, CaseResult, SubmissionResult, Verdict
from autograder.prints import Prints
from autograder.sandbox import Sandbox

AGAIN = ("reference", "handout", "variant", "misconception")
"""Kinds that are graded a second time."""
FOLLOWED = ("none", "pair")
"""Odd answers that are tried with stand-ins, too; the others would show the same more slowly."""
REFERENCE = "reference/reference"


# Judging ---------------------------------------------------------------------


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
        _tell(row, f"must have full marks but loses {named(row.lost)}; "
                   f"see: autograder grade {assignment.name} {row.candidate.source}")  # fmt: skip
    if kind == "handout":
        wrong = [c.case for c in result.cases if c.verdict is not Verdict.NOT_IMPLEMENTED]
        if wrong or result.score:
            _tell(row, f"must score 0 with every case not_implemented, but {named(wrong)} "
                       "came out otherwise; the check must call the function")  # fmt: skip
    if kind == "odd":
        kept = [c.case for c in result.cases if c.score]
        if kept:
            _tell(row, f"functions that return {ODD_ANSWERS[row.candidate.name]} keep points in "
                       f"{named(kept)}; judge the answer there")  # fmt: skip
    if kind == "misconception" and says is not None:
        known = {case.name for case in assignment.cases}
        for name in (*says.loses, *says.may_lose):
            if name not in known:
                _tell(row, f"names a case {name} that the config does not have; correct the name")
        if not says.loses:
            _tell(row, "names no case that it loses; add `loses: [case]` to its docstring")
        survived = [name for name in says.loses if name in known and name not in row.lost]
        if survived:
            _tell(row, f"survives {named(survived)}, which it must lose")
        extra = [n for n in row.lost if n not in says.loses and n not in says.may_lose]
        if extra:
            _tell(row, f"also loses {named(extra)}; make those checks independent of it, "
                       "or name them in may_lose")  # fmt: skip


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
    with (
        tempfile.TemporaryDirectory(prefix="autograder-verify-") as temporary,
        pool.opened(jobs) as graded,
    ):
        rows = {
            f"{c.kind}/{c.name}": Row(c)
            for c in candidates(assignment, root, Path(temporary), extra)
            if only(c)
        }
        narrow = {key for key, row in rows.items() if row.candidate.says and not whole}
        again = {key for key, row in rows.items() if rounds > 1 and row.candidate.kind in AGAIN}
        base = untouched.tasks(assignment, root, Path(temporary) / "baseline") if narrow else []
        looks = _Looks(assignment, root, rows, base, narrow, again, thorough=thorough)
        step = progress(len(rows) + len(again)) if progress else lambda: None
        for outcome in graded(looks.agenda):
            if looks.take(outcome):
                step()
        report = Report(assignment, list(rows.values()), found)
        survivors = [row for row in report.of("mutant") if row.score is not None and not row.lost]
        if survivors:
            _decide(survivors, assignment, room)
    if report.whole:
        report.book = _book(report, grade.book_key(assignment, room))
        _rate(report, report.book)
    report.seconds = time.monotonic() - started
    return report


class _Looks:
    """Which gradings there are to do, and what follows from each.

    All are done in one go: what has to wait for another's outcome joins when that is there.
    """

    def __init__(
        self,
        assignment: Assignment,
        root: Path,
        rows: Mapping[str, Row],
        base: Sequence[pool.Task],
        narrow: Collection[str],
        again: Collection[str],
        *,
        thorough: bool,
    ) -> None:
        self._assignment, self._root, self._rows = assignment, root, rows
        self._again, self._thorough = again, thorough
        # What takes longest first, so that no process is the last for long.
        self._narrow = sorted(narrow, key=lambda key: rows[key].candidate.kind != "variant")
        self._basis = (REFERENCE if REFERENCE in rows else untouched.PLAIN, untouched.TRACED)
        self._known: dict[str, pool.Outcome] = {}
        self._looked: set[str] = set()
        room = grade.course_room(root, assignment)
        alone = dataclasses.replace(assignment, follow_through=0.0)
        self._tasks = {
            key: pool.Task(
                key,
                row.candidate.path,
                alone if _is_plainly_odd(row.candidate) else assignment,
                room,
            )
            for key, row in rows.items()
        }
        wide = [task for key, task in self._tasks.items() if key not in narrow]
        first = [task for task in base if task.name in self._basis]
        self.agenda = pool.Agenda([*first, *wide])

    def take(self, outcome: pool.Outcome) -> bool:
        """Judge what was graded and say what is to be done next; whether it is a candidate's."""
        key = outcome.task.name
        if self._narrow and key in self._basis and key not in self._known:
            self._known[key] = outcome
            if len(self._known) == len(self._basis):
                self._begin_narrow()
        if key not in self._rows:
            return False
        row = self._rows[key]
        if key in self._looked:
            _second_look(row, outcome)
            return True
        self._looked.add(key)
        _first_look(row, outcome)
        if key in self._again and row.result is not None:
            task = self._tasks[key]
            settled = {} if self._thorough else _settled(row, self._assignment)
            self.agenda.add(dataclasses.replace(task, assumed={**settled, **task.assumed}))
        return True

    def _begin_narrow(self) -> None:
        """Have those graded that change little, without the cases that cannot see it."""
        plain, traced = (self._known[name] for name in self._basis)
        changed = [self._rows[key].candidate for key in self._narrow]
        known = untouched.results(changed, self._assignment, self._root, plain, traced)
        for key in self._narrow:
            results = known.get(key, {})
            self._rows[key].unseen = frozenset(results)
            self._tasks[key] = dataclasses.replace(self._tasks[key], assumed=results)
            self.agenda.add(self._tasks[key])


def _first_look(row: Row, outcome: pool.Outcome) -> None:
    """Judge a candidate's result."""
    if outcome.result is None:
        _tell(row, f"could not be graded: {outcome.problem.strip()}")
        return
    row.result, row.answers = outcome.result, outcome.answers
    _judge(row, outcome.result, outcome.task.assignment)


def _second_look(row: Row, outcome: pool.Outcome) -> None:
    """A candidate that was graded again must come out as before."""
    if outcome.result is None or row.result is None:
        _tell(row, f"could not be graded again: {outcome.problem.strip()}")
        return
    _compare(row, row.result, outcome.result)
    row.answers = _steady(row.answers, outcome.answers)


def _is_plainly_odd(candidate: Candidate) -> bool:
    return candidate.kind == "odd" and candidate.name not in FOLLOWED


def _settled(row: Row, assignment: Assignment) -> Mapping[str, CaseResult]:
    """Results that need not be found again: of a misconception, those that it keeps, and those that
    it keeps thanks to stand-ins where its answers are not in the book; of a variant those that
    measure neither time nor memory. With the same seed, all else repeats itself, or does not for
    the reference, which is graded again whole.
    """
    result, kind, says = row.result, row.candidate.kind, row.candidate.says
    if result is None or kind not in ("misconception", "variant"):
        return {}
    if kind == "misconception":
        kept = (*says.loses, *says.may_lose) if says is not None else ()
        return {
            c.case: c
            for c in result.cases
            if c.score == c.max_score and not (c.stood_in and c.case in kept)
        }
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


def _compare(row: Row, first: SubmissionResult, second: SubmissionResult) -> None:
    """The same submission, graded again, must come out the same."""
    changed = [
        a.case
        for a, b in zip(first.cases, second.cases, strict=True)
        if (a.verdict, a.score) != (b.verdict, b.score)
    ]
    if changed:
        _tell(row, f"came out differently the second time in {named(changed)}")
