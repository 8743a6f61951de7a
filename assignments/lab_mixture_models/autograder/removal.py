"""Deleting the folder that a worker leaves behind, whatever it did to that folder.

Follows no link. Where the system can work from an open folder, neither depth nor
the modes of the folders inside stop it. The worker has ended before.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import shutil
from pathlib import Path


def remove(folder: Path) -> None:
    """Delete a dead worker's folder, however deep it is and whatever its modes; never raises."""
    if os.rename in os.supports_dir_fd:
        with contextlib.suppress(OSError):
            fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
            try:
                _flatten(fd)
            finally:
                os.close(fd)
    with contextlib.suppress(RecursionError):
        shutil.rmtree(folder, ignore_errors=True)


def _flatten(top: int) -> None:
    """Delete every folder in ``top``; those inside them move up first, so that none is deep."""
    names = (f".{number}" for number in itertools.count())
    while folders := [e.name for e in os.scandir(top) if e.is_dir(follow_symlinks=False)]:
        for name in folders:
            os.chmod(name, 0o700, dir_fd=top)
            fd = os.open(name, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW, dir_fd=top)
            try:
                for entry in list(os.scandir(fd)):
                    if entry.is_dir(follow_symlinks=False):
                        os.chmod(entry.name, 0o700, dir_fd=fd)
                        free = next(n for n in names if not _is_there(n, top))
                        os.rename(entry.name, free, src_dir_fd=fd, dst_dir_fd=top)
                    else:
                        os.unlink(entry.name, dir_fd=fd)
            finally:
                os.close(fd)
            os.rmdir(name, dir_fd=top)


def _is_there(name: str, folder: int) -> bool:
    try:
        os.stat(name, dir_fd=folder, follow_symlinks=False)
    except OSError:
        return False
    return True
