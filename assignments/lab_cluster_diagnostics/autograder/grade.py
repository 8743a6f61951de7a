"""One submission to results: stage it, try its imports, run the checks, gather.

Works for the whole grader and for a student's own check alike; what differs
is which checks there are and whether there is a reference solution. Formats
nothing and gives no points: those are ``report``'s and ``plugin``'s.
"""

from __future__ import annotations

import contextlib
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from autograder import follow, recognise, runner
from autograder import submission as submissions
from autograder.bench import Bench, StandIn
from autograder.entries import Part
from autograder.model import (
    Assignment,
    Case,
    CaseResult,
    SubmissionResult,
    Usage,
    Verdict,
    Waiting,
)
from autograder.plugin import WITHHELD, Plugin
from autograder.prints import Prints
from autograder.proxy import Submission
from autograder.rules import Source
from autograder.sandbox import Sandbox
from autograder.session import CallFailed
from autograder.standins import Reference
from autograder.visible import UNOPENED


@dataclass(frozen=True)
class Room:
    """Where one assignment's parts lie: the course's root, or a handout."""

    checks: tuple[Path, ...]
    data: Path
    given: Path
    """Folder that holds the files supplied by the grader."""
    reference: Path | None = None


def course_room(root: Path, assignment: Assignment) -> Room:
    """The room of an assignment in a course's root folder."""
    solution = root / "solutions" / assignment.name
    checks = (solution / "checks" / "public", solution / "checks" / "hidden")
    return Room(checks, root / "data", solution, solution)


def handout_room(root: Path) -> Room:
    """The room of a handout: public checks only, and no reference."""
    return Room((root / "checks" / "public",), root / "data", root)


@contextlib.contextmanager
def prepared(
    assignment: Assignment, room: Room, path: Path | Sequence[Part], sandbox: Sandbox
) -> Iterator[tuple[Bench, list[str]]]:
    """A bench with ``path`` staged and its imports tried; notices for the student.

    Raises ``submission.SubmissionError`` for a submission that cannot be opened.
    """
    with contextlib.ExitStack() as rooms:
        # Each in a room of its own: a worker may learn where its submission lies.
        temporary, apart = (
            rooms.enter_context(tempfile.TemporaryDirectory(prefix="autograder-")) for _ in "12"
        )
        staged = Path(temporary) / "submission"
        staged.mkdir()
        notices = submissions.collect(path, assignment, staged)
        for name in assignment.given:
            shutil.copyfile(room.given / name, staged / name)
        reference = None
        if room.reference is not None:
            reference = Path(apart) / "reference"
            reference.mkdir()
            for name in (*assignment.files, *assignment.given):
                shutil.copyfile(room.reference / name, reference / name)
        modules = assignment.modules
        bench = Bench(
            assignment, sandbox, staged, Source.read(staged, modules), room.data, reference
        )
        failures = _try_imports(bench, modules)
        notices += [
            f"{module}.py could not be imported, so its cases cannot pass: "
            f"{failure.message}{_on_new_lines(failure.detail)}"
            for module, failure in failures.items()
            if failure.verdict is not Verdict.NOT_IMPLEMENTED
        ]
        yield replace(bench, failures={m: _short(m, f) for m, f in failures.items()}), notices


def _compile(bench: Bench, worker: Submission) -> bool:
    """Put bytecode beside the staged sources, so that not every case compiles them again.

    ``worker`` has run nothing of the submission yet. The compiler may crash on
    an odd source: then the source is simply compiled later, in another worker.
    """
    try:
        for file in bench.submission.glob("*.py"):
            # Where workers look for it, whatever PYTHONPYCACHEPREFIX says on our side.
            cached = file.parent / "__pycache__" / f"{file.stem}.{sys.implementation.cache_tag}.pyc"
            cached.parent.mkdir(exist_ok=True)
            cached.write_bytes(worker.bytecode(file.name))
    except CallFailed:
        return False
    return True


def _on_new_lines(detail: str) -> str:
    return f"\n{detail}" if detail else ""


def _short(module: str, failure: CallFailed) -> CallFailed:
    """What each case says of an import that failed: the reason is told once, at the top."""
    if failure.verdict is Verdict.NOT_IMPLEMENTED:
        return failure
    text = f"{module}.py could not be imported; the reason is told once, at the top."
    return CallFailed(failure.verdict, text)


