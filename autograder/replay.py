"""The calls that the checks make of the reference, noted, and asked again of anybody.

Recording gives units: sequences of requests that stand by themselves. A worker of any folder
answers them; it is started anew where it has died. Compares nothing.
"""

from __future__ import annotations

import contextlib
import dataclasses
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from autograder import grade, perturb
from autograder.asked import Handle, Kept, Step
from autograder.model import Assignment, Limits, Usage
from autograder.proxy import Submission
from autograder.sandbox import Sandbox
from autograder.session import CallFailed

SEEDS = 3
"""So many runs of the checks, each with a seed of its own, are noted."""
LONGEST = 8
"""Calls of one object that are repeated in a row."""
SLOW_CASE_SECONDS = 5.0
"""A case that takes longer is run for the first seed only."""


@dataclass(frozen=True)
class Unit:
    """A sequence of requests that can be made by itself: one call, or the calls of one object."""

    case: str
    steps: tuple[Step, ...]

    @property
    def called(self) -> frozenset[str]:
        """Names of the functions and methods that are called, without their owners."""
        return frozenset(
            step.path.rpartition(".")[2] or "__call__" for step in self.steps if step.op == "call"
        )


# Recording -------------------------------------------------------------------


def recorded(
    assignment: Assignment, room: grade.Room, sandbox: Sandbox, seeds: int = SEEDS
) -> list[Unit]:
    """The calls that the checks make of the reference, each of them once.

    Cases with a budget are left out: their calls are large, and judge time. Raises SandboxError.
    """
    if room.reference is None:
        raise ValueError("without a reference solution there is nothing to record")
    quick = _without(assignment, {c.name for c in assignment.cases if c.budget is not None})
    found: dict[Any, Unit] = {}
    with tempfile.TemporaryDirectory(prefix="autograder-") as temporary:
        folder = Path(temporary) / "reference"
        folder.mkdir()
        for file in assignment.files:
            shutil.copyfile(room.reference / file, folder / file)
        for number in range(seeds):
            seeded = dataclasses.replace(quick, seed=assignment.seed + number)
            steps: dict[str, list[Step]] = {}
            with grade.prepared(seeded, room, folder, sandbox) as (bench, notices):
                bench = dataclasses.replace(bench, steps=steps)
                result = grade.judge(bench, room.checks, "reference", notices)
            for case, asked in steps.items():
                for unit in units(case, asked):
                    found.setdefault(_signature(unit, number), unit)
            slow = {c.case for c in result.cases if c.usage.wall_s > SLOW_CASE_SECONDS}
            quick = _without(quick, slow)
    return list(found.values())


def _without(assignment: Assignment, names: set[str]) -> Assignment:
    return dataclasses.replace(
        assignment,
        questions=tuple(
            dataclasses.replace(
                question,
                cases=tuple(
                    dataclasses.replace(case, requires=None)
                    for case in question.cases
                    if case.name not in names
                ),
            )
            for question in assignment.questions
        ),
    )


def _signature(unit: Unit, seed: int) -> Any:
    """Equal for calls of which one is enough: the same arguments."""
    arrays: dict[tuple[Any, ...], Any] = {}
    for step in unit.steps:
        perturb.arrays_in([list(step.args), dict(step.kwargs)], arrays)
    plain = tuple((s.op, s.path, repr(s.args), repr(sorted(s.kwargs))) for s in unit.steps)
    shortened = tuple(hash(key) for key in arrays)
    return plain, shortened, seed if not arrays else 0


def units(case: str, steps: Sequence[Step]) -> Iterator[Unit]:
    """What of a case's requests can be repeated by itself, each with what it needs before it."""
    makes = {step.made: at for at, step in enumerate(steps) if step.made is not None}
    roots = {number: _root(number, steps, makes) for number in makes}
    lost = {step.made for step in steps if step.op == "large"}
    lives: dict[int, list[int]] = {}
    for at, step in enumerate(steps):
        owner = step.of if isinstance(step.of, int) else step.made
        if step.op in ("call", "get", "set") and owner in roots:
            lives.setdefault(roots[owner], []).append(at)
        elif step.op == "call":
            yield from _unit(case, steps, makes, lost, [at])
    for own in lives.values():
        set_up = [at for at in own if steps[at].op == "set" or at == own[0]]
        yield from _unit(case, steps, makes, lost, own[:LONGEST])
        for at in own[LONGEST:]:
            if steps[at].op == "call":
                before = [other for other in set_up if other < at]
                yield from _unit(case, steps, makes, lost, [*before, at])


