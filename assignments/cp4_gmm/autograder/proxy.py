"""What a check sees of a worker: functions, classes, objects by the usual dot.

A ``Submission`` stands for the modules of one submission in one worker, which
is started when it is first used. Results are plain data, or a ``Handle`` for
whatever stays on the worker's side. Nothing is judged here.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from types import SimpleNamespace
from typing import Any, NoReturn

import numpy as np

from autograder import wire
from autograder.asked import (
    Call,
    Handle,
    Step,
    brief,
    copied,
    handle_number,
    same,
    size,
    swapped,
)
from autograder.model import Usage, Verdict
from autograder.session import CallFailed, ReferenceFailed, Session


def _columns_first(value: Any) -> Any:
    return np.asfortranarray(value) if isinstance(value, np.ndarray) and value.ndim > 1 else value


NOTED_BYTES = 32 * 2**20
STEP_BYTES = 4 * 2**20


class Function:
    """A function, method or class on the worker's side."""

    def __init__(self, owner: Submission, of: str | int, path: str, name: str) -> None:
        self._owner, self._of, self._path, self._name = owner, of, path, name

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self._owner._call(self._of, self._path, self._name, args, kwargs)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") and name.endswith("__"):
            raise AttributeError(name)
        return self._owner._get(self._of, f"{self._path}.{name}", f"{self._name}.{name}")


class Module:
    """One module of a submission."""

    def __init__(self, owner: Submission, name: str) -> None:
        self._owner, self._module = owner, name

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") and name.endswith("__"):
            raise AttributeError(name)
        return self._owner._get(self._module, name, name)


