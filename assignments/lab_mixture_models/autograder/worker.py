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
import linecache
import os
import py_compile
import random
import socket
import sys
import threading
import traceback
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
        if op == "set":
            setattr(self.find(request["of"], ""), request["path"], request["value"])
            return {"ok": None}
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
        if op == "seed":
            _seed(request["seed"])
            return {"ok": None}
        if op == "replace":
            wanted = request["module"], request["path"], request["number"], request["attributes"]
            return {"ok": self.replace(*wanted)}
        if op == "import":
            name = request["module"]
            if request["seed"] is not None:
                _seed(request["seed"])
            self.modules[name] = importlib.import_module(name)
            return {"ok": None}
        raise ValueError(f"unknown request {op!r}")

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

    def replace(self, module: str, path: str, number: int, attributes: list[str]) -> bool:
        """Put a stand-in for ``path`` wherever the submission's modules hold it."""
        owner_path, _, name = path.rpartition(".")
        if owner_path:
            owner = self.find(module, owner_path)
            setattr(owner, name, self.method_standin(number, path, attributes))
            return True
        old = getattr(self.modules[module], name, None)
        standin = self.standin(number, path)
        setattr(self.modules[module], name, standin)
        if old is not None:
            for other in self.own_modules():
                for alias, value in list(vars(other).items()):
                    if value is old:
                        setattr(other, alias, standin)
        return True

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


def serve(sock: socket.socket, folder: str, limit: int, refused: dict[str, str]) -> None:
    """Be a worker for the submission in ``folder`` until ``sock`` closes."""
    sys.path.insert(0, folder)
    # A prompt would wait for somebody who is not there.
    builtins.input = _no_input
    Worker(sock, folder, limit).serve(refused)


def _no_input(prompt: object = "", /) -> str:
    raise EOFError("input() has nobody to ask while your work is graded")
