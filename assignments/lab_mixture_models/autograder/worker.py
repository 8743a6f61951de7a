"""The untrusted side of the wall: imports the submission and answers calls.

This is the only module of ours that shares a process with student code. It
knows no expected value, no tolerance and no score, and whatever it says is a
claim: time, memory and verdict are decided on the other side. It imports
``wire`` and nothing else of ours.

Requests are dicts with an ``op``; the answer is one of ``{"ok": value}``,
``{"callable": True}``, ``{"missing": text}`` and ``{"error": {...}}``. While
a call is under way the worker may first send ``{"standin": number, "args":
..., "kwargs": ...}`` and is answered with ``{"ok": value}`` or ``{"raise":
text}``.
"""

from __future__ import annotations

import builtins
import importlib
import importlib.util
import linecache
import os
import py_compile
import random
import socket
import sys
import threading
import traceback
import types
import warnings
from typing import Any

import numpy as np

from autograder import wire

MAX_TEXT = 4000
MAX_FRAMES = 12


class _Missing(Exception):
    """The submission has nothing by the name that was asked for."""


class Worker:
    """Answers requests about one submission until the other side hangs up."""

    def __init__(self, sock: socket.socket, folder: str, limit: int) -> None:
        self.sock = sock
        self.folder = os.path.realpath(folder)
        self.limit = limit
        self.kept: dict[int, Any] = {}
        self.numbers = 0
        self.modules: dict[str, Any] = {}
        self.seen: set[Any] = set()
        self.traced: set[tuple[str, int]] = set()
        self.lock = threading.RLock()

    # Values

    def opaque(self, value: Any) -> tuple[int, str]:
        self.numbers += 1
        number = self.numbers
        self.kept[number] = value
        return number, _kind_name(value)

    def resolve(self, number: int, kind: str) -> Any:
        return self.kept[number]

    def send(self, message: dict[str, Any]) -> None:
        try:
            frame = wire.encode(message, self.opaque)
        except BaseException as error:
            # No memory for it, or an object that lies about its class.
            frame = wire.encode({"error": _plain_error(error)})
        wire.send(self.sock, frame)

    def receive(self) -> Any:
        return wire.receive(self.sock, self.limit, self.resolve)

    # Requests

    def serve(self, refused: dict[str, str]) -> None:
        """Answer requests until the socket closes; first say which layers were refused."""
        self.send({"ready": True, "refused": refused})
        while True:
            try:
                request = self.receive()
            except wire.Closed:
                return
            try:
                answer = self.answer(request)
            except _Missing as missing:
                answer = {"missing": str(missing)}
            except BaseException as error:
                # SystemExit and KeyboardInterrupt too: a submission that calls
                # sys.exit() is told so instead of taking the worker with it.
                answer = {"error": self.describe(error)}
            _flush()
            with self.lock:
                self.send(answer)

    def answer(self, request: dict[str, Any]) -> dict[str, Any]:
        op = request["op"]
        if op == "call":
            function = self.find(request["of"], request["path"])
            result = function(*request["args"], **request["kwargs"])
            if request["keep"] == "number":
                return {"ok": self.opaque(result)[0]}
            return {"ok": result if request["keep"] == "value" else None}
        if op == "get":
            value = self.find(request["of"], request["path"])
            return {"callable": True} if callable(value) else {"ok": value}
        if op == "slope":
            function = self.find(request["of"], request["path"])
            return {"ok": _slope(function, request["at"], request["names"], request["args"])}
        if op == "set":
            setattr(self.find(request["of"], ""), request["path"], request["value"])
            return {"ok": None}
        if op == "blank":
            kind = self.find(request["of"], request["path"])
            return {"ok": self.opaque(kind.__new__(kind))[0]}
        if op == "put":
            number, _ = self.opaque(request["value"])
            return {"ok": number}
        if op == "fetch":
            return {"ok": self.kept[request["handle"]]}
        if op == "sample":
            return {"ok": _sample(self.kept[request["handle"]], request["at"])}
        if op == "drop":
            self.kept.pop(request["handle"], None)
            return {"ok": None}
        if op == "forget":
            self.kept.clear()
            return {"ok": None}
        if op == "compile":
            # Before anything of the submission runs, so it is what the source says.
            made = py_compile.compile(
                os.path.join(self.folder, request["file"]), cfile=os.path.abspath("made.pyc"),
                doraise=True,
            )  # fmt: skip
            with open(str(made), "rb") as file:
                return {"ok": file.read()}
        if op == "trace":
            sys.setprofile(self.trace)
            threading.setprofile(self.trace)
            return {"ok": None}
        if op == "traced":
            return {"ok": [list(ran) for ran in sorted(self.traced)]}
        if op == "seed":
            _seed(request["seed"])
            return {"ok": None}
        if op == "replace":
            keys = ("module", "path", "number", "attributes", "slope")
            return {"ok": self.replace(*(request[key] for key in keys))}
        if op == "cell":
            self.run_cell(request["name"], request["text"], request["colab"])
            return {"ok": None}
        if op == "import":
            name = request["module"]
            if request["seed"] is not None:
                _seed(request["seed"])
            self.modules[name] = importlib.import_module(name)
            return {"ok": None}
        raise ValueError(f"unknown request {op!r}")

    def trace(self, frame: Any, event: str, _: Any) -> None:
        """Remember each function of the submission that is entered."""
        code = frame.f_code
        if event == "call" and code not in self.seen:
            self.seen.add(code)
            if self.owns(code.co_filename):
                self.traced.add((os.path.basename(code.co_filename), code.co_firstlineno))

    def find(self, of: Any, path: str) -> Any:
        """What ``path`` (dotted, may be empty) names, from a module or a handle."""
        if isinstance(of, str):
            value, where = self.modules[of], f"{of}.py"
        else:
            value = self.kept[of]
            where = _kind_name(value)
        for name in filter(None, path.split(".")):
            try:
                value = getattr(value, name)
            except AttributeError as error:
                raised_inside = self.student_frames(error.__traceback__)
                if raised_inside:
                    raise
                raise _Missing(f"{where} has no {name}") from None
            where = f"{where}: {name}" if where.endswith(".py") else f"{where}.{name}"
        return value

    def replace(
        self, module: str, path: str, number: int, attributes: list[str], slope: int | None
    ) -> bool:
        """Put a stand-in for ``path`` wherever the submission's modules hold it."""
        owner_path, _, name = path.rpartition(".")
        if owner_path:
            owner = self.find(module, owner_path)
            setattr(owner, name, self.method_standin(number, path, attributes))
            return True
        old = getattr(self.modules[module], name, None)
        standin = self.standin(number, path)
        if slope is not None:
            standin = _differentiable(standin, self.standin(slope, path))
        setattr(self.modules[module], name, standin)
        if old is not None:
            for other in self.own_modules():
                for alias, value in list(vars(other).items()):
                    if value is old:
                        setattr(other, alias, standin)
        return True

    def run_cell(self, name: str, text: str, colab: bool) -> None:
        """Run one cell of a notebook in ``__main__``; the first one makes that anew."""
        if "__main__" not in self.modules:
            self.folder = _move_in(self.folder)
            self.modules["__main__"] = _main_module(colab)
        file = os.path.join(self.folder, name)
        exec(compile(text, file, "exec", dont_inherit=True), vars(self.modules["__main__"]))
        # A notebook shows and closes its figures after every cell.
        pyplot = sys.modules.get("matplotlib.pyplot")
        if pyplot is not None:
            pyplot.close("all")

    def own_modules(self) -> list[Any]:
        found = []
        # There may be thousands, and asking for each one's real path takes milliseconds.
        for name in [name for name in list(sys.modules) if name not in _ours]:
            module = sys.modules.get(name)
            file = getattr(module, "__file__", None)
            if isinstance(file, str) and self.owns(file):
                found.append(module)
        return found

    def standin(self, number: int, path: str) -> Any:
        """A function that is answered from the other side."""

        def ask(*args: Any, **kwargs: Any) -> Any:
            with self.lock:
                self.send({"standin": number, "args": args, "kwargs": kwargs})
                answer = self.receive()
            if "raise" in answer:
                raise RuntimeError(answer["raise"])
            return answer["ok"]

        ask.__name__ = path.rpartition(".")[2]
        return ask

    def method_standin(self, number: int, path: str, attributes: list[str]) -> Any:
        """The same for a method; ``attributes`` of its object go along, in a dict."""
        ask = self.standin(number, path)

        def ask_as_method(_self: Any, /, *args: Any, **kwargs: Any) -> Any:
            if attributes:
                args = ({name: getattr(_self, name, None) for name in attributes}, *args)
            return ask(*args, **kwargs)

        ask_as_method.__name__ = ask.__name__
        return ask_as_method

    # Exceptions

    def owns(self, file: str) -> bool:
        return os.path.realpath(file).startswith(self.folder + os.sep)

    def student_frames(self, trace: Any) -> list[list[Any]]:
        """``[file, line, function, text]`` of the submission's own frames."""
        frames = []
        for frame, line in traceback.walk_tb(trace):
            file = frame.f_code.co_filename
            if self.owns(file):
                text = linecache.getline(file, line).strip()[:200]
                name = os.path.relpath(os.path.realpath(file), self.folder)
                frames.append([name, line, frame.f_code.co_name[:100], text])
        return frames[-MAX_FRAMES:]

    def describe(self, error: BaseException) -> dict[str, Any]:
        """An exception as data: type, bases, message, the student's own frames."""
        frames = self.student_frames(error.__traceback__)
        if isinstance(error, SyntaxError) and error.filename and self.owns(error.filename):
            name = os.path.relpath(os.path.realpath(error.filename), self.folder)
            frames.append([name, int(error.lineno or 0), "", str(error.text or "").strip()[:200]])
        try:
            text = str(error)
        except BaseException:
            text = ""
        return {
            "type": type(error).__name__[:100],
            "bases": [base.__name__[:100] for base in type(error).__mro__][:20],
            "text": text[:MAX_TEXT],
            "frames": frames,
        }


