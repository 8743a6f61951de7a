"""Whether a mutant that no case lost points to is a mistake that the cases miss.

The calls that the checks make of the reference are noted, over several seeds. Reference and
mutant then answer them, and many more like them (``perturb``), each in a worker of its own. Same
answers throughout: the mutant is the reference written in another way. Any other answer is a
witness: a call that a case should make. Calls that the reference has no answer to do not count.
"""

from __future__ import annotations

import ast
import contextlib
import dataclasses
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from autograder import grade, perturb
from autograder.asked import Call, Handle, Kept, Step, brief
from autograder.model import Assignment, Tolerance
from autograder.replay import Answer, Unit, Worker
from autograder.sandbox import Sandbox

CALLS = 200
"""So many sequences of calls are tried for each survivor, ..."""
SECONDS = 3.0
"""... and so many CPU seconds of the mutant, but ..."""
LEAST_CALLS = 24
"""... never fewer calls than this."""
MOST_UNITS = 400
RTOL, ATOL = 1e-6, 1e-9
"""Numbers agree up to ``RTOL`` of their size and ``ATOL`` of the largest in the answer."""
AMPLIFIED = 30.0
"""Rounding may change an answer by so many times what the last digits of the arguments change."""
SLOWER = 3.0
"""A mutant that takes so many times the reference's CPU time ..."""
SLOWER_SECONDS = 0.5
"""... and so much more is told apart."""
MOST_DRAWN = 3
"""How often random answers are compared for one survivor, ..."""
DRAWS = 60
"""... each time over so many runs of both sides."""
UNLIKELY = 7.0
"""Standard errors between two means that chance does not explain."""
_Arguments = tuple[dict[Any, Any], Mapping[perturb.Number, int | float]]
"""New arrays and numbers, by what was recorded."""
QUICK_SECONDS = 0.01
"""Calls that take no longer are tried with many rows, and over many runs."""
KEPT_BYTES = 2**18
"""The reference's answers up to this size are kept for the next survivor."""
OF_CLASS = ("__init__", "__call__")
"""Methods that are called without being named."""


@dataclass(frozen=True)
class Witness:
    """A call that tells the mutant from the reference."""

    case: str
    """The case whose call it is, or was made from."""
    call: str
    """With kinds and shapes of the arguments."""
    how: str
    """How the arguments were made from the recorded ones."""
    difference: str

    @property
    def sentence(self) -> str:
        """For the report."""
        return f"{self.call} of {self.case}, {self.how}: {self.difference}"


@dataclass(frozen=True)
class Finding:
    """What a survivor is."""

    kind: str
    """``equivalent``, ``slower`` (the same answers, later) or ``missed``."""
    calls: int
    """Sequences of calls on which both gave an answer."""
    witness: Witness | None = None
    """Why it is missed; None where no recorded call reaches the change."""


def _is_answered(answers: Sequence[Answer]) -> bool:
    """Whether the reference has an answer to count: nothing raised, nothing NaN."""
    return bool(answers) and not any(a.failure or _has_nan(a.value) for a in answers)


def _has_nan(value: Any) -> bool:
    if isinstance(value, np.ndarray | float | np.generic):
        array = np.asarray(value)
        return array.dtype.kind in "fc" and bool(np.isnan(array).any())
    if isinstance(value, dict):
        value = list(value.values())
    return isinstance(value, list | tuple) and any(map(_has_nan, value))


# Comparing -------------------------------------------------------------------


@dataclass(frozen=True)
class Slack:
    """How far two answers may be apart and count as the same."""

    tolerance: Tolerance = field(default_factory=lambda: Tolerance(RTOL, 0.0))
    """The case's own: what passes there is no difference."""
    most: float = np.inf
    """What rounding may do at most, as a share of the answer's size."""


def difference(got: Any, wanted: Any, slack: Any = None, by: Slack | None = None) -> str:
    """In a few words how ``got`` differs from ``wanted``; empty where it does not.

    ``slack`` is another answer of the reference, to all but the same arguments: by as much as it
    differs, rounding may change an answer, within the bounds that ``by`` sets.
    """
    by = by or Slack()
    if isinstance(wanted, list | tuple):
        if type(got) is not type(wanted) or len(got) != len(wanted):
            return f"{brief(got)} instead of {brief(wanted)}"
        others = slack if isinstance(slack, list | tuple) and len(slack) == len(wanted) else None
        pairs = zip(got, wanted, others or [None] * len(wanted), strict=True)
        return next(filter(None, (difference(*trio, by) for trio in pairs)), "")
    if isinstance(wanted, dict):
        if not isinstance(got, dict) or got.keys() != wanted.keys():
            return f"{brief(got)} with other keys"
        named = slack if isinstance(slack, dict) else {}
        parts = (difference(got[k], v, named.get(k), by) for k, v in wanted.items())
        return next(filter(None, parts), "")
    if isinstance(wanted, np.ndarray | np.generic | float | int | bool):
        if not isinstance(got, np.ndarray | np.generic | float | int | bool):
            return f"{brief(got)} instead of {brief(wanted)}"
        return _numbers(np.asarray(got), np.asarray(wanted), slack, by)
    if isinstance(wanted, Handle) or not isinstance(wanted, str | bytes | None):
        return "" if isinstance(got, Handle) == isinstance(wanted, Handle) else brief(got)
    return "" if type(got) is type(wanted) and got == wanted else f"{got!r:.40}"


