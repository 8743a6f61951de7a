"""The trusted side of the wall: starts workers, confined, and ends them.

A ``Sandbox`` holds a warm zygote; ``start`` gives a ``Session``, our end of
one worker with one submission.

Map of the folder made for each worker (under the system's temporary folder)::

    autograder-…/            gone when the worker is
        submission/          a fresh copy of the submission
        work/                the worker's working directory and home
        printed              what it printed
"""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from autograder.model import Limits
from autograder.session import START_SECONDS, SandboxError, Session

DYING_SECONDS = 1.0
BOOT_POLL_SECONDS = 0.2
KEPT_ENVIRONMENT = [
    "PATH",
    "HOME",
    "USERPROFILE",
    "SYSTEMROOT",
    "WINDIR",
    "LOCALAPPDATA",
    "APPDATA",
    "LANG",
    "LC_ALL",
    "LC_CTYPE",
    "LD_LIBRARY_PATH",
    "XDG_CACHE_HOME",
]
FIXED_ENVIRONMENT = {
    # One thread each: a fair CPU time, and as many workers as there are cores.
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "VECLIB_MAXIMUM_THREADS": "1",
    "NUMEXPR_NUM_THREADS": "1",
    "PYTHONHASHSEED": "0",
    "PYTHONIOENCODING": "utf-8",
    "MPLBACKEND": "Agg",
    "TQDM_DISABLE": "1",
}
BOOT = (
    "import sys; sys.path[:] = {path!r}; sys.path.insert(0, {engine!r}); import autograder; "
    "from autograder import zygote; autograder.__path__ = []; sys.path.pop(0); "
    # Finders of editable installs know the way to this project's folder.
    "sys.meta_path[:] = [f for f in sys.meta_path if f.__module__.startswith('_frozen')]; "
    "zygote.{entry}"
)


def _environment() -> dict[str, str]:
    kept = {name: os.environ[name] for name in KEPT_ENVIRONMENT if name in os.environ}
    return {**kept, **FIXED_ENVIRONMENT}


def _command(entry: str) -> list[str]:
    """A Python that boots ``zygote.entry`` and cannot import this project's other folders."""
    engine = str(Path(__file__).resolve().parent.parent)
    # No entry that holds the project: solutions must not be importable.
    path = [p for p in sys.path if p and os.path.abspath(p) != engine and not _holds_engine(p)]
    installed = any("-packages" in part for part in Path(engine).parts)
    path += [engine] if installed else []
    return [sys.executable, "-B", "-s", "-c", BOOT.format(path=path, engine=engine, entry=entry)]


def _holds_engine(path: str) -> bool:
    in_checkout = (Path(path) / "autograder" / "worker.py").exists()
    return in_checkout and "-packages" not in path