def _with_self(function: Callable[..., Any]) -> Callable[..., Any]:
    """A stand-in whose first argument comes as a dict of attributes."""

    def called(attributes: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        return function(SimpleNamespace(**attributes), *args, **kwargs)

    return called


class Submission:
    """The submission, by call. See the module's docstring.

    ``start`` gives a fresh session. ``failures`` says which modules are known
    not to import, so that no case runs into the same wall again. ``ours``
    marks the reference solution, whose failures are not the student's.
    ``names`` are the graded functions and methods: whoever has data there,
    where a check is about to call, has no answer.
    """

    def __init__(
        self,
        start: Callable[[], Session],
        main: str,
        *,
        failures: Mapping[str, CallFailed] | None = None,
        seed: int = 0,
        ours: bool = False,
        names: Collection[str] = (),
        columns_first: bool = False,
    ) -> None:
        self._classes = {name.partition(".")[0] for name in names if "." in name}
        self._functions = {part for name in names for part in (name, name.rpartition(".")[2])}
        self._start = start
        self._columns_first = columns_first
        self._main = main
        self._failures = failures or {}
        self._seed = seed
        self._ours = ours
        self._session: Session | None = None
        self._imported: set[str] = set()
        self._seeded = False
        self._callable: set[tuple[str | int, str]] = set()
        self.last_call: Call | None = None
        self.answers: list[tuple[str, Any]] = []
        """What was asked for and what came back, as long as it is little."""
        self._calls: list[tuple[Call, Any]] = []
        """Calls that gave an array of floats, and that."""
        self._answered = 0
        self._steps: list[Step] | None = None

    # What checks use

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") and name.endswith("__"):
            raise AttributeError(name)
        return self._get(self._main, name, name)

    def module(self, name: str) -> Module:
        """Another module of the submission."""
        return Module(self, name)

    def put(self, value: Any) -> Handle:
        """Keep ``value`` on the worker's side, to be passed to several calls."""
        number = self._number(self._request(op="put", value=value)["ok"])
        self._step("put", args=(value,), made=number)
        return Handle(self, number, f"{brief(value)}")

    def fetch(self, handle: Handle) -> Any:
        """What a kept value is now."""
        value = self._noted("", self._request(op="fetch", handle=handle._number)["ok"])
        self._step("fetch", handle._number)
        return value

    def drop(self, handle: Handle) -> None:
        """Let go of a kept value."""
        self._request(op="drop", handle=handle._number)

    def seed(self, number: int) -> None:
        """Seed numpy's global generator and ``random`` on the worker's side."""
        self._request(op="seed", seed=number)
        self._seeded = True
        self._step("seed", args=(number,))

    def replace(
        self,
        path: str,
        function: Callable[..., Any],
        module: str | None = None,
        attributes: Sequence[str] = (),
        slope: Callable[..., Any] | None = None,
    ) -> None:
        """Let ``function``, run on our side, stand in for ``path`` from now on.

        ``path`` is ``"name"`` or ``"Class.method"``. A method's stand-in does
        not get ``self``, or, with ``attributes``, a namespace that holds those
        of the object (None where it has none). It must return plain data.
        With ``slope`` autograd may differentiate the stand-in of a function that gives a number:
        ``slope(at, names, *values)`` gives the derivatives in the entries of value ``at``; the
        last values were given by ``names``.
        """
        module = module or self._main
        self._ensure(module)
        session = self._open()
        session.standins.append(_with_self(function) if attributes else function)
        number = len(session.standins) - 1
        if slope is not None:
            session.standins.append(slope)
        answer = self._request(
            op="replace",
            module=module,
            path=path,
            number=number,
            attributes=list(attributes),
            slope=None if slope is None else number + 1,
        )
        self._vouch(answer, module, path)

    # What the grader uses

    def call_on(
        self, module: str, path: str, attributes: Mapping[str, Any], args: Any, kwargs: Any
    ) -> Any:
        """``path`` (``name`` or ``Class.name``), called as it is, whatever its name.

        A method is called on an object of its class that has ``attributes`` and nothing else:
        its ``__init__`` is not run.
        """
        self._ensure(module)
        owner, _, name = path.rpartition(".")
        if not owner:
            return self._call(module, name, name, args, kwargs)
        number = self._number(self._request(op="blank", of=module, path=owner)["ok"])
        for key, value in attributes.items():
            self._request(op="set", of=number, path=key, value=value)
        try:
            return self._call(number, name, path, args, kwargs)
        finally:
            self._request(op="drop", handle=number)

    def slope_of(
        self, module: str, path: str, at: int, names: Sequence[str], values: tuple[Any, ...]
    ) -> Any:
        """The derivatives of a function of our own, by autograd; see ``replace``."""
        self._ensure(module)
        if not 0 <= at < len(values) or len(names) > len(values):
            raise ValueError("there is no such argument")
        request = {"op": "slope", "of": module, "path": path, "at": at}
        return self._request(**request, names=list(names), args=values)["ok"]

    def measured(
        self, path: str, first: tuple[Any, ...], args: tuple[Any, ...], at: np.ndarray[Any, Any]
    ) -> tuple[float, float, Any]:
        """``path(*first, *args)`` by CPU seconds, of the kernel's account where it keeps one.

        Gives the seconds of the call alone, of everything (its arguments' arrival and a look at
        its result are worked on by the same process), and the result's shape and its entries
        ``at``, or None where it is neither an array nor a number.
        """
        started = self.clock()
        put = [self.put(arg) for arg in args]
        before = self.clock()
        answer = self._request(
            op="call", of=self._main, path=path, args=(*first, *put), kwargs={}, keep="number"
        )
        after = self.clock()
        self._vouch(answer, self._main, path)
        result = self._number(answer["ok"])
        seen = self._request(op="sample", handle=result, at=at)["ok"]
        ended = self.clock()
        for number in (*(handle._number for handle in put), result):
            self._request(op="drop", handle=number)
        return after - before, ended - started, seen

    def note_steps(self) -> list[Step]:
        """A list to which everything is added, from now on, that is asked of the worker."""
        self._steps = []
        return self._steps

    def repeat(self, step: Step, handles: Mapping[int, Handle]) -> Any:
        """Ask again what was noted, maybe of another worker; what came back.

        ``handles`` are those of this worker, by the numbers that they had when it was noted.
        Raises KeyError for one that is not there.
        """
        args, kwargs = swapped(step.args, handles), swapped(dict(step.kwargs), handles)
        of = handles[step.of]._number if isinstance(step.of, int) else step.of
        if step.op == "put":
            return self.put(*args)
        if step.op == "fetch":
            return self.fetch(handles[int(step.of)])
        if step.op == "seed":
            return self.seed(*args)
        if step.op == "set":
            return self._request(op="set", of=of, path=step.path, value=args[0])["ok"]
        if isinstance(of, str):
            self._ensure(of)
        if step.op == "get":
            return self._get(of, step.path, step.path)
        return self._call(of, step.path, step.path, args, kwargs)

    def _step(
        self,
        op: str,
        of: str | int = "",
        path: str = "",
        args: tuple[Any, ...] = (),
        kwargs: Mapping[str, Any] | None = None,
        made: int | None = None,
    ) -> None:
        if self._steps is None:
            return
        if size(args) + size(dict(kwargs or {})) > STEP_BYTES:
            self._steps.append(Step("large", of, path, made=made))
        else:
            kept = copied(args), copied(dict(kwargs or {}))
            self._steps.append(Step(op, of, path, *kept, made))

    def clock(self) -> float:
        """CPU seconds that the worker has taken, or the time where no account is kept."""
        seconds = self._open().cpu_seconds()
        return time.perf_counter() if seconds is None else seconds

    def growth(self, path: str, args: tuple[Any, ...]) -> float | None:
        """One call whose result stays behind: the memory in MB that it took beyond what
        was there, by the kernel's account; None where that keeps none.
        """
        session = self._open()
        before = session.reset_peak()
        answer = self._request(
            op="call", of=self._main, path=path, args=args, kwargs={}, keep="nothing"
        )
        self._vouch(answer, self._main, path)
        most = session.peak_mb()
        return None if before is None or most is None else max(most - before, 0.0)

    def load(self, module: str) -> None:
        """Import one module now. Raises CallFailed when it does not import."""
        self._ensure(module)

    def run_cell(self, name: str, text: str, *, colab: bool) -> None:
        """Run a notebook's cell in the worker's ``__main__``, which its first cell begins."""
        self._request(op="cell", name=name, text=text, colab=colab)

    def begin_case(self, seed: int, main: str) -> None:
        """Make a worker that outlives one case forget the last one."""
        self._seed, self._main = seed, main
        if self._session is not None:
            self._request(op="forget")
            self.seed(seed)
            self._callable = {known for known in self._callable if isinstance(known[0], str)}

    def note_calls(self) -> None:
        """Remember from now on which functions of the submission are entered."""
        self._request(op="trace")

    def noted_calls(self) -> frozenset[tuple[str, int]]:
        """File and first line of every function that was entered since ``note_calls``."""
        answer = self._request(op="traced")["ok"]
        return frozenset((str(file), int(line)) for file, line in answer)

    def bytecode(self, file: str) -> bytes:
        """``file`` compiled in the worker, which must not have imported anything yet."""
        made = self._request(op="compile", file=file)["ok"]
        if not isinstance(made, bytes):
            raise CallFailed(Verdict.RUN_TIME_ERROR, "The answer cannot be read.")
        return made

    @property
    def printed(self) -> str:
        """What was printed in this worker so far, cut and cleaned."""
        return self._session.printed() if self._session is not None else ""

    @property
    def refused(self) -> dict[str, str]:
        """Means of confinement that the worker could not put on, and why."""
        return self._session.refused if self._session is not None else {}

    @property
    def blame(self) -> CallFailed | None:
        """What the submission did that brought a stand-in's own side down."""
        return self._session.blame if self._session is not None else None

    @property
    def reusable(self) -> bool:
        """Whether another case may use this worker: it lives and is as it was imported."""
        return self._session is None or (self._session.alive and not self._session.standins)

    def end(self) -> Usage:
        """End the worker, if there is one, and say what it took."""
        return self._session.end() if self._session is not None else Usage()

    # Inside

    def _open(self) -> Session:
        if self._session is None:
            if self._main in self._failures:
                # Raised anew for each case, it would carry the frames of all before.
                raise self._failures[self._main].with_traceback(None)
            self._session = self._start()
            self._session.resolve = lambda number, kind: Handle(self, number, kind)
            self._session.opaque = self._opaque
            self._session.trusted = self._ours
        return self._session

    def _opaque(self, value: Any) -> tuple[int, str]:
        if isinstance(value, Handle) and value._owner is self:
            return value._number, value.kind_name
        raise wire.WireError(f"a {type(value).__name__} cannot be sent to a submission")

    def _request(self, **message: Any) -> dict[str, Any]:
        try:
            answer = self._open().request(message)
        except CallFailed as failure:
            if self._ours:
                raise ReferenceFailed(
                    f"the reference solution failed: {failure.message} {failure.detail}",
                    fatal=not self._open().alive,
                ) from failure
            raise
        if "ok" not in answer and message["op"] not in ("get", "call", "replace"):
            raise CallFailed(Verdict.RUN_TIME_ERROR, "The answer cannot be read.")
        return answer

    def _ensure(self, module: str) -> None:
        if module in self._failures:
            raise self._failures[module].with_traceback(None)
        if module not in self._imported:
            # Nothing of the submission runs before its first import.
            seed = None if self._imported or self._seeded else self._seed
            self._request(op="import", module=module, seed=seed)
            self._imported.add(module)

    def _get(self, of: str | int, path: str, name: str) -> Any:
        if isinstance(of, str):
            self._ensure(of)
        if (of, path) not in self._callable:
            answer = self._request(op="get", of=of, path=path)
            self._vouch(answer, of, path)
            if "callable" not in answer:
                self._refuse_data(path, answer["ok"])
                self._step("get", of, path, made=handle_number(answer["ok"]))
                return self._noted(path, answer["ok"])
            self._callable.add((of, path))
        return Function(self, of, path, name)

    def _call(
        self, of: str | int, path: str, name: str, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> Any:
        self.last_call = call = Call(name, args, kwargs)
        if self._columns_first:
            args = tuple(_columns_first(arg) for arg in args)
        answer = self._request(op="call", of=of, path=path, args=args, kwargs=kwargs, keep="value")
        self._vouch(answer, of, path)
        result = self._noted(path, answer["ok"])
        if self._answered <= NOTED_BYTES:
            self._calls.append((call, result))
        self._step("call", of, path, args, kwargs, handle_number(result))
        if isinstance(result, Handle):
            object.__setattr__(result, "_label", name)
        elif isinstance(of, str) and path in self._classes:
            self._missing(
                CallFailed(
                    Verdict.RUN_TIME_ERROR,
                    f"{path}(...) gives a {type(result).__name__}, not an object of a class.",
                )
            )
        return result

    def repeats(self, call: Call) -> bool:
        """Whether the answer to ``call`` is that of an earlier one with other arguments.

        Only arrays of floats that are no constants are compared.
        """
        result = next((answer for one, answer in self._calls if one is call), None)
        if not isinstance(result, np.ndarray) or result.dtype.kind != "f":
            return False
        if result.size < 2 or not np.ptp(result) > 0:
            return False
        earlier = itertools.takewhile(lambda made: made[0] is not call, self._calls)
        return any(
            isinstance(answer, np.ndarray)
            and before.name == call.name
            and before.args != ()
            and np.array_equal(answer, result)
            and not (same(before.args, call.args) and same(before.kwargs, call.kwargs))
            for before, answer in earlier
        )

    def call_of(self, answer: np.ndarray[Any, Any]) -> Call | None:
        """The call that gave an array or a number, alone or in a tuple.

        None where none did, so that it is made of an answer, and where several did that were asked
        unlike things.
        """
        found = [call for call, result in self._calls if _holds(result, answer)]
        alike = all(
            call is found[-1]
            or (
                call.name == found[-1].name
                and same(call.args, found[-1].args)
                and same(call.kwargs, found[-1].kwargs)
            )
            for call in found
        )
        return found[-1] if found and alike else None

    def _noted(self, path: str, value: Any) -> Any:
        self._answered += value.nbytes if isinstance(value, np.ndarray) else 100
        if self._answered <= NOTED_BYTES:
            self.answers.append((path, value))
        return value

    def _refuse_data(self, path: str, value: Any) -> None:
        """A graded name that holds data cannot be called."""
        if path in self._functions | self._classes and not isinstance(value, Handle):
            self._missing(
                CallFailed(
                    Verdict.RUN_TIME_ERROR, f"{path} is a {type(value).__name__}, not a function."
                )
            )

    def _vouch(self, answer: dict[str, Any], of: str | int, path: str) -> None:
        """An answer that is neither a value nor a callable names what is missing."""
        if "ok" in answer or "callable" in answer:
            return
        where = f"{of}.py has" if isinstance(of, str) else "The object has"
        verdict = Verdict.NOT_IMPLEMENTED if isinstance(of, str) else Verdict.RUN_TIME_ERROR
        self._missing(CallFailed(verdict, f"{where} no {path}."))

    def _missing(self, failure: CallFailed) -> NoReturn:
        if self._ours:
            raise ReferenceFailed(f"the reference solution: {failure.message}")
        raise failure

    def _number(self, value: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, int):
            raise CallFailed(Verdict.RUN_TIME_ERROR, "The answer cannot be read.")
        return value


def _holds(result: Any, answer: np.ndarray[Any, Any]) -> bool:
    """Whether a result is ``answer``, or a tuple that has it, up to the form of the array."""
    if isinstance(result, tuple):
        return any(_holds(item, answer) for item in result)
    if not isinstance(result, np.ndarray | np.generic | float | int):
        return False
    values = np.asarray(result)
    if values.dtype.kind not in "fiub" or values.size != answer.size:
        return False
    a, b = values.ravel(), answer.ravel()
    return bool(np.array_equal(a, b) or ((a == b) | ((a != a) & (b != b))).all())