def _differentiable(ask: Any, ask_slope: Any) -> Any:
    """``ask``, and autograd may go through it: the slope is asked for as the value is."""

    def ask_either(*args: Any, **kwargs: Any) -> Any:
        values = (*args, *kwargs.values())
        if not any(map(_is_box, values)):
            return ask(*args, **kwargs)
        names = list(kwargs)
        count = len(args)

        def of_all(*values: Any) -> Any:
            return ask(*values[:count], **dict(zip(names, values[count:], strict=True)))

        def slope(at: int) -> Any:
            def of_answer(_answer: Any, *values: Any) -> Any:
                if any(map(_is_box, values)):
                    raise TypeError("the grader answers for this function, and gives its first "
                                    "derivatives only")  # fmt: skip
                return lambda outer: outer * ask_slope(at, names, *values)

            return of_answer

        extend = importlib.import_module("autograd.extend")
        node = extend.primitive(of_all)
        extend.defvjp(node, *map(slope, range(len(values))))
        return node(*values)

    ask_either.__name__ = ask.__name__
    return ask_either


def _is_box(value: Any) -> bool:
    """Whether autograd has wrapped a value, to follow what is done with it."""
    return type(value).__module__.startswith("autograd.")


def _slope(function: Any, at: int, names: list[str], args: tuple[Any, ...]) -> Any:
    """The derivatives of a function of ours, a number, in the entries of one argument.

    The last arguments are the ones that have ``names``.
    """
    count = len(args) - len(names)

    def of_all(*values: Any) -> Any:
        return function(*values[:count], **dict(zip(names, values[count:], strict=True)))

    return importlib.import_module("autograd").grad(of_all, at)(*args)