def _numbers(got: Any, wanted: Any, slack: Any, by: Slack) -> str:
    if got.shape != wanted.shape or (got.dtype.kind in "fc") != (wanted.dtype.kind in "fc"):
        return f"{brief(got)} instead of {brief(wanted)}"
    if got.dtype.kind not in "fciub" or wanted.dtype.kind not in "fciub":
        return "" if np.array_equal(got, wanted) else "another answer"
    one, other = got.astype(np.complex128), wanted.astype(np.complex128)
    with np.errstate(all="ignore"):
        size = np.abs(other)
        scale = size[np.isfinite(size)].max(initial=0.0)
        limit = max(RTOL, by.tolerance.rtol) * size + ATOL * scale + by.tolerance.atol
        if isinstance(slack, np.ndarray | float | int) and np.shape(slack) == wanted.shape:
            moved = np.abs(np.asarray(slack) - other)
            rounding = AMPLIFIED * moved[np.isfinite(moved)].max(initial=0.0)
            limit = limit + min(rounding, by.most * scale if scale else 0.0)
        off = ~((one == other) | (np.abs(one - other) <= limit))
    if not off.any():
        return ""
    at = tuple(int(i) for i in np.argwhere(np.atleast_1d(off))[0])
    where = f" at {at}" if wanted.ndim else ""
    mine, theirs = np.atleast_1d(got)[at], np.atleast_1d(wanted)[at]
    return f"{mine:.9g} instead of {theirs:.9g}{where}"


def _differs(
    got: Sequence[Answer],
    wanted: Sequence[Answer],
    slack: Sequence[Answer] = (),
    by: Slack | None = None,
) -> tuple[Step, str] | None:
    """The first step with another answer, and how it differs."""
    for at, want in enumerate(wanted):
        if at >= len(got):
            return want.step, "no answer"
        if got[at].failure:
            return want.step, f"{got[at].failure} instead of an answer"
        other = slack[at].value if at < len(slack) else None
        if words := difference(got[at].value, want.value, other, by):
            return want.step, words
    return None


# Deciding --------------------------------------------------------------------


