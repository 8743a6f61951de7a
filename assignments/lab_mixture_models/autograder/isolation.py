"""Which means of confinement hold on this machine: tried, not assumed.

A throw-away worker gets ``attempts`` as its submission and tries what each
layer has to stop. A layer holds when every one of its attempts was refused.
Three words sum it up: ``sealed`` (no way out is known), ``partial``, ``open``
(a process of its own, and our clock).
"""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from autograder import attempts
from autograder.model import Limits
from autograder.proxy import Submission
from autograder.sandbox import FIXED_ENVIRONMENT, KEPT_ENVIRONMENT, SEALED, Isolation, Sandbox
from autograder.session import CallFailed

PROMISES = ("open", "partial", "sealed")
LAYERS = (
    "process",
    "clock",
    "dumpable",
    "rlimits",
    "uid",
    "fs",
    "net",
    "namespaces",
    "noproc",
    "signals",
    "privileges",
    "ipc",
    "reap",
)
"""In the order in which they are named. ``docs/isolation.md`` says what each one stops."""
HOW = {
    "dumpable": "Linux, with prctl(2) allowed",
    "rlimits": "Linux, with setrlimit(2) allowed",
    "uid": "run as root, with a Python in folders that every user may enter",
    "fs": "Linux 5.13 or newer with Landlock on (it stands in /sys/kernel/security/lsm)",
    "net": "Linux with seccomp filters, on x86_64 or aarch64",
    "namespaces": "root outside of a container, or a system that lets users make namespaces",
    "noproc": "Linux with seccomp filters, and `processes: 0` in the config",
    "signals": "Linux with seccomp filters",
    "privileges": "an ordinary user, or Linux with seccomp filters",
    "ipc": "Linux with seccomp filters",
    "reap": "Linux",
}
"""Where a layer can be had."""
CAUSE = {"fs": "fs", "uid": "uid", "net": "calls", "noproc": "calls", "signals": "calls"}
"""Whose refusal, in the worker's words, explains a layer that does not hold."""
FILE_MB, MEMORY_MB = 1, 128


class IsolationError(ValueError):
    """The isolation that was asked for cannot be had; the text says what is missing."""


def examine(sandbox: Sandbox, limits: Limits | None = None) -> Isolation:
    """Try every layer in throw-away workers and remember the outcome in ``sandbox``.

    ``limits`` are those of the assignment: what it allows is not held against it.
    Raises SandboxError when no worker can be had.
    """
    if sys.platform != "linux":
        why = f"{sys.platform} has no such layer here"
        lacking = {layer: f"{why}; it needs {HOW[layer]}" for layer in LAYERS[2:]}
        sandbox.isolation = Isolation(("process", "clock"), lacking)
        return sandbox.isolation
    limits = replace(limits or Limits(), file_mb=FILE_MB, memory_mb=MEMORY_MB)
    with tempfile.TemporaryDirectory(prefix="autograder-probe-") as temporary:
        room = Path(temporary)
        done, refused = _try_all(sandbox, room, limits)
    # Where nothing can be started, nothing is left running; a zygote ends all that was.
    if done.get("noproc") and sandbox.mode != "fork":
        done["reap"] = ["leave a process behind"]
    sandbox.isolation = Isolation(
        tuple(layer for layer in LAYERS if not done.get(layer)),
        {
            layer: _sentence(layer, done[layer], refused.get(CAUSE.get(layer, layer), ""))
            for layer in LAYERS
            if done.get(layer)
        },
    )
    return sandbox.isolation


def require(isolation: Isolation, wanted: str) -> None:
    """Raise IsolationError where ``isolation`` is weaker than ``wanted``."""
    if PROMISES.index(isolation.promise) >= PROMISES.index(wanted):
        return
    missing = [layer for layer in LAYERS if layer in isolation.lacking and layer in SEALED]
    facts = "; ".join(f"{layer}: {isolation.lacking[layer]}" for layer in missing)
    raise IsolationError(
        f"submissions would be {isolation.promise}, not {wanted}, on this machine ({facts}); "
        f"grade where that can be had, or go on all the same with --require {isolation.promise}"
    )


def _sentence(layer: str, succeeded: list[str], refused: str) -> str:
    what = f"a submission can {succeeded[0]}"
    more = f" and {len(succeeded) - 1} more" if len(succeeded) > 1 else ""
    reason = f", for {refused}" if refused else ""
    return f"{what}{more}{reason}; it needs {HOW.get(layer, 'another machine')}"


