"""The trusted side of the wall: starts workers, confined, and ends them.

A ``Sandbox`` holds a warm zygote; ``start`` gives a ``Session``, our end of
one worker with one submission.

Map of the folder made for each worker (under the system's temporary folder)::

    autograder-…/            gone when the worker is
        submission/          a fresh copy of the submission, or a link to it where
                             workers are known to have no way to change it
        work/                the worker's working directory and home
        printed              what it printed
"""

from __future__ import annotations

import contextlib
import itertools
import json
import os
import secrets
import shutil
import signal
import socket
import stat
import subprocess
import sys
import sysconfig
import tempfile
import time
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from autograder import confine
from autograder.model import Limits
from autograder.session import START_SECONDS, SandboxError, Session

DYING_SECONDS = 1.0
SEALED = {"dumpable", "rlimits", "fs", "net", "noproc", "signals"}
"""The layers without which a determined submission gets out, or at what others own."""
WORKER_UIDS = range(20000, 60000)
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


@dataclass(frozen=True)
class Isolation:
    """What held when it was tried; ``isolation.examine`` makes one."""

    layers: tuple[str, ...]
    lacking: Mapping[str, str]
    """Layers that did not hold: why, and how to get them."""

    @property
    def promise(self) -> str:
        """``sealed``, ``partial`` or ``open``."""
        held = SEALED & set(self.layers)
        return "sealed" if held == SEALED else "partial" if held else "open"


def _fresh_uids() -> Iterator[int] | None:
    """User numbers that nobody has, one for each worker; None where we are not root."""
    if not hasattr(os, "geteuid") or os.geteuid() != 0 or not _others_may_run_python():
        return None
    # Below 65536, for a container may map no more.
    start = secrets.randbelow(len(WORKER_UIDS))
    return (WORKER_UIDS[i % len(WORKER_UIDS)] for i in itertools.count(start))


def _others_may_run_python() -> bool:
    """Whether another user may enter the folders that modules are imported from."""
    folders = {Path(p).resolve() for p in (os.__file__, np.__file__)}
    parents = {parent for folder in folders for parent in folder.parents}
    return all(parent.stat().st_mode & stat.S_IXOTH for parent in parents)


def _give(folder: Path, uid: int) -> None:
    """Make ``uid`` the owner of ``folder`` and all in it; what it printed stays ours."""
    os.chown(folder, uid, uid)
    for path in folder.rglob("*"):
        if path.name != "printed" or path.parent != folder:
            os.chown(path, uid, uid, follow_symlinks=False)


def _environment() -> dict[str, str]:
    kept = {name: os.environ[name] for name in KEPT_ENVIRONMENT if name in os.environ}
    return {**kept, **FIXED_ENVIRONMENT}


def _command(entry: str, python: str | None = None) -> list[str]:
    """A Python that boots ``zygote.entry`` and cannot import this project's other folders."""
    if python is not None:
        own = subprocess.run(
            [python, "-B", "-s", "-c", "import json, sys; print(json.dumps(sys.path[1:]))"],
            capture_output=True,
            check=True,
            env=_environment(),
        )
        there = json.loads(own.stdout)
        engine = str(Path(__file__).resolve().parent.parent)
        return [python, "-B", "-s", "-c", BOOT.format(path=there, engine=engine, entry=entry)]
    engine = str(Path(__file__).resolve().parent.parent)
    # Python's own folders only: the one in which a command was given, or PYTHONPATH, may hold
    # the course, and a worker may read and import whatever is named here.
    path = [p for p in sys.path if _is_python(p) and not _holds_engine(p)]
    installed = any("-packages" in part for part in Path(engine).parts)
    path += [engine] if installed else []
    return [sys.executable, "-B", "-s", "-c", BOOT.format(path=path, engine=engine, entry=entry)]


def _is_python(path: str) -> bool:
    place = Path(path)
    own = (sysconfig.get_path("stdlib"), sysconfig.get_path("platstdlib"))
    return (
        any("-packages" in part for part in place.parts)
        or place.suffix == ".zip"
        or any(place.is_relative_to(folder) for folder in own)
    )


