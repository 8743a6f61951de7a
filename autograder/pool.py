"""Many submissions over several processes: a queue in, outcomes out as they finish.

Each process keeps one warm sandbox. A grader process that dies takes no
result with it: its submissions are tried once more, each alone, and one that
kills its grader again is reported as our fault.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import time
import traceback
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from multiprocessing.process import BaseProcess
from multiprocessing.util import Finalize
from pathlib import Path
from typing import NoReturn

from autograder import grade, isolation, recognise
from autograder.model import Assignment, CaseResult, SubmissionResult
from autograder.prints import Prints
from autograder.sandbox import Sandbox
from autograder.session import SandboxError
from autograder.submission import SubmissionError


@dataclass(frozen=True)
class Condition:
    """Surroundings of workers that differ from the usual ones; for submissions of our own."""

    label: str = ""
    environment: tuple[tuple[str, str], ...] = ()
    python: str | None = None
    """Another interpreter to run them."""
    columns_first: bool = False
    """Whether arrays arrive in Fortran order."""


@dataclass(frozen=True)
class Task:
    """One submission to grade."""

    name: str
    path: Path
    assignment: Assignment
    room: grade.Room
    require: str = "open"
    """The weakest isolation that will do."""
    assumed: Mapping[str, CaseResult] = field(default_factory=dict)
    """Results of cases that need not be run."""
    trace: bool = False
    """Whether to note which functions each case runs."""
    explain: bool = False
    """Whether known mistakes are told."""
    condition: Condition = field(default_factory=lambda: Condition())
    """What is different in the workers' surroundings."""


@dataclass(frozen=True)
class Outcome:
    """A result, or one sentence about why there is none."""

    task: Task
    result: SubmissionResult | None
    problem: str = ""
    ours: bool = False
    """Whether the problem is the grader's fault rather than the submission's."""
    traces: Mapping[str, frozenset[tuple[str, int]]] = field(default_factory=dict)
    answers: Mapping[str, Prints] = field(default_factory=dict)
    """Prints of what was answered in the cases that came out wrong."""
    strains: Mapping[str, float] = field(default_factory=dict)
    """For each case, the largest share of a tolerance that was used."""


def cores() -> int:
    """How many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


ENDING_SECONDS = 5.0

_sandboxes: dict[tuple[str, Condition], Sandbox] = {}


_ending = False
"""Whether the command has told this process to end."""


def _begin() -> None:
    # Ctrl-C is for the command, which ends its graders in order.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, _told_to_end)
    # A forked process of multiprocessing calls no atexit function.
    Finalize(None, _close, exitpriority=10)


def _told_to_end(*_: object) -> None:
    global _ending
    _ending = True  # for an exception may be caught on its way
    raise KeyboardInterrupt


def _end() -> NoReturn:
    _close()
    os._exit(1)


def _close() -> None:
    while _sandboxes:
        _sandboxes.popitem()[1].__exit__()


def _sandbox(assignment: Assignment, condition: Condition) -> Sandbox:
    """The warm, examined sandbox for an assignment; a fresh one where that is broken."""
    key = (assignment.name, condition)
    if key in _sandboxes and _sandboxes[key].broken:
        _sandboxes.pop(key).__exit__()
    if key not in _sandboxes:
        _sandboxes[key] = Sandbox(
            assignment.preload,
            # Another interpreter lies in folders that workers may not read.
            without=() if condition.python is None else ("fs",),
            environment=dict(condition.environment),
            python=condition.python,
        ).__enter__()
        isolation.examine(_sandboxes[key], assignment.limits)
    return _sandboxes[key]


def _grade(task: Task, sandbox: Sandbox) -> Outcome:
    traces: dict[str, frozenset[tuple[str, int]]] | None = {} if task.trace else None
    answers: dict[str, Prints] = {}
    strains: dict[str, float] = {}
    result = grade.grade(
        task.assignment,
        task.room,
        task.path,
        sandbox,
        task.name,
        assumed=task.assumed,
        traces=traces,
        answers=answers,
        strains=strains,
        columns_first=task.condition.columns_first,
        book=_book(task) if task.explain else None,
    )
    return Outcome(task, result, traces=traces or {}, answers=answers, strains=strains)


_books: dict[str, recognise.Book | None] = {}


def _book(task: Task) -> recognise.Book | None:
    """The book of known mistakes, read once in each process."""
    name = task.assignment.name
    if name not in _books:
        _books[name] = grade.known(task.assignment, task.room)
    return _books[name]


def run(task: Task) -> Outcome:
    """Grade one task in this process, with a sandbox that stays warm for the next."""
    try:
        sandbox = _sandbox(task.assignment, task.condition)
        if sandbox.isolation is not None:
            isolation.require(sandbox.isolation, task.require)
        found = _grade(task, sandbox)
        if sandbox.broken:  # this submission may have done it, the next one must not pay
            found = _grade(task, _sandbox(task.assignment, task.condition))
        return found
    except SubmissionError as error:
        return Outcome(task, None, str(error))
    except (SandboxError, isolation.IsolationError) as error:
        return Outcome(task, None, str(error), ours=True)
    except KeyboardInterrupt:
        _end()
    except Exception:
        return Outcome(task, None, traceback.format_exc(), ours=True)
    finally:
        if _ending:
            _end()


def outcomes(tasks: Iterable[Task], jobs: int) -> Iterator[Outcome]:
    """Grade ``tasks`` in ``jobs`` processes; yields in the order in which they finish."""
    waiting = list(tasks)
    lost = yield from _round(waiting, min(jobs, len(waiting)) or 1)
    for task in lost:
        dead = yield from _round([task], 1)
        for task in dead:
            yield Outcome(task, None, "the grader's process died twice on it", ours=True)


def _round(tasks: list[Task], jobs: int) -> Generator[Outcome, None, list[Task]]:
    """One pool's life. Returns the tasks that it lost by breaking."""
    lost: list[Task] = []
    # A forked grader has pytest and NumPy already; elsewhere a fork is not to be trusted.
    context = multiprocessing.get_context("fork" if sys.platform == "linux" else "spawn")
    with ProcessPoolExecutor(jobs, mp_context=context, initializer=_begin) as pool:
        running: dict[Future[Outcome], Task] = {}
        queue = iter(tasks)
        try:
            while True:
                # A short queue, so that Ctrl-C has little to wait for.
                while len(running) < 2 * jobs and (task := next(queue, None)) is not None:
                    try:
                        running[pool.submit(run, task)] = task
                    except BrokenProcessPool:
                        lost.append(task)
                if not running:
                    return lost
                for future in wait(running, return_when=FIRST_COMPLETED).done:
                    task = running.pop(future)
                    try:
                        yield future.result()
                    except BrokenProcessPool:
                        lost.append(task)
        except (KeyboardInterrupt, GeneratorExit):
            pool.shutdown(wait=False, cancel_futures=True)
            _end_all(multiprocessing.active_children())
            raise


def _end_all(children: Sequence[BaseProcess]) -> None:
    """Let graders put away what they have open; whoever takes too long is killed."""
    for child in children:
        child.terminate()
    deadline = time.monotonic() + ENDING_SECONDS
    for child in children:
        child.join(max(0.0, deadline - time.monotonic()))
        if child.is_alive():
            child.kill()
