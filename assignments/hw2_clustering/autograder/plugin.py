"""The pytest plugin: outcome and config entry to a case result.

The only place where points are given. Functions stand in pytest's hook order.
A ``Plugin`` is registered by hand: by ``grade``, and by ``check`` where a
student runs plain ``pytest`` in a handout.
"""

from __future__ import annotations

import contextlib
import dataclasses
import inspect
import math
import traceback
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from autograder import amounts, compare, prints
from autograder import budget as budgets
from autograder import growth as growths
from autograder import stability as sweeping
from autograder.answers import Mismatch
from autograder.asked import Call
from autograder.bench import Bench, Parts, StandIn
from autograder.digits import Sweep
from autograder.model import (
    Case,
    CaseResult,
    Curve,
    Figure,
    Panel,
    Picture,
    Usage,
    Verdict,
)
from autograder.once import Once
from autograder.proxy import Submission
from autograder.rehearsal import Rehearsal
from autograder.rules import Source
from autograder.session import CallFailed, ReferenceFailed, SandboxError

WITHHELD = (
    "The grader failed on this case. The fault is not yours: no points are lost, "
    "and staff have been told."
)
MAX_PANEL_SIDE = 1024


def sentence(function: Any) -> str:
    """The rule that a check states: its docstring's first paragraph, on one line."""
    text = inspect.getdoc(function) or ""
    return " ".join(text.split("\n\n")[0].split())


@dataclass
class _Run:
    """What one case has used so far."""

    case: Case
    seed: int
    parts: Parts = field(default_factory=Parts)
    student: Submission | None = None
    pictures: list[Picture] = field(default_factory=list)
    curves: list[Curve] = field(default_factory=list)
    figures: dict[str, float] = field(default_factory=dict)
    rehearsal: Rehearsal | None = None
    with_reference: bool = False
    """The reference's worker has begun this case."""


