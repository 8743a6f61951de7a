"""Writing a file so that it is whole or not there, whatever happens when.

Under a temporary name in the same folder, flushed to the disk, then renamed. Knows nothing of what
is in the file.
"""

from __future__ import annotations

import contextlib
import os
import re
import secrets
from pathlib import Path

TEMPORARY = re.compile(r"\..+\.[0-9a-f]{8}\.tmp", re.DOTALL)
"""Names of files that a command which was killed may leave."""


def write(path: Path, data: bytes, *, flush: bool = True) -> None:
    """Write ``data`` to ``path``; the folder is made where it is missing.

    Without ``flush`` it may be lost when the machine fails, and not when the process is killed.
    Raises OSError where it cannot be written; then the file before it stands.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name[:60]}.{secrets.token_hex(4)}.tmp")
    try:
        with open(temporary, "xb") as file:
            file.write(data)
            if flush:
                file.flush()
                os.fsync(file.fileno())
        os.replace(temporary, path)
    except OSError as error:
        if error.errno is None:
            raise
        # Whoever reads it knows the file, and not its temporary name.
        raise OSError(error.errno, error.strerror, str(path)) from error
    finally:
        with contextlib.suppress(OSError):
            temporary.unlink()
    if flush:
        _flush_folder(path.parent)


def write_text(path: Path, text: str, *, flush: bool = True) -> None:
    """``write`` as UTF-8; what no text may hold becomes question marks."""
    write(path, text.encode("utf-8", "replace"), flush=flush)


def _flush_folder(folder: Path) -> None:
    """Have the names in ``folder`` on disk, where the system can be asked to."""
    with contextlib.suppress(OSError):
        number = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(number)
        finally:
            os.close(number)
