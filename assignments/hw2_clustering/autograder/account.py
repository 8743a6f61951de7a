"""The kernel's account of one process: its time, memory, threads and deleted files.

Asks the kernel about a process by its number and judges nothing. The process
itself is not asked, and where no account is kept the answer is None, or zero.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import stat
import sys
import time
from collections.abc import Iterator


def cpu_seconds(pid: int) -> float | None:
    """CPU time of a running process by the kernel's account; None where it keeps none."""
    if sys.platform != "linux":
        return None
    # clock_getcpuclockid(3) of another process: its number, inverted, shifted
    # past three flag bits, of which 2 means "time scheduled".
    try:
        own = time.clock_gettime((~pid << 3) | 2)
        # Children that it waited for count too, so that none does the work unseen.
        with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as file:
            fields = file.read().rpartition(")")[2].split()
        return own + (int(fields[13]) + int(fields[14])) / os.sysconf("SC_CLK_TCK")
    except (OSError, IndexError, ValueError):
        return None


def reset_peak(pid: int) -> bool:
    """Let the kernel's record of a process's most memory begin again; False where it cannot."""
    try:
        with open(f"/proc/{pid}/clear_refs", "w", encoding="ascii") as file:
            file.write("5")
    except OSError:
        return False
    return True


def memory_mb(pid: int) -> tuple[float, float] | None:
    """Memory of a running process now, and the most that it had; None where none can say."""
    try:
        with open(f"/proc/{pid}/status", encoding="utf-8", errors="replace") as file:
            lines = dict(line.split(":", 1) for line in file if line.startswith(("VmRSS", "VmHWM")))
        now, most = (int(lines[name].split()[0]) / 1024 for name in ("VmRSS", "VmHWM"))
    except (OSError, KeyError, IndexError, ValueError):
        return None
    return now, most


def threads(pid: int) -> int | None:
    """How many threads a process has; None where none can say."""
    try:
        # Its folder of threads counts them in its links, as any folder does its folders.
        return os.stat(f"/proc/{pid}/task").st_nlink - 2
    except OSError:
        return None


def deleted_bytes(pid: int) -> int:
    """Size of the files that a process has deleted and holds open; 0 where none can say."""
    size = 0
    with contextlib.suppress(OSError), _as_its_user(pid):
        for fd in os.listdir(f"/proc/{pid}/fd"):
            with contextlib.suppress(OSError):
                known = os.stat(f"/proc/{pid}/fd/{fd}")
                if stat.S_ISREG(known.st_mode) and known.st_nlink == 0:
                    size += 512 * known.st_blocks
    return size


@contextlib.contextmanager
def _as_its_user(pid: int) -> Iterator[None]:
    """Look at files as the user of ``pid`` for a moment.

    Root in a container may not look into a process of another user; that user may. Source:
    setfsuid(2), and PTRACE_MODE_READ_FSCREDS in ptrace(2).
    """
    if sys.platform != "linux" or os.geteuid() != 0:
        yield
        return
    owner = os.stat(f"/proc/{pid}")
    libc = ctypes.CDLL(None)
    try:
        libc.setfsgid(owner.st_gid)
        libc.setfsuid(owner.st_uid)
        yield
    finally:
        libc.setfsuid(0)
        libc.setfsgid(os.getegid())