class Plugin:
    """Runs an assignment's checks on one submission and collects ``results``.

    ``on_case`` is told of each of them at once.
    """

    def __init__(self, bench: Bench, on_case: Callable[[CaseResult], None] | None = None) -> None:
        self.bench = bench
        self.on_case = on_case
        self.assignment = bench.assignment
        self.results: dict[str, CaseResult] = dict(bench.assumed)
        self.strangers: list[str] = []
        """Checks that have no case in the config."""
        self.collection_errors: list[str] = []
        self._cases = {case.name: case for case in bench.assignment.cases}
        self._runs: dict[str, _Run] = {}
        self._reference: Submission | None = None
        self._wall = bench.spent

    # Collection

    def pytest_collectreport(self, report: Any) -> None:
        """A check file that does not import is our fault; remember it for staff."""
        if report.failed:
            self.collection_errors.append(f"{report.nodeid}: {report.longreprtext}")

    def pytest_collection_modifyitems(self, config: Any, items: list[Any]) -> None:
        """Keep the checks that are cases, in the config's order."""
        found = {item.name.removeprefix("test_"): item for item in items}
        self.strangers = [name for name in found if name not in self._cases]
        todo = self._cases.keys() - self.bench.assumed.keys()
        items[:] = [found[name] for name in self._cases if name in found and name in todo]

    # Running

    def pytest_runtest_setup(self, item: Any) -> None:
        """Refuse what is forfeited or out of time, before anything runs."""
        case = self._cases[item.name.removeprefix("test_")]
        self._runs[item.name] = _Run(case, self.assignment.seed_of(case))
        limit = self.assignment.limits.submission_seconds
        if self._wall > limit:
            raise CallFailed(
                Verdict.TIME_LIMIT_EXCEEDED,
                f"Not run: the cases before this one used up the {limit:g} s of a submission.",
            )
        question = self.assignment.question_of(case)
        module = self.assignment.module_of(question)
        for function in question.functions:
            uses = self.bench.source.forbidden(
                f"{module}:{function}", self.assignment.allowed_imports, self.assignment.qualified
            )
            if uses:
                use = uses[0]
                raise CallFailed(
                    Verdict.WRONG_ANSWER,
                    f"{function} uses {use.module} ({use.file} line {use.line}), which this "
                    f"assignment does not allow: question {question.key} is forfeited.",
                    hint="Allowed: " + ", ".join(self.assignment.allowed_imports) + ".",
                )
        self._refuse_without(case)

    def _refuse_without(self, case: Case) -> None:
        """A wrong answer earns nothing for being fast, or for leaving its input alone."""
        needed = self.results.get(case.requires or "")
        if needed is not None and needed.score is None:
            raise RuntimeError(f"the case that it requires, {needed.case}, is withheld")
        if needed is not None and needed.score == 0 and not self._failed_import(case):
            stub = needed.verdict is Verdict.NOT_IMPLEMENTED
            raise CallFailed(
                Verdict.NOT_IMPLEMENTED if stub else Verdict.WRONG_ANSWER,
                f"Not run: it counts only with points for \u201c{needed.title}\u201d",
                hint="Mend that case first.",
            )

    def _module(self, case: Case) -> str:
        return self.assignment.module_of(self.assignment.question_of(case))

    def _failed_import(self, case: Case) -> bool:
        """Whether the case's module does not import: then it says that and nothing else."""
        return self._module(case) in self.bench.failures

    # Fixtures

    def _run(self, request: Any) -> _Run:
        return self._runs[request.node.name]

    @pytest.fixture
    def student(self, request: Any) -> Submission:
        """The submission, by call, in a worker of its own."""
        run = self._run(request)
        run.student = Submission(
            lambda: self.bench.sandbox.start(self.bench.submission, self.assignment.limits),
            self._module(run.case),
            failures=self.bench.failures,
            seed=run.seed,
            names=self.assignment.functions,
            columns_first=self.bench.columns_first,
        )
        student = run.student
        run.parts.last_call = lambda: student.last_call
        if self.bench.traces is not None and not self._failed_import(run.case):
            run.student.note_calls()
        for standin in self.bench.standins.get(run.case.name, ()):
            self._stand_in(run, run.student, standin)
        if self.bench.steps is not None:
            self.bench.steps[run.case.name] = run.student.note_steps()
        return run.student

    def _stand_in(self, run: _Run, student: Submission, standin: StandIn) -> None:
        """Let the reference answer for one of the student's functions in this case."""
        if standin.module in self.bench.failures:
            return
        reference = self._references(run)

        def answer(*args: Any, **kwargs: Any) -> Any:
            owner: dict[str, Any] = {}
            if standin.attributes:
                owner = {k: v for k, v in vars(args[0]).items() if v is not None}
                args = args[1:]
            return reference.call_on(standin.module, standin.path, owner, args, kwargs)

        def slope(at: int, names: Sequence[str], *values: Any) -> Any:
            return reference.slope_of(standin.module, standin.path, at, names, values)

        followed = "autograd" in self.assignment.allowed_imports and "." not in standin.path
        student.replace(
            standin.path,
            answer,
            standin.module,
            standin.attributes,
            slope if followed else None,
        )

    @pytest.fixture
    def reference(self, request: Any) -> Submission:
        """The reference solution, by call, in another worker, the same for all cases."""
        return self._references(self._run(request))

    def _references(self, run: _Run) -> Submission:
        if self._reference is None or not self._reference.reusable:
            self._end_reference()
            self._reference = self._new_reference(self.assignment.module)
        if not run.with_reference:
            run.with_reference = True
            self._reference.begin_case(run.seed, self._module(run.case))
        return self._reference

    def _new_reference(self, module: str, seed: int = 0) -> Submission:
        folder = self.bench.reference
        if folder is None:
            raise RuntimeError("a handout has no reference solution: this check must be hidden")
        own = self.assignment.limits
        limits = dataclasses.replace(
            own, case_seconds=own.submission_seconds, cpu_seconds=own.submission_seconds
        )
        return Submission(
            lambda: self.bench.sandbox.start(folder, limits), module, seed=seed, ours=True
        )

    @pytest.fixture
    def rng(self, request: Any) -> np.random.Generator:
        """A generator seeded from the assignment's seed and the case's name."""
        return np.random.default_rng(self._run(request).seed)

    @pytest.fixture
    def once(self, request: Any) -> Once:
        """Computes what depends on the reference alone for the first submission only."""
        run = self._run(request)
        return Once(request.path, self.bench.reference, self.bench.data, run.case.name, run.seed)

    @pytest.fixture
    def tolerance(self, request: Any) -> dict[str, float]:
        """The case's ``rtol`` and ``atol`` from the config."""
        chosen = self._run(request).case.tolerance
        return {"rtol": chosen.rtol, "atol": chosen.atol}

    @pytest.fixture
    def part(self, request: Any) -> Parts:
        """``with part(share, what):`` gives a share of the case's points."""
        return self._run(request).parts

    @pytest.fixture
    def source(self, request: Any) -> Source:
        """The submission's source, read and not run."""
        return self.bench.source.of(self._module(self._run(request).case))

    @pytest.fixture
    def data(self) -> Path:
        """The data folder."""
        return self.bench.data

    @pytest.fixture
    def notebook(self, request: Any) -> Rehearsal:
        """``notebook.run()`` runs the notebook that was handed in from top to bottom."""
        run = self._run(request)

        def started(worker: Submission) -> None:
            run.student = worker

        run.rehearsal = Rehearsal(
            self.assignment, self.bench.sandbox, self.bench.submission, self.bench.data, started
        )
        return run.rehearsal

    @pytest.fixture
    def picture(self, request: Any) -> Callable[[str, Mapping[str, Any]], None]:
        """``picture(caption, {label: image})`` puts images into the report."""
        run = self._run(request)

        def add(caption: str, images: Mapping[str, Any]) -> None:
            run.pictures.append(Picture(caption, tuple(_panel(k, v) for k, v in images.items())))

        return add

    @pytest.fixture
    def figure(self, request: Any) -> Callable[[str, float], None]:
        """``figure(key, value)`` reports a number for the leaderboard, worked out on our side."""
        run = self._run(request)
        wanted = self._ranked_by(run.case)

        def add(key: str, value: float) -> None:
            if key not in wanted:
                there = ", ".join(wanted) or "none"
                raise RuntimeError(f"the leaderboard has no figure {key} of this case, but {there}")
            number = float(value)
            if not math.isfinite(number):
                raise ValueError(f"the figure {key} is {number}: judge the answer first")
            run.figures[key] = number

        return add

    def _ranked_by(self, case: Case) -> tuple[str, ...]:
        """Figures that the leaderboard wants of a case."""
        board = self.assignment.leaderboard
        here = board is not None and board.case == case.name
        return tuple(f.key for f in board.figures) if board is not None and here else ()

    @pytest.fixture
    def budget(self, request: Any, student: Submission) -> Iterator[Callable[..., float]]:
        """``budget("function", *args)`` fails when the submission is too slow."""
        run = self._run(request)
        case, limit = run.case, run.case.budget
        if limit is None:
            raise RuntimeError("this case has no `budget:` in the config")
        # As fresh as the student's: one that has run other cases has its memory touched already.
        twin = self._new_reference(self._module(case), run.seed)

        def judge(
            function: str, *args: Any, make: Callable[[Submission], Any] | None = None
        ) -> float:
            call = budgets.Call(function, args, make)
            return budgets.judge(student, twin, call, limit, case.memory, run.seed).best

        yield judge
        twin.end()

    @pytest.fixture
    def growth(self, request: Any, student: Submission) -> Callable[..., None]:
        """``growth("function", at, first)`` fails when time or memory grow too fast with size."""
        run = self._run(request)
        time, memory = run.case.time_growth, run.case.memory_growth
        if time is None and memory is None:
            raise RuntimeError("this case has no `time_growth:` or `memory_growth:` in the config")

        def judge(
            function: str, at: Callable[[int], tuple[Any, ...]], first: int, **more: Any
        ) -> None:
            growing = growths.Growing(function, at, first, **more)
            growths.judge(student, growing, time, memory, run.seed)

        return judge

    @pytest.hookimpl(hookwrapper=True)
    def pytest_runtest_call(self, item: Any) -> Generator[None, Any, None]:
        """Watch how much of their tolerances comparisons use, where somebody asks."""
        with compare.watched() as found:
            yield
        if self.bench.strains is not None and found:
            self.bench.strains[item.name.removeprefix("test_")] = max(found)

    @pytest.fixture
    def stability(
        self, request: Any, student: Submission, reference: Submission
    ) -> Callable[..., None]:
        """``stability(sweeps, call)`` gives points by the digits that are kept under conditions."""
        run = self._run(request)
        asked = run.case.digits
        if asked is None:
            raise RuntimeError("this case has no `digits:` in the config")

        def judge(
            sweeps: Sequence[Sweep], call: sweeping.Call, *, hint: str = "", **options: Any
        ) -> None:
            swept = [sweeping.run(s, student, reference, call, asked, **options) for s in sweeps]
            run.curves += [one.curve for one in swept]
            met, of = sum(one.met for one in swept), sum(one.of for one in swept)
            failure = sweeping.failure(swept, hint)
            run.parts.count(met / of, f"{of - met} of {of} conditions", failure)

        return judge

    # Reporting

    def _end_reference(self) -> None:
        if self._reference is not None:
            self._reference.end()

    def pytest_sessionfinish(self) -> None:
        """End every worker that is left: the reference's and, after Ctrl-C, a case's."""
        self._end_reference()
        for run in self._runs.values():
            self._finish(run)

    @pytest.hookimpl(hookwrapper=True)
    def pytest_runtest_makereport(self, item: Any, call: Any) -> Generator[None, Any, None]:
        """Turn what happened into a case result, and pytest's text into ours."""
        outcome = yield
        report = outcome.get_result()
        if (call.when == "setup" and call.excinfo is None) or call.when == "teardown":
            return
        run = self._runs.pop(item.name)
        error = call.excinfo.value if call.excinfo is not None else None
        usage, said = Usage(), ""
        try:
            usage, said = self._finish(run)
        except SandboxError as failure:
            error = failure
        if isinstance(error, ReferenceFailed) and run.student is not None:
            error = run.student.blame or error
        result = self._judge(run, error, sentence(item.function), usage, said)
        self.results[run.case.name] = result
        if result.verdict in (Verdict.WRONG_ANSWER, Verdict.PARTIALLY_ACCEPTED) and run.student:
            self.bench.answers[run.case.name] = prints.case(run.student.answers)
        if self.on_case is not None:
            self.on_case(result)
        if result.verdict is not Verdict.ACCEPTED:
            report.outcome = "failed"
            words = (result.title, result.message, result.detail, result.hint)
            report.longrepr = "\n".join(filter(None, words))

    def _finish(self, run: _Run) -> tuple[Usage, str]:
        """End the case's worker; what it took and printed."""
        if run.student is None:
            return Usage(), ""
        if self.bench.traces is not None:
            with contextlib.suppress(CallFailed):
                self.bench.traces[run.case.name] = run.student.noted_calls()
        usage = run.student.end()
        self._wall += usage.wall_s
        return usage, run.student.printed

    def _judge(
        self, run: _Run, error: BaseException | None, title: str, usage: Usage, said: str
    ) -> CaseResult:
        case, parts = run.case, run.parts
        lacking = [key for key in self._ranked_by(case) if key not in run.figures]
        if error is None and not parts.failures and lacking:
            error = RuntimeError(f"the check passed and reported no figure {', '.join(lacking)}")
        failure = error or (parts.failures[0][1] if parts.failures else None)
        earned = parts.earned if parts.used else float(error is None)
        if error is None and parts.used and not parts.failures:
            earned = 1.0
        call, its_own = _call_behind(run, failure)
        verdict, message, detail, hint, note = _explain(failure)
        diagnosis = getattr(failure, "diagnosis", "")
        if failure is None and run.rehearsal is not None:
            message = run.rehearsal.note
        if 0 < earned < 1 and verdict is not Verdict.JUDGE_ERROR:
            verdict = Verdict.PARTIALLY_ACCEPTED
        if failure is not None and verdict is not Verdict.JUDGE_ERROR:
            missed = [what for what, _ in parts.failures]
            if missed and not self._failed_import(case):
                message = f"Not right: {', '.join(missed)}. {message}"
            # Of a function that is not written yet, what it was given says nothing; nor does the
            # last of many calls of a sweep.
            if call is not None and verdict is not Verdict.NOT_IMPLEMENTED and not run.curves:
                is_old = run.student is not None and run.student.repeats(call)
                more, kind = _of_the_call(failure, call, is_old, its_own=its_own)
                message, diagnosis = message + more, kind or diagnosis
                message += f"\nCalled {call.brief}."
                detail = f"{call.full}\n\n{detail}"
            if said.strip():
                detail += f"\nYour code printed:\n{said}"
        question = self.assignment.question_of(case)
        withheld = verdict is Verdict.JUDGE_ERROR
        return CaseResult(
            case=case.name,
            question=question.key,
            title=title,
            function=(case.functions or question.functions or ("",))[0],
            verdict=verdict,
            score=None if withheld else round(case.points * earned, 6),
            max_score=case.points,
            visibility=case.visibility,
            message=message,
            detail=detail.strip(),
            hint=hint,
            staff_note=note,
            seed=run.seed,
            usage=usage,
            pictures=tuple(run.pictures),
            curves=tuple(run.curves),
            differs=None if withheld else getattr(failure, "differs", None),
            figures=tuple(Figure(key, value) for key, value in run.figures.items()),
            bonus=question.bonus,
            diagnosis=diagnosis,
        )