def _trial(bench: Bench, module: str) -> Submission:
    limits = bench.assignment.limits
    return Submission(lambda: bench.sandbox.start(bench.submission, limits), module)


def _try_imports(bench: Bench, modules: Sequence[str]) -> dict[str, CallFailed]:
    """Import each submitted module once; those that fail, and why."""
    failures: dict[str, CallFailed] = {}
    compiled = bench.sandbox.mode != "fork"
    for module in modules:
        if not (bench.submission / f"{module}.py").is_file():
            text = f"{module}.py was not handed in."
            failures[module] = CallFailed(Verdict.NOT_IMPLEMENTED, text)
            continue
        trial = _trial(bench, module)
        if not compiled:
            if not _compile(bench, trial):
                trial.end()
                trial = _trial(bench, module)
            compiled = True
        try:
            trial.load(module)
        except CallFailed as failure:
            if failure.verdict is Verdict.NOT_IMPLEMENTED:
                failure = CallFailed(
                    Verdict.RUN_TIME_ERROR,
                    "importing it calls a function that is not written yet. "
                    f"{failure.message} Remove the call, or write the function first.",
                )
            failures[module] = failure
        finally:
            trial.end()
    return failures


def judge(
    bench: Bench,
    checks: Sequence[Path],
    name: str,
    notices: list[str],
    on_case: Callable[[CaseResult], None] | None = None,
) -> SubmissionResult:
    """Run ``checks`` on a prepared bench and gather the results of every case.

    ``on_case`` is told of each result as soon as it is there. Cases that fail because of another
    function are run again (``follow``) where there is a reference, and told so where there is none.
    """
    result = _judge(bench, checks, name, notices, on_case)
    # By case: a bonus may bring the sum to full marks whatever was lost.
    if not any(follow.is_lost(case) for case in result.cases):
        return result
    if bench.reference is None:
        return follow.announced(result, bench.assignment, bench.source)
    folder = bench.reference
    spent = result.usage.wall_s
    reference = Reference({
        path.stem: path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.py"))
    })  # fmt: skip

    def rerun(todo: follow.StandIns) -> dict[str, CaseResult]:
        standins = {
            case: tuple(
                StandIn(module, path, reference.attributes(f"{module}:{path}") or ())
                for module, _, path in (name.partition(":") for name in functions)
            )
            for case, functions in todo.items()
        }
        known = {case.case: case for case in result.cases if case.case not in todo}
        nonlocal spent
        again = replace(
            bench,
            assumed=known,
            standins=standins,
            spent=spent,
            answers={},
            traces=None,
            strains=None,
        )
        judged = _judge(again, checks, name, notices)
        spent += sum(case.usage.wall_s for case in judged.cases if case.case in todo)
        return {case.case: case for case in judged.cases if case.case in todo}

    followed = follow.through(result, bench.assignment, bench.source, reference, rerun)
    for before, after in zip(result.cases, followed.cases, strict=True):
        if on_case is not None and after is not before:
            on_case(after)
    return followed


def _judge(
    bench: Bench,
    checks: Sequence[Path],
    name: str,
    notices: list[str],
    on_case: Callable[[CaseResult], None] | None = None,
) -> SubmissionResult:
    plugin = Plugin(bench, on_case)
    there = [path for path in checks if path.is_dir()]
    said = runner.run(there, plugin, bench.sandbox.bytecode)
    assignment = bench.assignment
    cases = tuple(
        plugin.results.get(case.name) or _lost(assignment, case.name, said, plugin)
        for case in assignment.cases
    )
    cpu = [c.usage.cpu_s for c in cases if c.usage.cpu_s is not None]
    peaks = [c.usage.peak_mb for c in cases if c.usage.peak_mb is not None]
    wall = sum(c.usage.wall_s for c in cases)
    return SubmissionResult(
        assignment=assignment.name,
        title=assignment.title,
        submission=name,
        cases=cases,
        questions=assignment.questions,
        notices=tuple(notices),
        waiting=_waiting(assignment),
        layers=bench.sandbox.layers,
        promise=bench.sandbox.promise,
        seed=assignment.seed,
        usage=Usage(wall, sum(cpu) if cpu else None, max(peaks) if peaks else None),
        hidden_cases=assignment.hidden_cases,
        leaderboard=assignment.leaderboard,
    )


