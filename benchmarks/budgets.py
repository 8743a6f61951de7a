"""Do the time budgets hold on a machine that is overloaded threefold?

For every case with a ``budget`` in grading_config.yaml: the reference and every variant that
changes what the case runs (honest), and every misconception that loses the case by a Python loop
(naive), are judged over and over while three busy processes a core compete for the machine, a
third of them for its memory. A trial is the case's own check, on its own inputs, with sandboxed
workers and the judgement that students get; nothing is simulated. No honest trial may fail, no
naive one may pass.

    python benchmarks/budgets.py [--trials N] [--quick] [--idle] [--only CASE] [--resume]

``--trials`` is the number of honest trials and that of naive ones, in all, spread over the cases
evenly. Every trial is written to ``--out`` at once; ``--resume`` goes on where it ended.

Exit status: 0 when every verdict was right, 1 when one was not.
"""

from __future__ import annotations

import os

# Before numpy is imported: the BLAS libraries read these once. Workers have theirs set anyway.
for _name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[_name] = "1"

import argparse
import ast
import contextlib
import dataclasses
import importlib.util
import inspect
import json
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from tqdm import tqdm

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from autograder import budget as budgets
from autograder import config, grade, overlay, verify
from autograder.model import Assignment, Case, Limits, Verdict
from autograder.proxy import Submission
from autograder.sandbox import Sandbox
from autograder.session import CallFailed

HOGS_PER_CORE = 3
NAIVE = re.compile(r"loop|row_by_row|comprehension")
"""What the name of a misconception says that is a Python loop."""
TRIALS_A_WORKER = 10
"""Judgements before a worker is replaced by a fresh one: starting them is most of a fast trial."""
HOG = """
import os, sys
import numpy as np
parent, kind = int(sys.argv[1]), sys.argv[2]
big, number = np.zeros(8_000_000), 0
while os.getppid() == parent:  # whoever started it is gone: so is it
    if kind == "memory":
        big[:] = big + 1.0
    else:
        for number in range(1_000_000):
            pass
"""


@dataclass(frozen=True)
class Trial:
    """One verdict: the largest ratio of the case's calls, and the rounds of all of them."""

    case: str
    kind: str
    name: str
    failed: bool
    ratio: float | None
    rounds: int
    why: str = ""


@dataclass(frozen=True)
class Subject:
    """One submission of one case."""

    assignment: Assignment
    case: Case
    kind: str
    name: str
    folder: Path
    reference: Path
    check: Callable[..., None]


# --- who is judged ------------------------------------------------------------------------------


def _reached(names: set[str], main: Path) -> set[str]:
    """``file:function`` of ``names`` and of all that they mention in ``main`` and its imports."""
    files, todo_files = dict[str, ast.Module](), [main.name]
    while todo_files:
        file = todo_files.pop()
        if file not in files and (main.parent / file).is_file():
            files[file] = ast.parse((main.parent / file).read_text(encoding="utf-8"))
            for node in ast.walk(files[file]):
                if isinstance(node, ast.ImportFrom):
                    todo_files.append(f"{node.module}.py")
                elif isinstance(node, ast.Import):
                    todo_files += [f"{alias.name}.py" for alias in node.names]
    defined: dict[str, list[tuple[str, set[str]]]] = defaultdict(list)
    for file, tree in files.items():
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef):
                defined[node.name].append((file, _words(node)))
    todo, found = list(names), set[str]()
    while todo:
        name = todo.pop()
        for file, words in defined.pop(name, ()):
            found.add(f"{file}:{name}")
            todo += words
    return found


def _words(tree: ast.AST) -> set[str]:
    names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    return names | {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}


def _checks(folders: tuple[Path, ...]) -> dict[str, Callable[..., None]]:
    """The check of every case, by the case's name."""
    found = {}
    for folder in folders:
        for file in sorted(folder.glob("test_*.py")):
            spec = importlib.util.spec_from_file_location(f"{folder.parts[-3]}_{file.stem}", file)
            assert spec is not None
            assert spec.loader is not None
            module = importlib.util.module_from_spec(spec)
            spec.loader.exec_module(module)
            for name, value in vars(module).items():
                if name.startswith("test_"):
                    found[name.removeprefix("test_")] = value
    return found