def _call_behind(run: _Run, failure: BaseException | None) -> tuple[Call | None, bool]:
    """The call that a failure is about, and whether it gave the very answer that is wrong.

    Otherwise it is the one before the failure: a check may make something of several answers.
    """
    if run.student is None:
        return None, False
    off = getattr(failure, "off", None)
    gave = run.student.call_of(off.got) if off is not None else None
    if gave is not None:
        return gave, True
    first = run.parts.failures[0][1] if run.parts.failures else None
    return run.parts.call if failure is first is not None else run.student.last_call, False


def _of_the_call(
    failure: BaseException, call: Call, is_old: bool, *, its_own: bool
) -> tuple[str, str]:
    """What is known of a wrong answer only by the call that it answers, and one word for it."""
    if not isinstance(failure, Mismatch):
        return "", ""
    if is_old:
        return (
            " It is the very answer of an earlier call with other arguments: is something kept "
            "from one call to the next?"
        ), "old_answer"
    if failure.off is None or not its_own:
        return "", ""
    words, kind = amounts.named(failure.off, call, failure.diagnosis)
    if not words:
        return "", ""
    return f" What came back is {words}{'' if words.endswith('?') else '.'}", kind


def _explain(failure: BaseException | None) -> tuple[Verdict, str, str, str, str]:
    """Verdict, message, detail, hint and staff note of how a check ended."""
    if failure is None:
        return Verdict.ACCEPTED, "", "", "", ""
    if isinstance(failure, CallFailed):
        return failure.verdict, failure.message, failure.detail, failure.hint, ""
    if isinstance(failure, AssertionError):
        message = getattr(failure, "message", "")
        if message:
            detail, hint = getattr(failure, "detail", ""), getattr(failure, "hint", "")
            return Verdict.WRONG_ANSWER, message, detail, hint, ""
        return Verdict.WRONG_ANSWER, "The rule above does not hold.", str(failure), "", ""
    trace = "".join(traceback.format_exception(type(failure), failure, failure.__traceback__))
    return Verdict.JUDGE_ERROR, WITHHELD, "", "", trace[-6000:]


def _panel(label: str, image: Any) -> Panel:
    """An image of height x width x 3 (0 to 255) as a panel. Raises ValueError otherwise."""
    pixels = np.asarray(image)
    if pixels.ndim != 3 or pixels.shape[2] != 3 or 0 in pixels.shape:
        raise ValueError(f"a picture has the shape (height, width, 3), not {pixels.shape}")
    step = -(-max(pixels.shape[:2]) // MAX_PANEL_SIDE)
    pixels = np.clip(np.nan_to_num(pixels[::step, ::step].astype(float)), 0, 255)
    height, width = pixels.shape[:2]
    return Panel(label, width, height, pixels.round().astype(np.uint8).tobytes())
