"""The three machines that submissions are graded on, and a watch over one command there.

A is this process's own rights; B is like a default Docker container; C is an
ordinary user. A watch (``python -m tests.redteam.contexts``) runs commands
one after the other in one of them and reports, as JSON, how each ended and
what was left when all were over: processes, files, System V objects.

Where we are root, a watch lives in namespaces of its own: nothing but its
commands writes to its /tmp, /var/tmp and /dev/shm, so every file there is
theirs, and nothing that they do there reaches this machine. It is the
subreaper of what it starts, so no process gets away from it by becoming a
daemon.

Sources of the filter for B: Docker's documentation of its default seccomp
profile and capabilities; unshare(2), clone(2), seccomp(2).
"""

from __future__ import annotations

import argparse
import ctypes
import json
import os
import pwd
import shutil
import signal
import stat
import struct
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from autograder import calls, confine

CONTEXTS = {
    "A": "as we are",
    "B": "like a default Docker container",
    "C": "an ordinary user",
}
CAPABILITIES = (
    "chown", "dac_override", "fowner", "fsetid", "kill", "setgid", "setuid", "setpcap",
    "net_bind_service", "net_raw", "sys_chroot", "mknod", "audit_write", "setfcap",
)  # fmt: skip
"""What Docker leaves to root in a container."""
SHARED = ("/tmp", "/var/tmp", "/dev/shm")
SYSTEM_V = ("/proc/sysvipc/shm", "/proc/sysvipc/sem", "/proc/sysvipc/msg")
SHARED_MB = 4096
GRACE_SECONDS = 3.0
"""For helpers of the grader that end by themselves right after it."""
THEN = "--then"
"""Stands between two commands of one watch."""

MS_BIND, MS_REC, MS_PRIVATE = 0x1000, 0x4000, 0x40000
CLONE_NEWNS, CLONE_NEWIPC = 0x20000, 0x8000000
NAMESPACES = 0x7E020000 | 0x80
"""clone(2)'s flags that make a namespace."""
AF_VSOCK = 40

REFUSED = {
    # name: (x86_64, aarch64), beside those that a worker is refused as well
    "unshare": (272, 97),
    "get_kernel_syms": (177, None),
    "create_module": (174, None),
    "query_module": (178, None),
    "uselib": (134, None),
    "ustat": (136, None),
    "sysfs": (139, None),
    "nfsservctl": (180, 42),
    "lookup_dcookie": (212, 18),
    "kexec_file_load": (320, 294),
    "mbind": (237, 235),
    "get_mempolicy": (239, 236),
    "set_mempolicy": (238, 237),
    "migrate_pages": (256, 238),
    "move_pages": (279, 239),
}
ALSO_REFUSED = (
    "setns", "mount", "umount2", "pivot_root", "open_tree", "move_mount", "fsopen", "fsconfig",
    "fsmount", "fspick", "mount_setattr", "open_by_handle_at", "add_key", "request_key", "keyctl",
    "io_uring_setup", "io_uring_enter", "io_uring_register", "bpf", "perf_event_open",
    "userfaultfd", "fanotify_init", "kcmp", "personality", "kexec_load", "init_module",
    "finit_module", "delete_module", "reboot", "swapon", "swapoff", "sethostname",
    "setdomainname", "settimeofday", "clock_settime", "clock_adjtime", "acct", "syslog",
    "quotactl", "vhangup", "iopl", "ioperm",
)  # fmt: skip
"""Calls whose numbers ``calls`` knows."""


class ContextError(ValueError):
    """A context that cannot be had here; the text says why."""


# Whether a context can be had ---------------------------------------------------


def unavailable(name: str) -> str:
    """Why context ``name`` cannot be had here; empty where it can."""
    if sys.platform != "linux":
        return "it needs Linux"
    if name == "A":
        return ""
    if os.geteuid() != 0:
        return "it needs root" + (", and as an ordinary user A is C" if name == "C" else "")
    if not shutil.which("setpriv"):
        return "it needs setpriv (util-linux)"
    if name == "B" and not calls.machine():
        return f"no table of system calls for {os.uname().machine}"
    if name == "B" and os.environ.get("MOBY_PROFILE") and not _pyseccomp():
        return "MOBY_PROFILE is set and pyseccomp is not installed"
    if not private():
        return "this machine refuses a mount namespace"
    return ""


def private() -> bool:
    """Whether a watch can have namespaces of its own; tried in a child."""
    if sys.platform != "linux" or os.geteuid() != 0:
        return False
    pid = os.fork()
    if pid == 0:
        try:
            _new_namespaces()
            os._exit(0)
        except BaseException:
            os._exit(1)
    return os.waitpid(pid, 0)[1] == 0


