"""Where workers come from: boots one, or forks many from a warm process.

A zygote has the preload list in memory and has never seen a solution or a
submission. It forks a worker on request, ends it on request together with
everything that the worker started, and reports what the kernel's account says
it took. It runs no student code itself. Where fork does not exist, ``plain``
boots a single worker in a fresh process that speaks the same protocol.

Requests to a zygote are JSON packets: ``{"op": "fork", ...}`` with the
worker's socket and its output file attached, and ``{"op": "end", "pid": n}``.
"""

from __future__ import annotations

import contextlib
import functools
import gc
import importlib
import io
import json
import os
import signal
import socket
import sys
import time
from typing import Any

from autograder import calls, confine, worker

PACKET = 65536
REAP_SECONDS = 10.0

with contextlib.suppress(ImportError):  # before the first fork, not in every worker
    import resource
THREADS = 64
"""Threads that a worker may have, where its user number is its own."""


def preload(names: list[str]) -> list[str]:
    """Import what submissions are likely to import; return what is not installed."""
    missing = []
    # NumPy loads these when they are first named: in every worker, if not here.
    for name in ("numpy.random", "numpy.ma", *names):
        try:
            importlib.import_module(name)
        except ImportError:
            missing.append(name)
    worker.plain_progress_bars()
    worker.remember_modules()
    return missing


# The worker's first milliseconds ---------------------------------------------


@functools.cache
def _mapped() -> int:
    """Bytes of memory that are mapped already (NumPy, the preload list): not the student's."""
    with open("/proc/self/statm") as file:
        return int(file.read().split()[0]) * resource.getpagesize()


def _set_limits(limits: dict[str, int]) -> None:
    """Put the kernel's own limits on this process, for good."""
    if "resource" not in sys.modules:
        return
    wanted = {
        "RLIMIT_CORE": 0,
        "RLIMIT_CPU": limits["cpu_seconds"] + 1,
        "RLIMIT_FSIZE": limits["file_bytes"],
        "RLIMIT_NOFILE": 256,
    }
    if sys.platform == "linux":
        wanted["RLIMIT_AS"] = _mapped() + limits["memory_bytes"]
    for name, value in wanted.items():
        kind = getattr(resource, name)
        _, hard = resource.getrlimit(kind)
        if hard != resource.RLIM_INFINITY:
            value = min(value, hard)
        # Past the soft limit of CPU time a signal comes first, past the hard one the end.
        soft = value - 1 if name == "RLIMIT_CPU" else value
        resource.setrlimit(kind, (soft, value))


def _prepare(output: int, scratch: str, limits: dict[str, int]) -> None:
    """Leave our world: own session, no input, output to a file, own folder."""
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)
    os.dup2(output, 1)
    os.dup2(output, 2)
    # Line by line, so that what was printed before a crash is there.
    sys.stdout = io.TextIOWrapper(io.FileIO(1, "w"), "utf-8", "replace", line_buffering=True)
    sys.stderr = io.TextIOWrapper(io.FileIO(2, "w"), "utf-8", "replace", line_buffering=True)
    os.chdir(scratch)
    os.environ.update(HOME=scratch, TMPDIR=scratch, TEMP=scratch, TMP=scratch)
    if hasattr(signal, "SIGXFSZ"):
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    _set_limits(limits)


def _limit_processes(number: int) -> None:
    resource.setrlimit(resource.RLIMIT_NPROC, (number, number))


def _close_all_but(keep: int) -> None:
    os.closerange(3, keep)
    os.closerange(keep + 1, 65536)


@functools.cache
def _readable_by_all() -> tuple[str, ...]:
    """What any worker may read, found once: looking it up takes longer than a fork."""
    nowhere = f"{os.sep}nowhere"
    own = (nowhere, f"/proc/{os.getpid()}")
    return tuple(path for path in confine.readable(nowhere) if path not in own)


def _confine(spec: dict[str, Any]) -> dict[str, str]:
    """Shut this process in, for good; what could not be had, and why.

    The order matters: a change of user forgets the death signal, and once
    seccomp holds nothing of this can be done any more.
    """
    if sys.platform != "linux":
        return dict.fromkeys(("uid", "fs", "calls"), f"{sys.platform} has no such layer here")
    confine.prctl(confine.PR_SET_NO_NEW_PRIVS, 1)
    refused = {}
    left_out = spec["without"]
    if spec["uid"] is not None:
        refused["uid"] = confine.take_uid(spec["uid"])
        if not refused["uid"]:
            # The kernel counts a user's processes and threads, and this user has no other.
            _limit_processes(spec["processes"] + THREADS)
    elif os.geteuid() == 0 and "capabilities" not in left_out:
        refused["capabilities"] = confine.drop_capabilities()
    # A worker's memory holds no secret, and our side reads its account in /proc.
    confine.prctl(confine.PR_SET_DUMPABLE, 1)
    os.chdir(spec["scratch"])
    if "fs" not in left_out:
        reads = [*_readable_by_all(), os.path.realpath(spec["folder"]), f"/proc/{os.getpid()}"]
        refused["fs"] = confine.restrict_files(reads, [spec["scratch"]])
    confine.prctl(confine.PR_SET_PDEATHSIG, signal.SIGKILL)
    if "calls" not in left_out:
        refused["calls"] = confine.restrict_calls(processes=spec["processes"] > 0)
    return {layer: why for layer, why in refused.items() if why}