def subjects(into: Path, only: str) -> list[Subject]:
    """Honest and naive submissions of every budgeted case."""
    found = []
    for assignment in config.load(ROOT / "grading_config.yaml").assignments:
        cases = [c for c in assignment.cases if c.budget is not None and only in c.name]
        if not cases:
            continue
        room = grade.course_room(ROOT, assignment)
        checks = _checks(room.checks)
        everybody = [
            _with_given(one, assignment, room, into)
            for one in verify.candidates(assignment, ROOT, into / assignment.name)
            if one.kind in ("reference", "variant", "misconception")
        ]
        by_kind = {
            kind: [one for one in everybody if one.kind == kind]
            for kind in ("reference", "variant", "misconception")
        }
        reference = by_kind["reference"][0].path
        for case in cases:
            functions = case.functions or assignment.question_of(case).functions
            module = assignment.module_of(assignment.question_of(case))
            names = {name.rpartition(".")[2] for name in functions}
            own = _reached(names, reference / f"{module}.py")
            honest = by_kind["reference"] + [
                one
                for one in by_kind["variant"]
                if one.says is None or _defines(one.says, assignment) & own
            ]
            naive = [
                one
                for one in by_kind["misconception"]
                if one.says and case.name in one.says.loses and NAIVE.search(one.name)
            ]
            found += [
                Subject(assignment, case, kind, one.name, one.path, reference, checks[case.name])
                for kind, those in (("honest", honest), ("naive", naive))
                for one in those
            ]
    return found


def _defines(says: overlay.Overlay, assignment: Assignment) -> set[str]:
    nodes = ast.walk(ast.parse(says.text))
    file = f"{says.module or assignment.module}.py"
    return {f"{file}:{node.name}" for node in nodes if isinstance(node, ast.FunctionDef)}


def _with_given(
    one: verify.Candidate, assignment: Assignment, room: grade.Room, into: Path
) -> verify.Candidate:
    """The candidate in a folder of ours, with the files that the grader supplies."""
    folder = into / "staged" / assignment.name / one.kind / one.name
    shutil.copytree(one.path, folder)
    for name in assignment.given:
        shutil.copyfile(room.given / name, folder / name)
    return dataclasses.replace(one, path=folder)


# --- one trial ----------------------------------------------------------------------------------


class Pair:
    """A student's worker and the reference's, for a few trials of one subject."""

    def __init__(self, subject: Subject, sandbox: Sandbox) -> None:
        self.subject = subject
        assignment, own = subject.assignment, subject.assignment.limits
        # One worker has the limits of so many cases; each trial is held to those of one.
        limits = dataclasses.replace(
            own,
            case_seconds=own.case_seconds * TRIALS_A_WORKER,
            cpu_seconds=own.cpu_seconds * TRIALS_A_WORKER,
        )
        roomy = Limits(call_seconds=600, case_seconds=36000, cpu_seconds=36000)
        roomy = dataclasses.replace(roomy, memory_mb=own.memory_mb, answer_mb=own.answer_mb)
        self.module = assignment.module_of(assignment.question_of(subject.case))
        self.seed = assignment.seed_of(subject.case)
        names = assignment.functions
        self.student = Submission(
            lambda: sandbox.start(subject.folder, limits), self.module, seed=self.seed, names=names
        )
        self.twin = Submission(
            lambda: sandbox.start(subject.reference, roomy), self.module, seed=self.seed, ours=True
        )
        self.trials = 0

    @property
    def fresh_enough(self) -> bool:
        return self.student.reusable and self.trials < TRIALS_A_WORKER

    def trial(self) -> Trial:
        """The case's check, once."""
        subject, rounds = self.subject, list[budgets.Rounds]()
        case, first = subject.case, self.trials == 0
        assert case.budget is not None
        limit, seed = case.budget, self.seed + self.trials
        self.trials += 1
        for side in (self.student, self.twin):
            side.begin_case(self.seed, self.module)

        def budget(function: str, *args: Any, make: Any = None) -> float:
            # As in budget.judge, but for the rounds of what is over.
            call = budgets.Call(function, args, make)
            if first and case.memory is not None:
                budgets.judge_memory(self.student, self.twin, call, case.memory)
            rounds.append(budgets.measure(self.student, self.twin, call, limit, seed))
            if rounds[-1].over(limit):
                raise CallFailed(Verdict.TIME_LIMIT_EXCEEDED, "over")
            return rounds[-1].best

        fixtures = {
            "budget": budget,
            "student": self.student,
            "reference": self.twin,
            "rng": np.random.default_rng(self.seed),
        }
        wanted = inspect.signature(subject.check).parameters
        started, why = time.monotonic(), ""
        try:
            subject.check(**{name: fixtures[name] for name in wanted})
        except (CallFailed, AssertionError) as failure:
            why = getattr(failure, "message", "") or str(failure)
        if not why and time.monotonic() - started > subject.assignment.limits.case_seconds:
            why = "the wall time of a case"
        return Trial(
            case.name,
            subject.kind,
            subject.name,
            bool(why),
            max((one.best for one in rounds), default=None),
            sum(len(one) for one in rounds),
            why,
        )

    def end(self) -> None:
        for side in (self.student, self.twin):
            side.end()


