"""How a worker confines itself, before anything of a student's is imported.

Everything here is Linux's: Landlock for files, seccomp for system calls, a
user number of its own where we are root. Each function says in a sentence why
its layer cannot be had, or gives an empty text. Whether a layer holds is not
believed from here: ``isolation`` tries.

Sources: landlock(7), seccomp(2), prctl(2), unshare(2), capset(2).
"""

from __future__ import annotations

import ctypes
import functools
import os
import struct
import sys
import sysconfig
from collections.abc import Iterable, Sequence

from autograder import calls

PR_SET_PDEATHSIG = 1
PR_SET_DUMPABLE = 4
PR_SET_SECCOMP = 22
PR_SET_CHILD_SUBREAPER = 36
PR_SET_NO_NEW_PRIVS = 38
SECCOMP_MODE_FILTER = 2


@functools.cache
def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def prctl(option: int, value: int, pointer: int = 0) -> bool:
    """prctl(2); False where there is none or it refuses."""
    try:
        result = _libc().prctl(
            option, ctypes.c_ulong(value), ctypes.c_ulong(pointer), ctypes.c_ulong(0),
            ctypes.c_ulong(0),
        )  # fmt: skip
    except (AttributeError, OSError, TypeError):
        return False
    return bool(result == 0)


def be_undumpable() -> bool:
    """Keep others of our user number from reading this process's memory and descriptors."""
    return prctl(PR_SET_DUMPABLE, 0)


# User number ------------------------------------------------------------------


def take_uid(uid: int) -> str:
    """Become user and group ``uid`` for good; why not, if it cannot be."""
    try:
        os.setgroups([])
        os.setresgid(uid, uid, uid)
        os.setresuid(uid, uid, uid)
    except OSError as error:
        return f"another user number is refused ({error.strerror})"
    # A change of user makes a process undumpable; our side reads its account in /proc.
    prctl(PR_SET_DUMPABLE, 1)
    return ""


CAPSET = {"x86_64": 126, "aarch64": 91}
_CAPABILITY_VERSION_3 = 0x20080522


def drop_capabilities() -> str:
    """Give up root's powers for good, where the user number has to stay; why not."""
    name = calls.machine()
    if not name:
        return "no table of system calls for this machine"
    header = struct.pack("=Ii", _CAPABILITY_VERSION_3, 0)
    if _libc().syscall(CAPSET[name], header, bytes(24)):
        return f"capabilities cannot be given up ({os.strerror(ctypes.get_errno())})"
    return ""


# Namespaces -------------------------------------------------------------------

NEW_USER, NEW_NETWORK, NEW_IPC, NEW_NAMES = 0x10000000, 0x40000000, 0x08000000, 0x04000000


def leave_namespaces() -> str:
    """Leave this machine's network, kernel objects and name behind; why not.

    For a process that has one thread yet; those that it starts stay where it
    is. An ordinary user needs a user namespace for it, of which nothing but
    the own number is kept. Source: unshare(2), user_namespaces(7).
    """
    # What cannot be taken back is tried by somebody else first.
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            why = _unshare()
        except OSError as error:
            why = f"a user namespace without its numbers ({error.strerror})"
        os.write(writing, why.encode())
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as said:
        why = said.read().decode()
    os.waitpid(pid, 0)
    return why or _unshare()


def _unshare() -> str:
    ours = NEW_NETWORK | NEW_IPC | NEW_NAMES
    if not _libc().unshare(ours):
        return ""
    uid, gid = os.geteuid(), os.getegid()
    # Root would lose more by it: the other user numbers.
    if uid == 0 or _libc().unshare(NEW_USER | ours):
        return f"this system refuses namespaces ({os.strerror(ctypes.get_errno())})"
    for name, text in (
        ("setgroups", "deny"), ("uid_map", f"{uid} {uid} 1"), ("gid_map", f"{gid} {gid} 1")
    ):  # fmt: skip
        with open(f"/proc/self/{name}", "w") as file:
            file.write(text)
    return drop_capabilities()


# Landlock ---------------------------------------------------------------------

CREATE_RULESET, ADD_RULE, RESTRICT_SELF = 444, 445, 446
CREATE_RULESET_VERSION = 1
RULE_PATH_BENEATH = 1
EXECUTE, WRITE_FILE, READ_FILE, READ_DIR = 1 << 0, 1 << 1, 1 << 2, 1 << 3
REMOVE_DIR, REMOVE_FILE, MAKE_DIR, MAKE_REG = 1 << 4, 1 << 5, 1 << 7, 1 << 8
REFER, TRUNCATE, IOCTL_DEV = 1 << 13, 1 << 14, 1 << 15
FS_OF_ABI = {1: (1 << 13) - 1, 2: REFER, 3: TRUNCATE, 5: IOCTL_DEV}
"""Rights that came with each version of the interface."""
NET_SINCE, SCOPE_SINCE = 4, 6
TCP = 0b11
ABSTRACT_SOCKETS_AND_SIGNALS = 0b11
LOOK = READ_FILE | READ_DIR | EXECUTE
OWN = LOOK | WRITE_FILE | REMOVE_DIR | REMOVE_FILE | MAKE_DIR | MAKE_REG | REFER | TRUNCATE
OF_A_FILE = EXECUTE | WRITE_FILE | READ_FILE | TRUNCATE | IOCTL_DEV