def _plain_error(error: BaseException) -> dict[str, Any]:
    bases = [base.__name__[:100] for base in type(error).__mro__][:20]
    return {"type": bases[0], "bases": bases, "text": "", "frames": []}


def _kind_name(value: Any) -> str:
    if isinstance(value, np.ndarray) and not isinstance(value, np.ma.MaskedArray):
        return f"ndarray of {value.dtype}"[:100]
    return type(value).__name__[:100]


def _sample(value: Any, at: Any) -> Any:
    """Shape and some entries of an array or a number; None for anything else."""
    if isinstance(value, (float, np.number)):
        value = np.asarray(value)
    if type(value) is not np.ndarray or value.dtype.kind not in "biuf" or not value.size:
        return None
    return list(value.shape), value.reshape(-1)[at % value.size]


def _seed(number: int) -> None:
    np.random.seed(number)  # noqa: NPY002  the global generator is the point
    random.seed(number)


def _flush() -> None:
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except Exception:
            # The student may have replaced or closed it; what was printed
            # there is lost and nothing else.
            continue


_ours: set[str] = set()
"""Modules that were there before the submission."""


def remember_modules() -> None:
    """Take every module that is loaded by now for no submission's."""
    _ours.update(sys.modules)


def plain_progress_bars() -> None:
    """Let ``tqdm_notebook`` work where there is no notebook."""
    tqdm = sys.modules.get("tqdm")
    if tqdm is not None:
        vars(tqdm)["tqdm_notebook"] = vars(tqdm)["tqdm"]