@dataclass
class Judge:
    """Decides about survivors of one assignment. Use as a context manager.

    ``units`` are what ``recorded`` gave, ``calls`` the most of them that a survivor has to answer.
    The reference's answers are kept for the next survivor.
    """

    assignment: Assignment
    sandbox: Sandbox
    room: grade.Room
    units: Sequence[Unit]
    calls: int = CALLS
    _known: dict[tuple[int, int], tuple[list[Answer], float]] = field(default_factory=dict)
    _stack: contextlib.ExitStack = field(default_factory=contextlib.ExitStack)

    def __enter__(self) -> Judge:
        if self.room.reference is None:
            raise ValueError("without a reference solution there is nothing to compare with")
        self._folder = Path(
            self._stack.enter_context(tempfile.TemporaryDirectory(prefix="autograder-"))
        )
        given = self.assignment.given
        for name in (*self.assignment.files, *given):
            shutil.copyfile(self.room.reference / name, self._folder / name)
        self._words = _words(self._folder)
        self._tolerances = {case.name: case.tolerance for case in self.assignment.cases}
        self._reference = self._worker(self._folder)
        self._stack.callback(lambda: self._reference.end())
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def _worker(self, folder: Path) -> Worker:
        own = self.assignment.limits
        limits = dataclasses.replace(
            own,
            case_seconds=own.submission_seconds,
            cpu_seconds=int(own.submission_seconds),
        )
        return Worker(self.sandbox, folder, self.assignment.module, limits)

    def decide(self, folder: Path, function: str) -> Finding:
        """What the mutant in ``folder`` is, whose only change is in ``function``."""
        with tempfile.TemporaryDirectory(prefix="autograder-") as temporary:
            laid = Path(temporary)
            shutil.copytree(self._folder, laid, dirs_exist_ok=True)
            for name in self.assignment.files:
                if (folder / name).is_file():
                    shutil.copyfile(folder / name, laid / name)
            mutant = self._worker(laid)
            try:
                return self._decide(mutant, function)
            finally:
                mutant.end()

    def _decide(self, mutant: Worker, function: str) -> Finding:
        calls, drawn, spent = 0, 0, 0.0
        for unit, number, how in self._plan(function):
            if calls >= self.calls or (mutant.seconds > SECONDS and calls >= LEAST_CALLS):
                break
            steps, arrays = self._steps(unit, number, how)
            if steps is None:
                continue
            wanted, seconds = self._wanted(unit, number, steps)
            if not _is_answered(wanted):
                continue
            spent += seconds
            calls += 1
            got = mutant.answers(steps, number)
            if _differs(got, wanted) is None:
                continue
            slack = self._reference.answers(self._shaken(unit, arrays, number), number)
            # Where equal numbers are the point, a label that changes is no rounding.
            most = RTOL if how in perturb.EXACT else np.inf
            by = Slack(self._tolerances.get(self.units[unit].case, Tolerance()), most)
            found = _differs(got, wanted, slack, by)
            if found and self._is_random(steps, number, wanted):
                drawn += 1
                if drawn > MOST_DRAWN or seconds > QUICK_SECONDS:
                    continue
                found = self._unlikely(mutant, steps)
            if found is not None:
                step, words = found
                case = self.units[unit].case
                return Finding("missed", calls, Witness(case, _told(step, steps), how, words))
        if not calls:
            return Finding("missed", 0)
        slow = mutant.seconds > max(SLOWER * spent, spent + SLOWER_SECONDS)
        return Finding("slower" if slow and spent else "equivalent", calls)

    def _plan(self, function: str) -> Iterator[tuple[int, int, str]]:
        """Units by number, a number for the randomness, and how to change the arguments.

        First those that call the function itself, then those that reach it; each as recorded,
        then in every manner in turn.
        """
        name = function.rpartition(".")[2]
        reaching = _callers(self._words, name)
        near = [at for at, unit in enumerate(self.units) if name in unit.called]
        far = [
            at
            for at, unit in enumerate(self.units)
            if name not in unit.called and self._entered(unit) & reaching
        ]
        rng = np.random.default_rng(0)
        # Of many calls that are alike, a few of each case.
        order = [
            at
            for group in (near, far)
            for at in _by_turns([int(n) for n in rng.permutation(group)], self.units)
        ][:MOST_UNITS]
        for at in order[: self.calls // 3]:
            yield at, 0, "as recorded"
        for number in range(1, 2 * self.calls):
            manners = perturb.ALL[1:]
            for place in range(8):
                if not order:
                    return
                at = order[(8 * (number - 1) + place) % len(order)]
                how = manners[(number + place * 3) % len(manners)]
                yield at, 1 + manners.index(how) + len(manners) * number, how

    def _entered(self, unit: Unit) -> set[str]:
        """The functions that a unit's own steps enter; making an object enters ``__init__``."""
        made = {name for name in unit.called if set(OF_CLASS) <= self._words.get(name, set())}
        return (set(unit.called) - made) | ({"__init__"} if made else set())

    def _steps(
        self, unit: int, number: int, how: str
    ) -> tuple[tuple[Step, ...] | None, _Arguments]:
        steps = self.units[unit].steps
        found: dict[tuple[Any, ...], Any] = {}
        numbers: set[perturb.Number] = set()
        for step in steps:
            if step.op != "seed":
                perturb.arrays_in([list(step.args), dict(step.kwargs)], found)
                perturb.numbers_in([list(step.args), dict(step.kwargs)], numbers)
        if how == "many rows" and self._known.get((unit, 0), ([], 1.0))[1] > QUICK_SECONDS:
            return None, ({}, {})
        rng = np.random.default_rng([unit, number])
        made = perturb.perturbed(list(found.values()), how, rng, numbers)
        if made is None:
            return None, ({}, {})
        new = dict(zip(found, made.arrays, strict=True))
        return _exchanged(steps, new, made.numbers), (new, made.numbers)

    def _shaken(self, unit: int, arrays: _Arguments, number: int) -> tuple[Step, ...]:
        new, numbers = arrays
        shaken = perturb.shaken(list(new.values()), np.random.default_rng([number, unit]))
        return _exchanged(self.units[unit].steps, dict(zip(new, shaken, strict=True)), numbers)

    def _wanted(self, unit: int, number: int, steps: Sequence[Step]) -> tuple[list[Answer], float]:
        """The reference's answers, and the CPU seconds that they took."""
        key = (unit, number)
        if key in self._known:
            return self._known[key]
        before = self._reference.seconds
        answers = self._reference.answers(steps, number)
        found = answers, self._reference.seconds - before
        size = sum(a.value.nbytes for a in answers if isinstance(a.value, np.ndarray))
        if size <= KEPT_BYTES or number == 0:
            self._known[key] = found
        return found

    def _is_random(self, steps: Sequence[Step], number: int, wanted: Sequence[Answer]) -> bool:
        """Whether the reference answers otherwise when the generators are seeded otherwise."""
        unseeded = [step for step in steps if step.op != "seed"]
        first, second = (self._reference.answers(unseeded, number + s) for s in (0, 10_007))
        return _differs(second, first) is not None

    def _unlikely(self, mutant: Worker, steps: Sequence[Step]) -> tuple[Step, str] | None:
        """Whether random answers follow another law: their means and spreads over many seeds."""
        unseeded = [step for step in steps if step.op != "seed"]
        sides: list[list[list[Answer]]] = []
        for worker in (mutant, self._reference):
            sides.append([worker.answers(unseeded, seed) for seed in range(1, DRAWS + 1)])
        for got, wanted in zip(*sides, strict=True):
            if _is_answered(wanted) and (len(got) < len(wanted) or any(a.failure for a in got)):
                return wanted[-1].step, "no answer"
        for at, answer in enumerate(sides[1][0]):
            values = [[run[at].value for run in side if at < len(run)] for side in sides]
            shapes = [{repr(_shape(value)) for value in side} for side in values]
            if shapes[0] != shapes[1] and max(map(len, shapes)) == 1:
                return answer.step, "answers of another shape"
            if max(map(len, shapes)) > 1:
                continue
            features = [np.array([_features(value) for value in side]) for side in values]
            one, other = features
            error = np.sqrt((one.var(axis=0) + other.var(axis=0)) / DRAWS)
            scale = np.abs(other).max(initial=0.0)
            off = np.abs(one.mean(axis=0) - other.mean(axis=0))
            if (off > UNLIKELY * error + RTOL * scale).any():
                return answer.step, f"random answers of another law over {DRAWS} seeds"
        return None


def _told(step: Step, steps: Sequence[Step]) -> str:
    """A step in a few words: what was called, with kinds and shapes of the arguments."""
    if step.op == "fetch":
        return "an argument, after the call"
    put = {other.made: other.args[0] for other in steps if other.op == "put"}

    def plain(value: Any) -> Any:
        return put.get(value.number, "object") if isinstance(value, Kept) else value

    args = tuple(plain(value) for value in step.args)
    told = Call(step.path or "__call__", args, {k: plain(v) for k, v in step.kwargs.items()})
    return told.brief if step.op == "call" else step.path


def _shape(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return [_shape(item) for item in value]
    return brief(value)


def _features(value: Any) -> list[float]:
    """Numbers that a random answer is summed up in; the same ones for the same shape."""
    if isinstance(value, list | tuple):
        return [number for item in value for number in _features(item)]
    if not isinstance(value, np.ndarray | float | int | np.generic):
        return []
    array = np.asarray(value, dtype=np.float64)
    if array.ndim < 1 or not array.size:
        return [float(array.sum())]
    rows = array.reshape(len(array), -1)
    order = np.sort(rows, axis=0)
    made = [rows.mean(axis=0), rows.std(axis=0), order[0], order[-1], (rows[1:] == rows[:-1]).mean(
        axis=0) if len(rows) > 1 else rows[0]]  # fmt: skip
    return [float(number) for part in made for number in part[:8]]


def _exchanged(
    steps: Sequence[Step], new: Mapping[Any, Any], numbers: Mapping[perturb.Number, int | float]
) -> tuple[Step, ...]:
    return tuple(
        dataclasses.replace(
            step,
            args=perturb.exchanged(step.args, new, numbers),
            kwargs=perturb.exchanged(dict(step.kwargs), new, numbers),
        )
        if step.op in ("call", "set", "put")
        else step
        for step in steps
    )


def _by_turns(order: Sequence[int], units: Sequence[Unit]) -> list[int]:
    """The same numbers, a unit of each case in turn."""
    groups: dict[str, list[int]] = {}
    for at in order:
        groups.setdefault(units[at].case, []).append(at)
    turns: list[int] = []
    while any(groups.values()):
        turns += [group.pop(0) for group in groups.values() if group]
    return turns


def _words(folder: Path) -> dict[str, set[str]]:
    """For every function and class below ``folder``, by its bare name, the names that it uses."""
    found: dict[str, set[str]] = {}
    for path in sorted(folder.glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                words = {n.id for n in ast.walk(node) if isinstance(n, ast.Name)}
                words |= {n.attr for n in ast.walk(node) if isinstance(n, ast.Attribute)}
                found[node.name] = found.get(node.name, set()) | words
            elif isinstance(node, ast.ClassDef):
                # Whoever names a class may make an object of it and call that.
                found.setdefault(node.name, set()).update(OF_CLASS)
    return found


def _callers(words: Mapping[str, set[str]], name: str) -> frozenset[str]:
    """Names of the functions that may come to call ``name``: a guess on the wide side."""
    found = {name}
    while True:
        more = {caller for caller, used in words.items() if used & found} - found
        if not more:
            return frozenset(found)
        found |= more