def _holds_engine(path: str) -> bool:
    in_checkout = (Path(path) / "autograder" / "worker.py").exists()
    return in_checkout and "-packages" not in path


class Sandbox:
    """A source of workers. Use as a context manager.

    ``mode`` is ``"fork"`` (a warm zygote; Linux) or ``"plain"`` (a fresh
    process for each worker; anywhere). ``without`` names means of confinement
    to leave out (``uid``, ``fs``, ``calls``, ``dumpable``, ``namespaces``): that is how it is
    proved that each of them matters. ``environment`` is laid over the workers' own, and
    ``python`` is another interpreter to run them, which has NumPy and the preload list: for
    submissions that are trusted. Raises SandboxError when no worker can be had.
    """

    def __init__(
        self,
        preload: tuple[str, ...] = ("numpy",),
        mode: str | None = None,
        without: Collection[str] = (),
        *,
        environment: Mapping[str, str] | None = None,
        python: str | None = None,
    ) -> None:
        self._environment = {**_environment(), **(environment or {})}
        self._python = python
        self.preload = preload
        self.without = frozenset(without)
        self.isolation: Isolation | None = None
        self._uids = _fresh_uids() if "uid" not in self.without else None
        self.mode = mode or ("fork" if sys.platform == "linux" else "plain")
        self.missing: tuple[str, ...] = ()
        self.refused: dict[str, str] = {}
        """Layers of all workers that could not be had, and why."""
        self._zygote: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None
        self._live: list[Session] = []
        self.bytecode: Path | None = None
        """Our own folder for compiled checks; gone when the sandbox is closed."""
        self.broken = False
        """Whether the zygote is gone: every worker from here on would be our fault."""

    def __enter__(self) -> Sandbox:
        if "dumpable" not in self.without:
            confine.be_undumpable()
        self.bytecode = Path(tempfile.mkdtemp(prefix="autograder-"))
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
        if self.bytecode is not None:
            shutil.rmtree(self.bytecode, ignore_errors=True)
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
        """The means of confinement that held when they were tried; none before that."""
        return self.isolation.layers if self.isolation is not None else ()

    @property
    def promise(self) -> str:
        """What the layers add up to; empty before they were tried."""
        return self.isolation.promise if self.isolation is not None else ""

    @property
    def helpers(self) -> tuple[int, ...]:
        """Processes of ours that workers must not reach."""
        return (os.getpid(), *([self._zygote.pid] if self._zygote is not None else []))

    def _start_zygote(self) -> None:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        ours.settimeout(START_SECONDS)
        apart = "namespaces" not in self.without
        with theirs:
            self._zygote = subprocess.Popen(
                _command(
                    f"zygote({theirs.fileno()}, {list(self.preload)!r}, {apart})", self._python
                ),
                pass_fds=[theirs.fileno()],
                env=self._environment,
                stdin=subprocess.DEVNULL,
                # Ctrl-C is for the command, which ends the zygote in order.
                start_new_session=True,
            )
        self._control = ours
        ready = self._ask(None)
        self.missing = tuple(ready["missing"])
        if ready["refused"]:
            self.refused["namespaces"] = ready["refused"]

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
        """A new worker with ``folder`` as its submission, which it can read and not change."""
        scratch = Path(tempfile.mkdtemp(prefix="autograder-"))
        shared = self._uids is None and "fs" in self.layers
        try:
            if shared:
                (scratch / "submission").symlink_to(folder.resolve(), target_is_directory=True)
            else:
                shutil.copytree(folder, scratch / "submission")
            (scratch / "work").mkdir()
            printed = scratch / "printed"
            printed.touch()
            uid = next(self._uids) if self._uids is not None else None
            if uid is not None:
                _give(scratch, uid)
            spec = {
                "uid": uid,
                "without": sorted(self.without),
                "processes": limits.processes,
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
        if shared and "fs" in session.refused:
            session.end()
            raise SandboxError(f"a worker was not shut in: {session.refused['fs']}")
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
                _command("plain()", self._python),
                env=self._environment,
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
