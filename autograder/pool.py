"""Many submissions over several processes: a queue in, outcomes out as they finish.

Each process keeps one warm sandbox and has one submission at a time. One that
takes its grader down is tried once more in a fresh one; what does so again, or
holds its grader longer than any budget allows, is reported as our fault. The
others go on meanwhile, each in its own process.
"""

from __future__ import annotations

import collections
import contextlib
import itertools
import multiprocessing
import os
import signal
import sys
import time
import traceback
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from multiprocessing.util import Finalize
from pathlib import Path
from typing import Any, Generic, NoReturn, TypeVar

from autograder import confine, grade, isolation, recognise
from autograder.entries import Part
from autograder.model import Assignment, CaseResult, SubmissionResult
from autograder.prints import Prints
from autograder.sandbox import Sandbox
from autograder.session import SandboxError
from autograder.submission import SubmissionError

T = TypeVar("T")
R = TypeVar("R")


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
    path: Path | tuple[Part, ...]
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
    refused: bool = False
    """Whether it is that submissions cannot be shut in here as they have to be."""
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
HELD = {signal.SIGINT, signal.SIGTERM}
MARGIN_SECONDS = 300.0
"""What a grader may take for one submission beyond the time of the submission's own workers:
for the reference, for stand-ins and for cases that run again."""

_sandboxes: dict[tuple[str, Condition], Sandbox] = {}


_ending = False
"""Whether the command has told this process to end."""


def _begin() -> None:
    # Ctrl-C is for the command, which ends its graders in order.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, _told_to_end)
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_UNBLOCK, HELD)
    # A forked process of multiprocessing calls no atexit function.
    Finalize(None, _close, exitpriority=10)


def _told_to_end(*_: object) -> None:
    global _ending
    signal.signal(signal.SIGTERM, signal.SIG_IGN)  # once is enough: putting away takes a moment
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
    except isolation.IsolationError as error:
        return Outcome(task, None, str(error), ours=True, refused=True)
    except SandboxError as error:
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
    yield from served(tasks, jobs, run, _none, allowed_seconds)


@contextlib.contextmanager
def opened(jobs: int) -> Iterator[Callable[[Iterable[Task]], Iterator[Outcome]]]:
    """``outcomes`` for several lists of tasks, one after the other, by the same warm processes."""
    with Graders(run, _none, allowed_seconds) as graders:
        yield lambda tasks: graders.each(tasks, jobs)


def _none(task: Task, problem: str) -> Outcome:
    return Outcome(task, None, problem, ours=True)


def allowed_seconds(task: Task) -> float:
    """How long a grader may take for one task before it is taken to hang."""
    return task.assignment.limits.submission_seconds + MARGIN_SECONDS


# The processes ----------------------------------------------------------------


def served(
    tasks: Iterable[T],
    jobs: int,
    work: Callable[[T], R],
    lost: Callable[[T, str], R],
    seconds: Callable[[T], float],
) -> Generator[R, None, None]:
    """Do ``work`` on every task in ``jobs`` processes; yields in the order in which they finish.

    The rest as for ``Graders``. ``tasks`` are asked for as they are needed.
    """
    with Graders(work, lost, seconds) as graders:
        yield from graders.each(tasks, jobs)


@dataclass
class _Grader(Generic[T]):
    """One process that grades, one task at a time."""

    process: BaseProcess
    connection: Connection
    task: T
    deadline: float = 0.0
    second: bool = False
    """Whether another process has died on the task before."""

    def answer(self) -> tuple[bool, Any] | None:
        """Whether it made something, and what; None where it has died."""
        try:
            made: tuple[bool, Any] = self.connection.recv()
        except (EOFError, OSError):
            return None
        return made

    def kill(self) -> None:
        self.process.kill()
        self.process.join()
        self.connection.close()


class Agenda(Generic[T]):
    """Tasks to which more may be added while the first ones are at work."""

    def __init__(self, tasks: Iterable[T]) -> None:
        self._left = collections.deque(tasks)

    def add(self, *tasks: T) -> None:
        """Have these done after all that are waiting."""
        self._left.extend(tasks)

    def __iter__(self) -> Iterator[T]:
        return self

    def __next__(self) -> T:
        if not self._left:
            raise StopIteration
        return self._left.popleft()


