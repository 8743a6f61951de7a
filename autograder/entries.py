"""One file of a submission: what may be one, how much of it may be read, and what is said of it.

Holds every limit on what is handed in, by one or by a class, and the words for what breaks one.
Where files come from is ``submission``'s, ``archives``' and ``downloads``'; where they go is
``submission``'s.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

# Every limit on a submission. Listing enforces entries and names; `collect` what
# is declared; its last step the same sizes again on what is really read.
MAX_MB = 50
"""All files together, and an archive itself."""
MAX_FILES = 500
"""Files that are kept."""
MAX_RATIO = 100
"""Bytes out of an archive for each byte of it ..."""
RATIO_FROM_MB = 1
"""... judged only past this size, since a small text may well shrink more."""
MAX_ENTRIES = 20_000
"""Names looked at before anything is skipped."""
MAX_NAME = 200
"""Bytes in one part of a path."""
MAX_DEPTH = 20
"""Parts of a path."""

# And on the zip of a whole class. The platform compressed it, so how far a file in it shrank says
# nothing about its student: a file larger than MAX_MB is refused with its submission alone.
CLASS_MB = 20_000
"""All files together, and the zip itself."""
CLASS_ENTRIES = 200_000
"""Names."""
CLASS_RATIO = 1_100
"""Bytes out of it for each of its own: deflate ends at 1,032, so beyond that entries overlap."""

_MB = 1_000_000
_CHUNK = 1 << 16
_NOISE = {"__pycache__", "__macosx", "site-packages", "node_modules", "thumbs.db", "desktop.ini"}
_BYTECODE = (".pyc", ".pyo")
_COMPILED = (".so", ".pyd", ".dll", ".dylib")
TAKEN = "hand in a folder, a .zip, a .py file or an .ipynb notebook"


class SubmissionError(ValueError):
    """What was handed in cannot be read; the text is one sentence."""


@dataclass(frozen=True)
class Part:
    """One file or folder of a submission, with the name that the student gave it."""

    name: str
    path: Path


@dataclass(frozen=True)
class Entry:
    """One regular file: where it lies in the submission and how to read it."""

    parts: tuple[str, ...]
    size: int
    open: Callable[[], BinaryIO]
    path: Path
    """The file on disk: this one, or the archive that holds it."""

    @property
    def name(self) -> str:
        return show("/".join(self.parts))


def is_noise(name: str) -> bool:
    """Whether this is what systems and tools leave behind, in any part of a path."""
    folded = name.casefold()
    return name.startswith(".") or folded in _NOISE or folded.endswith(_BYTECODE)


def is_usable(parts: tuple[str, ...], skipped: list[str]) -> bool:
    """Whether this path can be written on every system; otherwise it is skipped."""
    if not all(part.isprintable() for part in parts) or any(
        set(part) & set('<>:"|?*\\') or part.endswith((" ", ".")) for part in parts
    ):
        reason = "its name has characters that not every system can write"
    elif len(parts) > MAX_DEPTH or any(len(part.encode()) > MAX_NAME for part in parts):
        reason = "its name is too long"
    elif parts[-1].casefold().endswith(_COMPILED):
        reason = "compiled code; only source is graded"
    else:
        return True
    skipped.append(f"{quote('/'.join(parts))} ({reason})")
    return False


def check_listed(number: int, path: Path) -> None:
    """Refuse more names than are looked at."""
    if number > MAX_ENTRIES:
        raise SubmissionError(_too_many(path, MAX_ENTRIES))


def check_kept(number: int, path: Path) -> None:
    """Refuse more files than are kept."""
    if number > MAX_FILES:
        raise SubmissionError(_too_many(path, MAX_FILES))


def check_total(total: int, path: Path, archive_bytes: int | None) -> None:
    """Refuse more bytes than are taken, in all or out of an archive of that size."""
    if total > MAX_MB * _MB:
        raise SubmissionError(_too_large(path))
    if archive_bytes is not None and total > max(RATIO_FROM_MB * _MB, MAX_RATIO * archive_bytes):
        raise SubmissionError(
            f"{quote_file(path)} unpacks to more than {MAX_RATIO} times its size: "
            "hand in only the files that you wrote."
        )


def chunks(entry: Entry) -> Iterable[bytes]:
    """The bytes of an entry. Whatever goes wrong while reading is the submission's fault."""
    try:
        with entry.open() as stream:
            while chunk := stream.read(_CHUNK):
                yield chunk
    except OSError as exc:
        raise SubmissionError(unreadable(entry.name, exc)) from None
    except Exception:  # zipfile and zlib raise a dozen kinds on damaged bytes
        raise SubmissionError(_damaged(entry.path)) from None


# --- words --------------------------------------------------------------------------------


def show(name: str) -> str:
    """A name that is safe in a terminal, in JSON and on a page."""
    safe = "".join(char if char.isprintable() else "?" for char in name)
    return safe if len(safe) <= 80 else f"{safe[:40]}...{safe[-37:]}"


def quote(name: str) -> str:
    """``show``, in quotes."""
    return f"'{show(name)}'"


def quote_file(path: Path) -> str:
    """The name of a file or folder on disk, in quotes."""
    return quote(path.name or str(path))


def _damaged(path: Path) -> str:
    return f"{quote_file(path)} is damaged: make the zip again and hand in that."


def unreadable(name: str, exc: OSError) -> str:
    """What is said of what the system would not read."""
    return f"{quote(name)} could not be read ({exc.strerror or exc}): check it and try again."


def _too_large(path: Path) -> str:
    return (
        f"{quote_file(path)} is larger than {MAX_MB} MB: "
        "hand in only the files that you wrote, without data and environments."
    )


def _too_many(path: Path, limit: int) -> str:
    return (
        f"{quote_file(path)} holds more than {limit} files: "
        "hand in only the files that you wrote, without data and environments."
    )