# --- the run ------------------------------------------------------------------------------------


@contextlib.contextmanager
def overload(wanted: bool) -> Iterator[int]:
    """Three busy processes a core, a third of them at work in memory; always ended."""
    count = HOGS_PER_CORE * (os.cpu_count() or 1) if wanted else 0
    hogs: list[subprocess.Popen[bytes]] = []
    try:
        for i in range(count):
            kind = "memory" if i % 3 == 0 else "time"
            command = [sys.executable, "-c", HOG, str(os.getpid()), kind]
            hogs.append(subprocess.Popen(command, start_new_session=True))
        yield count
    finally:
        for hog in hogs:
            hog.kill()
        for hog in hogs:
            hog.wait()


def schedule(everybody: list[Subject], trials: int) -> list[list[Subject]]:
    """Runs of trials of one subject each: honest and naive in turn, over all cases evenly."""
    groups: dict[tuple[str, str], list[Subject]] = defaultdict(list)
    for subject in everybody:
        groups[subject.kind, subject.case.name].append(subject)
    lined: dict[str, list[list[Subject]]] = {}
    for kind in ("honest", "naive"):
        names = [name for k, name in groups if k == kind]
        split = np.array_split(np.arange(trials), max(len(names), 1))
        shares = {name: len(part) for name, part in zip(names, split, strict=False)}
        runs = []
        for name in names:
            those = groups[kind, name]
            parts = np.array_split(np.arange(shares[name]), min(len(those), shares[name]) or 1)
            for subject, part in zip(those, parts, strict=False):
                left = len(part)
                while left > 0:
                    runs.append([subject] * min(left, TRIALS_A_WORKER))
                    left -= TRIALS_A_WORKER
        # Spread each case over the whole run: what is interrupted has seen all of them.
        order = np.random.default_rng(0).permutation(len(runs))
        lined[kind] = [runs[i] for i in order]
    both = []
    for i in range(max(map(len, lined.values()), default=0)):
        both += [runs[i] for runs in lined.values() if i < len(runs)]
    return both


class Journal:
    """Trials, each written to a file as soon as it is over."""

    def __init__(self, path: Path, resume: bool) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self.trials: list[Trial] = []
        if resume and path.exists():
            lines = path.read_text(encoding="utf-8").splitlines()
            self.trials = [Trial(**json.loads(line)) for line in lines]
        self._lock = threading.Lock()
        self._file = path.open("a" if resume else "w", encoding="utf-8")

    def add(self, trial: Trial) -> None:
        with self._lock:
            self.trials.append(trial)
            self._file.write(json.dumps(dataclasses.asdict(trial)) + "\n")
            self._file.flush()


def run(plan: list[list[Subject]], journal: Journal, jobs: int) -> None:
    """All trials of ``plan``, ``jobs`` at a time."""
    left: dict[tuple[str, str, str], int] = defaultdict(int)
    for trial in journal.trials:
        left[trial.kind, trial.case, trial.name] += 1
    todo = []
    for runs in plan:
        key = (runs[0].kind, runs[0].case.name, runs[0].name)
        done = min(left[key], len(runs))
        left[key] -= done
        if runs[done:]:
            todo.append(runs[done:])
    stop, here = threading.Event(), threading.local()
    boxes: list[contextlib.ExitStack] = []

    def sandbox(subject: Subject) -> Sandbox:
        # One for each thread and assignment: what is loaded before a worker starts is its own.
        known: dict[str, Sandbox] = here.__dict__.setdefault("known", {})
        if subject.assignment.name not in known:
            stack = contextlib.ExitStack()
            boxes.append(stack)
            known[subject.assignment.name] = stack.enter_context(
                Sandbox(subject.assignment.preload)
            )
        return known[subject.assignment.name]

    def work(runs: list[Subject]) -> None:
        pair: Pair | None = None
        try:
            for subject in runs:
                if stop.is_set():
                    return
                if pair is None or not pair.fresh_enough:
                    if pair is not None:
                        pair.end()
                    pair = Pair(subject, sandbox(subject))
                journal.add(pair.trial())
                bar.update()
        finally:
            if pair is not None:
                pair.end()

    total = sum(len(runs) for runs in todo)
    with tqdm(total=total, unit="trial", smoothing=0.05) as bar, ThreadPoolExecutor(jobs) as pool:
        try:
            for future in as_completed([pool.submit(work, runs) for runs in todo]):
                future.result()
        except BaseException:
            stop.set()
            raise
        finally:
            pool.shutdown(wait=True, cancel_futures=True)
            for stack in boxes:
                stack.close()