class Graders(Generic[T, R]):
    """Processes that do ``work``, each on one task at a time. Use as a context manager.

    ``lost`` gives what stands for the work on a task that took its process down twice, that
    raised there, or that took more than its ``seconds``; it is told why. Such a task costs
    the others nothing but the time of its own process.
    """

    def __init__(
        self,
        work: Callable[[T], R],
        lost: Callable[[T, str], R],
        seconds: Callable[[T], float],
    ) -> None:
        self.busy: list[_Grader[T]] = []
        self._idle: list[_Grader[T]] = []
        self._work, self._lost, self._seconds = work, lost, seconds

    def __enter__(self) -> Graders[T, R]:
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        try:
            if kind is None:
                for grader in self._idle:
                    with contextlib.suppress(OSError):
                        grader.connection.send(None)
                for grader in self._idle:
                    grader.process.join(ENDING_SECONDS)
        finally:
            _end_all([grader.process for grader in (*self.busy, *self._idle)])

    def each(self, tasks: Iterable[T], jobs: int) -> Generator[R, None, None]:
        """What is made of every task, ``jobs`` at a time; an ``Agenda`` may grow meanwhile."""
        queue = iter(tasks)

        def begin() -> None:
            for task in itertools.islice(queue, jobs - len(self.busy)):
                self.begin(task)

        begin()
        while self.busy:
            made = self.finished()
            # First the work, then the telling: whoever is told may take a while.
            begin()
            yield from made
            begin()

    def begin(self, task: T, *, second: bool = False) -> None:
        """Give a task to a process that has none, or to a new one."""
        if self._idle:
            grader = self._idle.pop()
        else:
            grader = _start(self._work, task, [*self.busy, *self._idle])
        grader.task, grader.second = task, second
        grader.deadline = time.monotonic() + self._seconds(task)
        self.busy.append(grader)
        with contextlib.suppress(OSError):  # it has died: seen when its answer is read
            grader.connection.send(task)

    def finished(self) -> list[R]:
        """Wait until there is news of a task; what was made, if anything was."""
        made: list[R] = []
        for grader in _ready(self.busy):
            self.busy.remove(grader)
            task = grader.task
            if time.monotonic() > grader.deadline and not grader.connection.poll():
                grader.kill()
                seconds = self._seconds(task)
                made.append(self._lost(task, f"the grader had not ended after {seconds:g} s"))
            elif (answer := grader.answer()) is not None:
                self._idle.append(grader)
                made.append(answer[1] if answer[0] else self._lost(task, answer[1]))
            else:
                grader.kill()
                if grader.second:
                    made.append(self._lost(task, "the grader's process died twice on it"))
                else:
                    self.begin(task, second=True)
        return made


def _start(work: Callable[[T], R], task: T, others: Sequence[_Grader[T]]) -> _Grader[T]:
    # A forked grader has pytest and NumPy already; elsewhere a fork is not to be trusted.
    method = "fork" if sys.platform == "linux" else "spawn"
    context = multiprocessing.get_context(method)
    ours, theirs = context.Pipe()
    # What a fork copies has to be closed there, or nobody sees an end.
    copied = [ours, *(grader.connection for grader in others)] if method == "fork" else []
    arguments = (theirs, work, os.getpid(), copied)
    process = context.Process(target=_serve, args=arguments, daemon=True)  # type: ignore[attr-defined]
    with _signals_held():
        process.start()
    theirs.close()
    return _Grader(process, ours, task)


@contextlib.contextmanager
def _signals_held() -> Iterator[None]:
    """Ctrl-C waits until a new process, which inherits that, can say what to do then."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, HELD)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _ready(busy: Sequence[_Grader[T]]) -> list[_Grader[T]]:
    """Those that have an answer, have died, or are past their time; waits for one."""
    left = min(grader.deadline for grader in busy) - time.monotonic()
    watched: dict[Any, _Grader[T]] = {}
    for grader in busy:
        watched |= dict.fromkeys((grader.connection, grader.process.sentinel), grader)
    found = {id(watched[it]) for it in wait(list(watched), max(0.0, left) + 0.01)}
    now = time.monotonic()
    return [grader for grader in busy if id(grader) in found or now > grader.deadline]


def _serve(
    connection: Connection, work: Callable[[T], R], parent: int, copied: Sequence[Connection]
) -> None:
    """In the grader's process: one task after the other, until there is none."""
    _begin()
    if sys.platform == "linux":
        confine.prctl(confine.PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:
            os._exit(1)
    for other in copied:
        other.close()
    try:
        while (task := connection.recv()) is not None:
            try:
                made: tuple[bool, Any] = (True, work(task))
            except Exception:
                made = (False, traceback.format_exc())
            connection.send(made)
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        _close()
        os._exit(0)
    except KeyboardInterrupt:
        _end()
    except (EOFError, OSError):
        _end()  # the command is gone


def _end_all(children: Sequence[BaseProcess]) -> None:
    """Let graders put away what they have open; whoever takes too long is killed."""
    alive = [child for child in children if child.is_alive()]
    for child in alive:
        child.terminate()
    deadline = time.monotonic() + ENDING_SECONDS
    for child in alive:
        child.join(max(0.0, deadline - time.monotonic()))
        if child.is_alive():
            child.kill()
            child.join()