SYSTEM = (
    "/lib",
    "/lib32",
    "/lib64",
    "/usr/lib",
    "/usr/lib32",
    "/usr/lib64",
    "/usr/local/lib",
    "/usr/share",
    "/etc/ld.so.cache",
    "/etc/fonts",
    "/etc/localtime",
    "/etc/mime.types",
    "/proc/cpuinfo",
    "/proc/meminfo",
    "/proc/sys/kernel/ostype",
    "/proc/sys/vm/overcommit_memory",
    "/sys/devices/system/cpu",
    "/dev/random",
    "/dev/urandom",
    "/dev/zero",
)
"""What programs read on any Linux; no assignment lies there."""


def readable(submission: str) -> list[str]:
    """What a worker may read: its submission, Python, and the system's libraries."""
    names = ("stdlib", "platstdlib", "purelib", "platlib")
    python = [sysconfig.get_path(name) for name in names]
    base = os.path.join(sys.base_prefix, "lib")
    # The prefix of a system's Python is /usr; whatever else lies there is not needed.
    python += [] if sys.base_prefix in ("/", "/usr", "/usr/local") else [base]
    found = [*SYSTEM, *python, *(p for p in sys.path if p), submission, f"/proc/{os.getpid()}"]
    return list(dict.fromkeys(os.path.realpath(path) for path in found))


def restrict_files(reads: Iterable[str], writes: Sequence[str]) -> str:
    """Let this process read ``reads``, own ``writes``, and touch no other file; why not.

    Devices, TCP, abstract sockets and signals to others are shut off as far
    as the kernel's version of the interface goes.
    """
    libc = _libc()
    version = libc.syscall(CREATE_RULESET, None, ctypes.c_size_t(0), CREATE_RULESET_VERSION)
    if version < 1:
        reason = os.strerror(ctypes.get_errno())
        return f"this kernel has no Landlock ({reason}); it needs Linux 5.13 or newer, with it on"
    handled = 0
    for since, rights in FS_OF_ABI.items():
        handled |= rights if since <= version else 0
    attributes = struct.pack(
        "=QQQ",
        handled,
        TCP if version >= NET_SINCE else 0,
        ABSTRACT_SOCKETS_AND_SIGNALS if version >= SCOPE_SINCE else 0,
    )
    size = 8 if version < NET_SINCE else 16 if version < SCOPE_SINCE else 24
    ruleset = libc.syscall(CREATE_RULESET, attributes, ctypes.c_size_t(size), 0)
    if ruleset < 0:
        return f"Landlock refuses a rule set ({os.strerror(ctypes.get_errno())})"
    try:
        devices = [("/dev/null", READ_FILE | WRITE_FILE)]
        for path, rights in [
            *((path, LOOK) for path in reads), *((path, OWN) for path in writes), *devices
        ]:  # fmt: skip
            if not _allow(libc, ruleset, path, rights & handled):
                return f"Landlock refuses a rule for {path}"
        if libc.syscall(RESTRICT_SELF, ruleset, 0):
            return f"Landlock refuses to begin ({os.strerror(ctypes.get_errno())})"
    finally:
        os.close(ruleset)
    return ""


def _allow(libc: ctypes.CDLL, ruleset: int, path: str, rights: int) -> bool:
    try:
        fd = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return True  # what is not there needs no rule
    try:
        if not os.path.isdir(path):
            rights &= OF_A_FILE
        rule = struct.pack("=Qi", rights, fd)
        return bool(libc.syscall(ADD_RULE, ruleset, RULE_PATH_BENEATH, rule, 0) == 0)
    finally:
        os.close(fd)


# seccomp ----------------------------------------------------------------------


def restrict_calls(*, processes: bool = False) -> str:
    """Refuse sockets, new processes, signals to others and the like, for good; why not."""
    name = calls.machine()
    if not name:
        return f"no table of system calls for {os.uname().machine} with this Python"
    code = ctypes.create_string_buffer(calls.program(name, os.getpid(), processes=processes))
    count = (len(code) - 1) // 8
    head = ctypes.create_string_buffer(struct.pack("@HP", count, ctypes.addressof(code)))
    if not prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, ctypes.addressof(head)):
        return f"this kernel refuses a seccomp filter ({os.strerror(ctypes.get_errno())})"
    return ""