# --- the table ----------------------------------------------------------------------------------


def table(everybody: list[Subject], trials: list[Trial]) -> str:
    """A line a case, and the sum."""
    head = f"{'case':<20}{'budget':>7}  {'honest':>6} {'failed':>6} {'largest':>8}  "
    head += f"{'naive':>6} {'passed':>6} {'smallest':>8}  {'rounds':>6}"
    lines = [head]
    for case in dict.fromkeys(one.case for one in everybody):
        own = [t for t in trials if t.case == case.name]
        honest = [t for t in own if t.kind == "honest"]
        naive = [t for t in own if t.kind == "naive"]
        most = max((t.ratio for t in honest if t.ratio is not None), default=float("nan"))
        least = min((t.ratio for t in naive if t.ratio is not None), default=float("nan"))
        mean = statistics.mean(t.rounds for t in own) if own else float("nan")
        lines.append(
            f"{case.name:<20}{case.budget:>7g}  {len(honest):>6} "
            f"{sum(t.failed for t in honest):>6} {most:>8.2f}  {len(naive):>6} "
            f"{sum(not t.failed for t in naive):>6} {least:>8.1f}  {mean:>6.1f}"
        )
    wrong = [t for t in trials if t.failed != (t.kind == "naive")]
    counts = [sum(t.kind == kind for t in trials) for kind in ("honest", "naive")]
    lines += [f"in all: {counts[0]} honest trials, {counts[1]} naive ones, "
              f"{len(wrong)} wrong verdicts"]  # fmt: skip
    lines += [f"  {t.case}, {t.kind}, {t.name}: {t.why or 'passed'} ({t.ratio})" for t in wrong]
    return "\n".join(lines)


def details(trials: list[Trial]) -> str:
    """A line for each submission: the smallest and the largest ratio."""
    ratios: dict[tuple[str, str, str], list[float]] = defaultdict(list)
    for trial in trials:
        if trial.ratio is not None:
            ratios[trial.case, trial.kind, trial.name].append(trial.ratio)
    return "\n".join(
        f"{case:<20} {kind:<7} {name:<44} {min(of):>8.2f} to {max(of):>8.2f}"
        for (case, kind, name), of in sorted(ratios.items())
    )


def main() -> int:
    """The command."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--trials", type=int, default=1000, help="of each kind, in all")
    parser.add_argument("--quick", action="store_true", help="40 trials of each kind")
    parser.add_argument("--idle", action="store_true", help="no busy processes beside")
    parser.add_argument("--each", type=int, help="so many trials of each submission instead")
    parser.add_argument("--only", default="", help="cases whose name holds this")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="trials at a time")
    parser.add_argument("--resume", action="store_true", help="go on with what --out holds")
    parser.add_argument("--details", action="store_true", help="a line for each submission, too")
    parser.add_argument("--out", type=Path, default=ROOT / "build" / "budgets.jsonl")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="autograder-") as folder:
        everybody = subjects(Path(folder), args.only)
        if args.each:
            plan = [[one] * args.each for one in everybody]
        else:
            plan = schedule(everybody, 40 if args.quick else args.trials)
        journal = Journal(args.out, args.resume)
        started = time.monotonic()
        interrupted = False
        with overload(not args.idle) as hogs:
            print(f"{os.cpu_count()} cores, {hogs} busy processes, {args.jobs} trials at a time")
            try:
                run(plan, journal, args.jobs)
            except KeyboardInterrupt:
                interrupted = True
        print(table(everybody, journal.trials))
        if args.details:
            print(details(journal.trials))
        print(f"{time.monotonic() - started:.0f} s" + (", interrupted" if interrupted else ""))
    wrong = any(t.failed != (t.kind == "naive") for t in journal.trials)
    return 1 if wrong or interrupted else 0


if __name__ == "__main__":
    sys.exit(main())