def _try_all(
    sandbox: Sandbox, room: Path, limits: Limits
) -> tuple[dict[str, list[str]], dict[str, str]]:
    """What succeeded, by layer, and what the worker said it could not put on."""
    folder, secret = room / "submission", room / "secrets" / "answer.py"
    folder.mkdir()
    shutil.copyfile(Path(__file__).with_name("attempts.py"), folder / "attempts.py")
    # As readable as a checkout usually is.
    room.chmod(0o755)
    secret.parent.mkdir()
    secret.write_text("the answer\n", encoding="utf-8")
    done: dict[str, list[str]] = {}
    refused = dict(sandbox.refused)
    worker: Submission | None = None
    with socket.create_server(("127.0.0.1", 0)) as server:
        for layer, name, args in _attempts(sandbox, secret, server.getsockname()[1], limits):
            if worker is None or not worker.reusable:
                _end(worker)
                worker = Submission(lambda: sandbox.start(folder, limits), "attempts")
                worker.load("attempts")
                refused |= worker.refused
            try:
                getattr(worker, name)(*args)
            except CallFailed:
                continue
            done.setdefault(layer, []).append(_in_words(name))
    _end(worker)
    for place in _shared_folders():
        with contextlib.suppress(OSError):
            (place / _mark(room)).unlink()
    return done, refused


def _in_words(name: str) -> str:
    """What an attempt does, from its docstring."""
    text = (getattr(attempts, name).__doc__ or name).split(".")[0]
    return text[0].lower() + text[1:]


def _end(worker: Submission | None) -> None:
    if worker is not None:
        worker.end()


def _mark(room: Path) -> str:
    return f"{room.name}-was-here"


def _shared_folders() -> list[Path]:
    places = (tempfile.gettempdir(), "/tmp", "/var/tmp", "/dev/shm")
    return list(dict.fromkeys(Path(p) for p in places if os.path.isdir(p)))


def _attempts(
    sandbox: Sandbox, secret: Path, port: int, limits: Limits
) -> Iterator[tuple[str, str, tuple[Any, ...]]]:
    """Layer, attempt and its arguments."""
    ours = [name for name in os.environ if name not in (*KEPT_ENVIRONMENT, *FIXED_ENVIRONMENT)]
    for name in ours[:3]:
        yield "process", "environment", (name,)
    yield "process", "descriptors", ()
    yield "process", "standard_input", ()
    for pid in sandbox.helpers:
        for name in ("mem", "environ", "maps", "fd"):
            yield "dumpable", "parent_file", (pid, name)
        yield "dumpable", "trace", (pid,)
        yield "dumpable", "read_memory", (pid,)
        yield "signals", "signal", (pid,)
        yield "signals", "signal_thread", (pid,)
        yield "signals", "signal_by_descriptor", (pid,)
        yield "signals", "signal_by_owner", (pid,)
    yield "signals", "signal", (-1,)
    yield "rlimits", "more_limits", ()
    yield "rlimits", "memory", (limits.memory_mb + 64,)
    yield "rlimits", "memory_file", ()
    yield "rlimits", "large_file", (limits.file_mb + 1,)
    yield "uid", "user", (os.geteuid(),)
    yield "fs", "read", (str(secret),)
    yield "fs", "look", (str(secret.parent),)
    yield "fs", "read_by_symbolic_link", (str(secret),)
    yield "fs", "read_by_hard_link", (str(secret),)
    for place in _shared_folders():
        yield "fs", "write", (str(place / _mark(secret.parent.parent)),)
    yield "fs", "write", (str(secret.with_name("another")),)
    yield "fs", "write", (str(secret),)
    for name in ("change_mode", "change_times", "set_attribute"):
        yield "fs", name, (str(secret),)
    yield "fs", "delete", (str(secret),)
    yield "fs", "read", (f"/proc/{os.getpid()}/cmdline",)
    yield "net", "connect", (port,)
    yield "net", "datagram", (port,)
    for family, kind in ((1, 1), (1, 2), (2, 1), (2, 2), (10, 1), (16, 3), (40, 1)):
        yield "net", "open_socket", (family, kind)
    yield "net", "datagram_pair", ()
    for space in ("net", "ipc", "uts"):
        yield "namespaces", "stay", (space, os.readlink(f"/proc/self/ns/{space}"))
    yield "namespaces", "interface", ()
    for name in ("fork", "spawn", "clone", "clone3", "exchange_program"):
        yield "noproc", name, ()
    # In a namespace of its own it would be nobody: that one last.
    yield "privileges", "root", ()
    yield "privileges", "namespace", ()
    for name in ("keyring", "shared_memory", "message_queue", "rings"):
        yield "ipc", name, ()