def _root(number: int, steps: Sequence[Step], makes: Mapping[int, int]) -> int:
    """The object that a handle belongs to: itself, or the one whose method returned it."""
    while isinstance(owner := steps[makes[number]].of, int) and owner in makes:
        if owner == number:
            break
        number = owner
    return number


def _unit(
    case: str,
    steps: Sequence[Step],
    makes: Mapping[int, int],
    lost: set[int | None],
    wanted: Sequence[int],
) -> Iterator[Unit]:
    """The unit of some steps, with what makes their arguments and what becomes of these."""
    needed = set(wanted)
    todo = list(wanted)
    while todo:
        step = steps[todo.pop()]
        for number in _handles(step):
            at = makes.get(number)
            if at is None or number in lost or steps[at].op == "large":
                return
            if at not in needed:
                needed.add(at)
                todo.append(at)
    if any(steps[at].op == "large" for at in needed):
        return
    put = {steps[at].made for at in needed if steps[at].op == "put"}
    last = max(needed)
    needed |= {at for at, s in enumerate(steps) if s.op == "fetch" and s.of in put and at > last}
    seeds = [at for at, step in enumerate(steps) if step.op == "seed" and at < min(needed)]
    yield Unit(case, tuple(steps[at] for at in sorted({*needed, *seeds[-1:]})))


def _handles(step: Step) -> set[int]:
    found = {step.of} if isinstance(step.of, int) else set()
    todo = [step.args, dict(step.kwargs)]
    while todo:
        value: Any = todo.pop()
        if isinstance(value, Kept):
            found.add(value.number)
        elif isinstance(value, dict):
            todo += value.values()
        elif isinstance(value, list | tuple):
            todo += value
    return found


# Replaying -------------------------------------------------------------------


@dataclass(frozen=True)
class Answer:
    """What came of one step."""

    step: Step
    value: Any = None
    failure: str = ""
    """Why there was no answer, where there was none."""


class Worker:
    """One side: a folder, and a worker of it that is started anew where it has died."""

    def __init__(self, sandbox: Sandbox, folder: Path, module: str, limits: Limits) -> None:
        self._sandbox, self._folder, self._limits = sandbox, folder, limits
        self._module = module
        self._worker = self._make()
        self.seconds = 0.0

    def answers(self, steps: Sequence[Step], seed: int) -> list[Answer]:
        """What came of each step, up to the first that fails."""
        found: list[Answer] = []
        handles: dict[int, Handle] = {}
        worker = self._worker
        try:
            worker.load(self._module)
            worker.begin_case(seed, self._module)
            before = worker.clock()
        except CallFailed as failure:
            self._renew()
            return [Answer(steps[0], failure=_reason(failure))]
        for step in steps:
            try:
                value = worker.repeat(step, handles)
            except CallFailed as failure:
                found.append(Answer(step, failure=_reason(failure)))
                break
            except KeyError:
                break  # what it needs is not an object here: told by the step before
            if isinstance(value, Handle) and step.made is not None:
                handles[step.made] = value
            found.append(Answer(step, value))
        if worker.reusable:
            with contextlib.suppress(CallFailed):
                self.seconds += max(0.0, worker.clock() - before)
        else:
            self._renew()
        return found

    def _make(self) -> Submission:
        return Submission(lambda: self._sandbox.start(self._folder, self._limits), self._module)

    def _renew(self) -> None:
        self._worker.end()
        self._worker = self._make()

    def end(self) -> Usage:
        """End the worker; what it took."""
        return self._worker.end()


def _reason(failure: CallFailed) -> str:
    return failure.raised[0] if failure.raised else failure.verdict.value