def grade(
    assignment: Assignment,
    room: Room,
    path: Path | Sequence[Part],
    sandbox: Sandbox,
    name: str | None = None,
    *,
    assumed: Mapping[str, CaseResult] | None = None,
    traces: dict[str, frozenset[tuple[str, int]]] | None = None,
    answers: dict[str, Prints] | None = None,
    strains: dict[str, float] | None = None,
    columns_first: bool = False,
    book: recognise.Book | None = None,
) -> SubmissionResult:
    """Grade the submission at ``path`` (folder, zip or single file), or that of several files.

    ``assumed`` are results of cases that need not be run; they count only when
    the submission can be imported. ``traces`` is filled, for each case, with
    the functions that it ran, ``answers`` with prints of what it answered in
    each case that came out wrong, ``strains`` with the share of its tolerance
    that each case used. Known mistakes in ``book`` are told. Raises
    ``submission.SubmissionError`` for one that cannot be opened and
    ``session.SandboxError`` when no worker can be had.
    """
    with prepared(assignment, room, path, sandbox) as (bench, notices):
        before = assumed if assumed and not bench.failures else {}
        bench = replace(
            bench, assumed=before, traces=traces, strains=strains, columns_first=columns_first
        )
        if answers is not None:
            bench = replace(bench, answers=answers)
        result = judge(bench, room.checks, name or _named(path), notices)
        return recognise.told(result, bench.answers, book) if book is not None else result


def _named(path: Path | Sequence[Part]) -> str:
    return path.stem if isinstance(path, Path) else ", ".join(part.name for part in path)


def known(assignment: Assignment, room: Room) -> recognise.Book | None:
    """The book of known mistakes; None where there is none that fits the checks as they are."""
    home = room.reference
    return recognise.load(home / recognise.NAME, book_key(assignment, room)) if home else None


def book_key(assignment: Assignment, room: Room) -> str:
    """What answers depend on, as a digest. Raises ValueError in a handout, which has no book."""
    home = room.reference
    if home is None:
        raise ValueError("a handout has no reference solution")
    files = [home / name for name in (*assignment.files, *assignment.given)]
    return recognise.key(assignment, files, home, room.checks)


def _lost(assignment: Assignment, name: str, said: str, plugin: Plugin) -> CaseResult:
    """A case that was never judged: its check is missing or its file is broken."""
    reasons = "\n".join(plugin.collection_errors) or said
    case = next(case for case in assignment.cases if case.name == name)
    note = f"No check test_{name} ran.\n{reasons}"[:6000]
    return _unrun(assignment, case, Verdict.JUDGE_ERROR, WITHHELD, note)


def _unrun(
    assignment: Assignment, case: Case, verdict: Verdict, message: str, note: str = ""
) -> CaseResult:
    question = assignment.question_of(case)
    return CaseResult(
        case=case.name,
        question=question.key,
        title=case.name.replace("_", " "),
        function=(case.functions or question.functions or ("",))[0],
        verdict=verdict,
        score=None if verdict is Verdict.JUDGE_ERROR else 0.0,
        max_score=case.points,
        visibility=case.visibility,
        message=message,
        staff_note=note,
        seed=assignment.seed_of(case),
        bonus=question.bonus,
    )


def not_run(assignment: Assignment, name: str, problem: str, *, ours: bool) -> SubmissionResult:
    """The result of a submission that could not be opened, or whose grading broke off.

    Where the fault is ``ours``, every score is withheld.
    """
    verdict = Verdict.JUDGE_ERROR if ours else Verdict.NOT_IMPLEMENTED
    message = WITHHELD if ours else UNOPENED
    note = problem if ours else ""
    return SubmissionResult(
        assignment=assignment.name,
        title=assignment.title,
        submission=name,
        cases=tuple(_unrun(assignment, c, verdict, message, note) for c in assignment.cases),
        questions=assignment.questions,
        notices=() if ours else (problem,),
        waiting=_waiting(assignment),
        seed=assignment.seed,
    )


def _waiting(assignment: Assignment) -> tuple[Waiting, ...]:
    return tuple(Waiting(q.key, q.title, q.points) for q in assignment.questions if q.written)