def unused_uid() -> int:
    """A number that no user of this machine has, and no worker is given."""
    taken = {entry.pw_uid for entry in pwd.getpwall()}
    return next(number for number in range(61000, 65000) if number not in taken)


def _pyseccomp() -> Any:
    try:
        import pyseccomp
    except (ImportError, RuntimeError, OSError):
        return None
    return pyseccomp


# Namespaces ---------------------------------------------------------------------


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def _mount(source: str, target: str, kind: str, flags: int, data: str = "") -> None:
    made = _libc().mount(
        source.encode(), target.encode(), kind.encode(), ctypes.c_ulong(flags), data.encode()
    )
    if made:
        code = ctypes.get_errno()
        raise ContextError(f"{target} cannot be mounted on ({os.strerror(code)})")


def _new_namespaces() -> None:
    if _libc().unshare(CLONE_NEWNS | CLONE_NEWIPC):
        raise ContextError(f"unshare: {os.strerror(ctypes.get_errno())}")
    _mount("none", "/", "", MS_REC | MS_PRIVATE)


def _python() -> list[str]:
    """Folders that a Python needs, by every name that leads to them."""
    ours = str(Path(__file__).parent.parent.parent)
    found = [sys.prefix, sys.base_prefix]
    found += [path for path in sys.path if os.path.isdir(path) and os.path.abspath(path) != ours]
    program = sys.executable
    while os.path.islink(program):
        program = os.path.join(os.path.dirname(program), os.readlink(program))
        found.append(os.path.dirname(os.path.dirname(os.path.normpath(program))))
    return [os.path.abspath(path) for path in found]


def _closed(paths: Iterable[str]) -> list[str]:
    """The outermost folders above ``paths`` that other users may not enter."""
    found = []
    for path in paths:
        for parent in [*reversed(Path(path).parents), Path(path)]:
            if parent.is_dir() and not parent.stat().st_mode & stat.S_IXOTH:
                found.append(str(parent))
                break
    return list(dict.fromkeys(found))


def _cover(folders: Sequence[str], keep: Sequence[str]) -> None:
    """An empty folder over each of ``folders``, with what of ``keep`` lies there put back."""
    below = [p for p in dict.fromkeys(keep) if any(_inside(p, f) for f in folders)]
    # Of two, one in the other, the outer one brings the inner one along.
    below = [p for p in below if not any(p != q and _inside(p, q) for q in below)]
    handles = {p: os.open(p, os.O_PATH) for p in below if os.path.isdir(p)}
    for folder in folders:
        mode = "1777" if folder in SHARED else "755"
        _mount("tmpfs", folder, "tmpfs", 0, f"mode={mode},size={SHARED_MB}m")
    for path, handle in handles.items():
        os.makedirs(path, exist_ok=True)
        _mount(f"/proc/self/fd/{handle}", path, "", MS_BIND | MS_REC)
        os.close(handle)


def _inside(path: str, folder: str) -> bool:
    return os.path.realpath(path).startswith(os.path.realpath(folder).rstrip("/") + "/") or (
        os.path.abspath(path).startswith(folder.rstrip("/") + "/")
    )


def _isolate(context: str, room: Path) -> list[str]:
    """Namespaces of our own; the folders that are then empty but for the room."""
    _new_namespaces()
    shared = [folder for folder in SHARED if os.path.isdir(folder)]
    python = _python()
    # A container's Python lies where every user may go; only A takes it as it is.
    closed = [] if context == "A" else _closed(python)
    _cover([*shared, *closed], [str(room), *python])
    return shared


# The filter of B ----------------------------------------------------------------


def program(machine: str) -> bytes:
    """What Docker refuses by default, as cBPF instructions."""
    column = list(calls.AUDIT_ARCH).index(machine)
    refused = [row[column] for row in REFUSED.values()]
    refused += [calls.DENIED[name][column] for name in ALSO_REFUSED]
    allow, eperm, enosys = 0x7FFF0000, 0x00050001, 0x00050026
    load, equal, any_bit, answer = 0x20, 0x15, 0x45, 0x06
    steps = [
        (load, 0, 0, 4),
        (equal, 1, 0, calls.AUDIT_ARCH[machine]),
        (answer, 0, 0, allow),
        (load, 0, 0, 0),
    ]
    for number in refused:
        if number is not None:
            steps += [(equal, 0, 1, number), (answer, 0, 0, eperm)]
    steps += [
        (equal, 0, 1, calls.CLONE3[column]),
        (answer, 0, 0, enosys),
        (equal, 0, 4, calls.CLONE[column]),
        (load, 0, 0, 16),
        (any_bit, 0, 1, NAMESPACES),
        (answer, 0, 0, eperm),
        (answer, 0, 0, allow),
        (equal, 0, 3, calls.DENIED["socket"][column]),
        (load, 0, 0, 16),
        (equal, 0, 1, AF_VSOCK),
        (answer, 0, 0, eperm),
        (answer, 0, 0, allow),
    ]
    return b"".join(struct.pack("=HBBI", code, yes, no, value) for code, yes, no, value in steps)