def _become_worker(spec: dict[str, Any], sock: socket.socket, output: int, parent: int) -> None:
    """In the forked child: confine, then import and serve. Never returns."""
    status = 70
    try:
        os.setsid()
        _prepare(output, spec["scratch"], spec["limits"])
        _close_all_but(sock.fileno())
        refused = _confine(spec)
        if os.getppid() != parent:  # it died before it could end this process
            os._exit(status)
        worker.serve(sock, spec["folder"], spec["answer_limit"], refused)
        status = 0
    finally:
        # Not sys.exit: the student's atexit hooks and threads are not awaited.
        os._exit(status)


# The zygote ------------------------------------------------------------------


def _children() -> list[int]:
    try:
        with open(f"/proc/self/task/{os.getpid()}/children") as file:
            return [int(pid) for pid in file.read().split()]
    except OSError:
        return []


def _end(pid: int, alive: set[int]) -> dict[str, Any]:
    """Kill one worker and everything it left behind; the kernel's account of it.

    A worker that is gone has none: after Ctrl-C its end may be asked for twice.
    """
    if pid not in alive:
        return {"status": None}
    os.kill(pid, signal.SIGKILL)
    _, status, usage = os.wait4(pid, 0)
    alive.discard(pid)
    # Orphans of the dead worker are our children now, for we are a subreaper.
    deadline = time.monotonic() + REAP_SECONDS
    while orphans := [child for child in _children() if child not in alive]:
        for orphan in orphans:
            os.kill(orphan, signal.SIGKILL)
        for orphan in orphans:
            os.waitpid(orphan, 0)
        if time.monotonic() > deadline:
            return {"error": f"{len(orphans)} processes of a worker could not be ended"}
    return {
        "status": os.waitstatus_to_exitcode(status),
        "cpu_s": usage.ru_utime + usage.ru_stime,
        "peak_mb": usage.ru_maxrss / 1024,
    }


def zygote(control_fd: int, names: list[str], apart: bool) -> None:
    """Serve fork and end requests on ``control_fd`` until it closes.

    ``apart``: in namespaces of its own, and so its workers, where that may be had.
    """
    control = socket.socket(fileno=control_fd)
    refused = confine.leave_namespaces() if apart and sys.platform == "linux" else ""
    confine.prctl(confine.PR_SET_CHILD_SUBREAPER, 1)
    confine.prctl(confine.PR_SET_PDEATHSIG, signal.SIGKILL)
    confine.be_undumpable()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the command to handle
    missing = preload(names)
    _readable_by_all()
    if calls.machine():
        for processes in (False, True):
            calls.program(calls.machine(), 0, processes=processes)
    gc.collect()
    gc.freeze()
    ready = {"ready": os.getpid(), "missing": missing, "refused": refused}
    alive: set[int] = set()
    # Our side may go at any moment, after Ctrl-C in the middle of an answer: a reset, not an end.
    with contextlib.suppress(ConnectionError):
        control.send(json.dumps(ready).encode())
        _serve(control, alive)
    for pid in list(alive):
        _end(pid, alive)


def _serve(control: socket.socket, alive: set[int]) -> None:
    while True:
        packet, fds, _, _ = socket.recv_fds(control, PACKET, 2)
        if not packet:
            return
        request = json.loads(packet)
        if request["op"] == "fork":
            parent = os.getpid()
            pid = os.fork()
            if pid == 0:
                control.close()
                _become_worker(request, socket.socket(fileno=fds[0]), fds[1], parent)
            alive.add(pid)
            for fd in fds:
                os.close(fd)
            answer: dict[str, Any] = {"pid": pid}
        else:
            answer = _end(request["pid"], alive)
        control.send(json.dumps(answer).encode())


def plain() -> None:
    """Be one worker in a process of its own; the specification is on stdin."""
    spec = json.loads(sys.stdin.buffer.readline())
    preload(spec["preload"])
    sock = socket.create_connection(("127.0.0.1", spec["port"]))
    sock.sendall(bytes.fromhex(spec["token"]))
    output = os.open(spec["output"], os.O_WRONLY | os.O_APPEND)
    _prepare(output, spec["scratch"], spec["limits"])
    _close_all_but(sock.fileno())
    worker.serve(sock, spec["folder"], spec["answer_limit"], _confine(spec))
    os._exit(0)