# A notebook's world


def _move_in(folder: str) -> str:
    """Copy the submission to the folder that may be written to; what it is called now."""
    here = os.path.realpath(os.curdir)
    for above, _, files in os.walk(folder):
        into = os.path.join(here, os.path.relpath(above, folder))
        os.makedirs(into, exist_ok=True)
        for name in files:
            with open(os.path.join(above, name), "rb") as old:
                data = old.read()
            with open(os.path.join(into, name), "wb") as new:
                new.write(data)
    sys.path[:] = [here, *(path for path in sys.path if os.path.realpath(path) != folder)]
    return here


class _Nothing:
    """Whatever is asked of it, it does nothing."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return self

    def __call__(self, *args: Any, **kwargs: Any) -> _Nothing:
        return self

    def __getitem__(self, key: Any) -> _Nothing:
        return self

    def __iter__(self) -> Any:
        return iter(())

    def __bool__(self) -> bool:
        # matplotlib would wait for this program's events.
        return False

    def __enter__(self) -> _Nothing:
        return self

    def __exit__(self, *args: Any) -> None:
        return None


class _StandIns:
    """Finds modules that only a notebook's own program has; nothing in them does anything."""

    def __init__(self, names: list[str]) -> None:
        self.names = names

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> Any:
        if any(name == known or name.startswith(f"{known}.") for known in self.names):
            return importlib.util.spec_from_loader(name, self, is_package=True)  # type: ignore[arg-type]
        return None

    def create_module(self, spec: Any) -> None:
        return None

    def exec_module(self, module: Any) -> None:
        module.__getattr__ = lambda name: getattr(_Nothing(), name)
        module.version_info = (9, 0, 0, "")  # matplotlib asks for it


def _main_module(colab: bool) -> types.ModuleType:
    """A fresh ``__main__`` as a notebook's, where nobody looks at pictures."""
    os.environ["MPLBACKEND"] = "Agg"
    matplotlib = sys.modules.get("matplotlib")
    if matplotlib is not None:
        matplotlib.use("Agg")
    warnings.filterwarnings("ignore", message=".*is non-interactive, and thus cannot be shown")
    sys.meta_path.insert(0, _StandIns(["IPython", *(["google"] if colab else [])]))
    main = types.ModuleType("__main__")
    vars(main).update(__builtins__=builtins, display=_Nothing(), get_ipython=_Nothing())
    sys.modules["__main__"] = main
    return main


def serve(sock: socket.socket, folder: str, limit: int, refused: dict[str, str]) -> None:
    """Be a worker for the submission in ``folder`` until ``sock`` closes."""
    sys.path.insert(0, folder)
    # A prompt would wait for somebody who is not there.
    builtins.input = _no_input
    Worker(sock, folder, limit).serve(refused)


def _no_input(prompt: object = "", /) -> str:
    raise EOFError("input() has nobody to ask while your work is graded")