def _load_filter() -> None:
    profile = os.environ.get("MOBY_PROFILE")
    if profile:
        _load_profile(json.loads(Path(profile).read_text(encoding="utf-8")))
        return
    code = ctypes.create_string_buffer(program(calls.machine()))
    head = ctypes.create_string_buffer(
        struct.pack("@HP", (len(code) - 1) // 8, ctypes.addressof(code))
    )
    # As Docker does: by root's right, so that no_new_privs stays unset.
    if not confine.prctl(confine.PR_SET_SECCOMP, 2, ctypes.addressof(head)):
        raise ContextError(f"seccomp: {os.strerror(ctypes.get_errno())}")


def _load_profile(profile: dict[str, Any]) -> None:
    """A profile in moby's form, for root with ``CAPABILITIES``."""
    seccomp = _pyseccomp()
    caps = {f"CAP_{name.upper()}" for name in CAPABILITIES}
    arch = {"x86_64": "amd64", "aarch64": "arm64"}[calls.machine()]
    kernel = tuple(int(part) for part in os.uname().release.split(".")[:2])
    made = seccomp.SyscallFilter(seccomp.ERRNO(profile.get("defaultErrnoRet", 1)))
    made.set_attr(seccomp.Attr.CTL_NNP, 0)
    for rule in profile["syscalls"]:
        needs, bars = rule.get("includes", {}), rule.get("excludes", {})
        least = tuple(int(part) for part in needs.get("minKernel", "0.0").split("."))
        if (
            not set(needs.get("caps", ())) <= caps
            or (needs.get("arches") and arch not in needs["arches"])
            or kernel < least
            or set(bars.get("caps", ())) & caps
            or arch in bars.get("arches", ())
        ):
            continue
        allow = rule["action"] == "SCMP_ACT_ALLOW"
        action = seccomp.ALLOW if allow else seccomp.ERRNO(rule.get("errnoRet", 1))
        arguments = [
            seccomp.Arg(
                one["index"],
                getattr(seccomp, one["op"].removeprefix("SCMP_CMP_")),
                one["value"],
                one.get("valueTwo", 0),
            )
            for one in rule.get("args") or ()
        ]
        for name in rule["names"]:
            try:
                made.add_rule(action, name, *arguments)
            except (OSError, RuntimeError, ValueError):
                continue  # a call that this machine does not have
    made.load()


# The watch ----------------------------------------------------------------------


def _become(context: str, command: Sequence[str]) -> None:
    """Turn this (forked) process into ``command`` in ``context``."""
    lead: list[str] = []
    if context == "B":
        kept = ",".join(f"+{name}" for name in CAPABILITIES)
        lead = ["setpriv", f"--bounding-set=-all,{kept}", "--inh-caps=-all", "--"]
        _load_filter()
    elif context == "C":
        uid = str(unused_uid())
        lead = ["setpriv", "--reuid", uid, "--regid", uid, "--clear-groups"]
        lead += ["--inh-caps=-all", "--"]
    os.execvp([*lead, *command][0], [*lead, *command])


def _start(context: str, command: Sequence[str], folder: str, said: Path) -> int:
    pid = os.fork()
    if pid == 0:
        try:
            # Below a hundred it starts as anybody's: no session, no terminal of ours.
            os.setsid()
            output = os.open(said, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
            null = os.open(os.devnull, os.O_RDONLY)
            for source, target in ((null, 0), (output, 1), (output, 2)):
                os.dup2(source, target)
            os.chdir(folder)
            _become(context, command)
        except BaseException as error:
            os.write(2, f"watch: {error}\n".encode())
        os._exit(125)
    return pid


def _wait(pid: int, deadline: float) -> int | None:
    """The exit status of a child; None where it had to be ended."""
    while time.monotonic() < deadline:
        done, status = os.waitpid(pid, os.WNOHANG)
        if done:
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.02)
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    return None


def _children() -> list[int]:
    while True:  # what has ended is no longer there
        try:
            if os.waitpid(-1, os.WNOHANG)[0] == 0:
                break
        except ChildProcessError:
            return []
    text = Path(f"/proc/self/task/{os.getpid()}/children").read_text(encoding="ascii")
    return [int(pid) for pid in text.split()]


def _named(pid: int) -> str:
    try:
        raw = Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return f"process {pid}"
    return f"process {pid}: " + raw.replace(b"\0", b" ").decode("utf-8", "replace").strip()[:200]


def _left_running() -> list[str]:
    """Processes that outlived the command; they are ended."""
    deadline = time.monotonic() + GRACE_SECONDS
    while (left := _children()) and time.monotonic() < deadline:
        time.sleep(0.02)
    names = [_named(pid) for pid in left]
    while left:
        for pid in left:
            os.kill(pid, signal.SIGKILL)
        time.sleep(0.01)
        left = _children()
    return names


def _entries(folders: Iterable[str], *, own: bool) -> set[str]:
    found = set()
    for folder in folders:
        for entry in os.scandir(folder):
            try:
                if not own or entry.stat(follow_symlinks=False).st_uid == os.geteuid():
                    found.add(entry.path)
            except OSError:
                continue
    return found


def _system_v() -> set[str]:
    lines: set[str] = set()
    for path in SYSTEM_V:
        if os.path.exists(path):
            said = Path(path).read_text(encoding="utf-8").splitlines()[1:]
            lines |= {f"{path}: {' '.join(line.split())}" for line in said}
    return lines


def watch(
    context: str, room: Path, commands: Sequence[Sequence[str]], folder: str, seconds: float
) -> dict[str, Any]:
    """Run ``commands`` in ``context``, each for at most ``seconds``.

    Returns how each ended, and what is left when all are over.
    """
    confine.prctl(confine.PR_SET_CHILD_SUBREAPER, 1)
    alone = private()
    if alone:
        shared = _isolate(context, room)
        os.environ.pop("TMPDIR", None)
    elif context != "A":
        raise ContextError(f"context {context}: {unavailable(context)}")
    else:
        shared = list(dict.fromkeys([tempfile.gettempdir(), *filter(os.path.isdir, SHARED)]))
    if context == "C":
        os.environ["HOME"] = str(room / "home")
    before, objects = _entries(shared, own=not alone), _system_v()
    ends = []
    for number, command in enumerate(commands):
        said = room / "said" / f"{os.getpid()}-{number}"
        said.parent.mkdir(exist_ok=True)
        said.touch()
        status = _wait(_start(context, command, folder, said), time.monotonic() + seconds)
        text = said.read_text(encoding="utf-8", errors="replace")
        ends.append({"status": status, "said": text[-4000:]})
    left = _left_running()
    left += sorted(_entries(shared, own=not alone) - before)
    left += sorted(_system_v() - objects)
    return {"ends": ends, "left": left}


def command(
    context: str,
    room: Path,
    report: Path,
    commands: Sequence[Sequence[str]],
    *,
    folder: Path,
    seconds: float,
) -> list[str]:
    """The command line of a watch."""
    made = [sys.executable, "-m", "tests.redteam.contexts"]
    made += ["--folder", str(folder), "--seconds", str(seconds), context, str(room), str(report)]
    for number, one in enumerate(commands):
        made += [*([THEN] if number else []), *one]
    return made


def run(
    context: str,
    room: Path,
    commands: Sequence[Sequence[str]],
    *,
    folder: Path,
    seconds: float,
    environment: dict[str, str] | None = None,
) -> dict[str, Any]:
    """Watch ``commands`` from a process of its own. Raises ContextError where that fails."""
    handle, name = tempfile.mkstemp(dir=room, prefix="report-")
    os.close(handle)
    report = Path(name)
    done = subprocess.run(
        command(context, room, report, commands, folder=folder, seconds=seconds),
        cwd=Path(__file__).parent.parent.parent,
        env={**os.environ, **(environment or {}), "PYTHONDONTWRITEBYTECODE": "1"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )
    text = report.read_text(encoding="utf-8")
    if not text:
        raise ContextError(f"the watch of context {context} failed: {done.stderr[-2000:]}")
    found: dict[str, Any] = json.loads(text)
    return found


def main(arguments: Sequence[str] | None = None) -> int:
    """Be a watch."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("context", choices=CONTEXTS)
    parser.add_argument("room", type=Path)
    parser.add_argument("report", type=Path)
    parser.add_argument("--folder", required=True)
    parser.add_argument("--seconds", type=float, required=True)
    parser.add_argument("command", nargs=argparse.REMAINDER)
    args = parser.parse_args(arguments)
    commands: list[list[str]] = [[]]
    for word in args.command:
        if word == THEN:
            commands.append([])
        else:
            commands[-1].append(word)
    try:
        found = watch(args.context, args.room, commands, args.folder, args.seconds)
    except ContextError as error:
        print(f"contexts: {error}", file=sys.stderr)
        return 2
    args.report.write_text(json.dumps(found), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