class Sandbox:
    """A source of workers. Use as a context manager.

    ``mode`` is ``"fork"`` (a warm zygote; Linux) or ``"plain"`` (a fresh
    process for each worker; anywhere). Raises SandboxError when no worker can
    be had.
    """

    def __init__(self, preload: tuple[str, ...] = ("numpy",), mode: str | None = None) -> None:
        self.preload = preload
        self.mode = mode or ("fork" if sys.platform == "linux" else "plain")
        self.missing: tuple[str, ...] = ()
        self._zygote: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None
        self._live: list[Session] = []
        self.broken = False
        """Whether the zygote is gone: every worker from here on would be our fault."""

    def __enter__(self) -> Sandbox:
        if self.mode == "fork":
            try:
                self._start_zygote()
            except BaseException:
                self.__exit__()
                raise
        return self

    def __exit__(self, *_: object) -> None:
        # After Ctrl-C in the middle of a case, its worker and folder are still there.
        for session in self._live:
            with contextlib.suppress(SandboxError):
                session.end()
        if self._control is not None:
            self._control.close()
        if self._zygote is not None:
            try:
                self._zygote.wait(timeout=START_SECONDS)
            except subprocess.TimeoutExpired:
                self._zygote.kill()
                self._zygote.wait()

    @property
    def layers(self) -> tuple[str, ...]:
        """The means of confinement that are on."""
        if sys.platform == "linux":
            reap = ("reap",) if self.mode == "fork" else ()
            return ("process", "clock", "rlimits", *reap)
        return ("process", "clock")

    def _start_zygote(self) -> None:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        ours.settimeout(START_SECONDS)
        with theirs:
            self._zygote = subprocess.Popen(
                _command(f"zygote({theirs.fileno()}, {list(self.preload)!r})"),
                pass_fds=[theirs.fileno()],
                env=_environment(),
                stdin=subprocess.DEVNULL,
            )
        self._control = ours
        ready = self._ask(None)
        self.missing = tuple(ready["missing"])

    def _ask(self, request: dict[str, Any] | None, fds: tuple[int, ...] = ()) -> dict[str, Any]:
        assert self._control is not None
        try:
            if request is not None:
                socket.send_fds(self._control, [json.dumps(request).encode()], fds)
            packet = self._control.recv(65536)
        except OSError as error:
            # A late answer must not be taken for that to the next question.
            self.broken = True
            self._control.close()
            raise SandboxError(f"the process that starts workers is gone ({error})") from error
        if not packet:
            self.broken = True
            raise SandboxError("the process that starts workers is gone")
        answer: dict[str, Any] = json.loads(packet)
        return answer

    def start(self, folder: Path, limits: Limits) -> Session:
        """A new worker with a copy of ``folder`` as its submission."""
        scratch = Path(tempfile.mkdtemp(prefix="autograder-"))
        try:
            shutil.copytree(folder, scratch / "submission")
            (scratch / "work").mkdir()
            printed = scratch / "printed"
            printed.touch()
            spec = {
                "scratch": str(scratch / "work"),
                "folder": str(scratch / "submission"),
                "output": str(printed),
                "answer_limit": 2**40,
                "limits": {
                    "cpu_seconds": max(1, round(limits.cpu_seconds)),
                    "file_bytes": limits.file_mb * 2**20,
                    "memory_bytes": limits.memory_mb * 2**20,
                },
            }
            begin = self._fork if self.mode == "fork" else self._spawn
            sock, pid, ender = begin(spec)
            session = Session(sock, pid, printed.open("rb"), scratch, folder, limits, ender)
        except BaseException:
            shutil.rmtree(scratch, ignore_errors=True)
            raise
        self._live.append(session)
        session.greet()
        self._live = [one for one in self._live if one.open]
        return session

    def _fork(self, spec: dict[str, Any]) -> tuple[Any, int, Any]:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
        with theirs, open(spec["output"], "ab") as writable:
            fds = (theirs.fileno(), writable.fileno())
            pid = self._ask({"op": "fork", **spec}, fds)["pid"]
        return ours, pid, lambda died: self._ask({"op": "end", "pid": pid})

    def _named(self, folder: Path) -> list[str]:
        """What of the preload list the submission names: a lone worker warms up for itself."""
        text = "\n".join(
            file.read_text(encoding="utf-8", errors="replace") for file in folder.rglob("*.py")
        )
        return [name for name in self.preload if name.partition(".")[0] in text]

    def _spawn(self, spec: dict[str, Any]) -> tuple[Any, int, Any]:
        token = secrets.token_bytes(16)
        with socket.create_server(("127.0.0.1", 0)) as server:
            server.settimeout(BOOT_POLL_SECONDS)
            child = subprocess.Popen(
                _command("plain()"),
                env=_environment(),
                stdin=subprocess.PIPE,
                start_new_session=True,
            )
            spec = {
                **spec,
                "preload": self._named(Path(spec["folder"])),
                "port": server.getsockname()[1],
                "token": token.hex(),
            }
            assert child.stdin is not None
            with contextlib.suppress(OSError), child.stdin as stdin:
                stdin.write(json.dumps(spec).encode() + b"\n")
            try:
                sock = _accepted(server, child)
                sock.settimeout(START_SECONDS)
                said = b""
                while len(said) < len(token) and (more := sock.recv(len(token) - len(said))):
                    said += more
            except OSError as error:
                _end_plain(child)
                raise SandboxError(f"a worker did not start ({error})") from error
        if not secrets.compare_digest(said, token):
            _end_plain(child)
            raise SandboxError("a stranger answered in place of the worker; try again")
        return sock, child.pid, lambda died: _end_plain(child, died)


def _accepted(server: socket.socket, child: subprocess.Popen[bytes]) -> socket.socket:
    """The child's connection. Raises SandboxError when it ends or stays silent instead."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        try:
            return server.accept()[0]
        except TimeoutError:
            if child.poll() is not None:
                raise SandboxError(
                    f"a worker ended before it was ready (exit status {child.returncode})"
                ) from None
    raise SandboxError(f"a worker was not ready within {START_SECONDS:g} s")


def _end_plain(child: subprocess.Popen[bytes], died: bool = False) -> dict[str, Any]:
    """End a worker that is our own child, with its process group where there are such."""
    if not hasattr(os, "wait4"):
        if died:
            with contextlib.suppress(subprocess.TimeoutExpired):
                child.wait(timeout=DYING_SECONDS)
        status = child.poll()
        child.kill()
        child.wait()
        return {"status": status}
    if died and hasattr(os, "waitid"):  # on its way out: learn how before killing it
        deadline = time.monotonic() + DYING_SECONDS
        while time.monotonic() < deadline and not _is_over(child.pid):
            time.sleep(0.001)
    with contextlib.suppress(OSError):
        os.killpg(child.pid, signal.SIGKILL)
    _, raw, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(raw)
    unit = 2**20 if sys.platform == "darwin" else 1024
    return {
        "status": child.returncode,
        "cpu_s": usage.ru_utime + usage.ru_stime,
        "peak_mb": usage.ru_maxrss / unit,
    }


def _is_over(pid: int) -> bool:
    """Whether a child has ended and waits to be reaped; it stays so."""
    return os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None
