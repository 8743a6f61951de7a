"""A file that one process at a time holds, on every system.

The lock is let go when the process ends, however it ends. What stands in the file is its owner's.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import IO


def take(path: Path, seconds: float) -> IO[bytes] | None:
    """The open file, held until it is closed; None where another still holds it after ``seconds``.

    What stands in it stays. It can be read by those who do not hold it.
    """
    # Without a buffer: what does not fit on a full disk must not be tried again at the end.
    file = open(path, "a+b", buffering=0)  # noqa: SIM115  # it stays open as long as it is held
    deadline = time.monotonic() + seconds
    try:
        while not _taken(file):
            if time.monotonic() > deadline:
                file.close()
                return None
            time.sleep(0.05)
    except BaseException:
        file.close()
        raise
    return file


def _taken(file: IO[bytes]) -> bool:
    try:
        _system_lock()(file)
    except (BlockingIOError, PermissionError):
        return False
    return True


def _system_lock() -> Callable[[IO[bytes]], None]:
    """What takes a lock that ends with its process: flock(2), or Windows' own."""
    if sys.platform == "win32":
        import msvcrt

        def lock(file: IO[bytes]) -> None:
            # Far behind the text, which others may have to read.
            file.seek(1 << 30)
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)

        return lock
    import fcntl

    def flock(file: IO[bytes]) -> None:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise
        except OSError:  # some network file systems have the other kind alone
            fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)

    return flock
