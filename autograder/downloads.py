"""The zip of a whole class, as a platform gives it: a folder for as long as it is needed.

Writes below a temporary folder of its own and nowhere else. No path leaves that folder, links and
devices are left out, zips inside stay as they are, and the limits are those of ``entries``. Which
platform it is, and whose a file is, ``platforms`` and ``intake`` say.
"""

from __future__ import annotations

import contextlib
import errno
import os
import re
import shutil
import stat
import tempfile
import time
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from autograder import entries
from autograder.entries import is_noise, quote, quote_file
from autograder.platforms import IntakeError
from autograder.safenames import digest, folder_name

_UNPACKED, _LOCK = "autograder-zip-", "lock"
SETTLED_SECONDS = 60.0
"""A folder is made a moment before its lock; a younger one is left alone."""
_CHUNK = 1 << 20
_MB = 1_000_000


@dataclass(frozen=True)
class Opened:
    """A folder of submissions that can be read."""

    folder: Path
    named: Mapping[Path, str] = field(default_factory=dict)
    """What lies below ``folder`` under another name than it was given."""
    left_out: tuple[str, ...] = ()
    """What was not unpacked, and why."""

    def name(self, path: Path) -> str:
        """What ``path``, which lies in the folder, is called."""
        return self.named.get(path, path.name)


@contextlib.contextmanager
def opened(path: Path, room: Path | None = None) -> Iterator[Opened]:
    """The folder at ``path``, or what the zip at ``path`` holds, until the context ends.

    A zip is unpacked into a new temporary folder, in ``room`` if that is given. Raises IntakeError
    when there is nothing to read at ``path``, when the zip is damaged, leaves its folder or breaks
    a limit, and when there is no space for what it holds.
    """
    if path.is_dir():
        yield Opened(path)
        return
    if not path.is_file():
        state = "is neither a folder nor a zip" if path.exists() else "no such folder or zip"
        raise IntakeError(f"{path}: {state}; name the one that holds the submissions")
    _sweep(Path(room or tempfile.gettempdir()))
    with (
        tempfile.TemporaryDirectory(prefix=_UNPACKED, dir=room) as temporary,
        open(Path(temporary) / _LOCK, "wb") as lock,
    ):
        _locked(lock)
        into = Path(temporary) / "class"
        into.mkdir()
        with _archive(path) as archive:
            found = _unpack(archive, path, into)
        yield found


def _locked(file: BinaryIO) -> bool:
    """Take a lock that ends with this process; whether it could be had, or none can here."""
    try:
        import fcntl
    except ImportError:  # Windows, whose temporary files cannot be deleted while they are open
        return True
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _sweep(room: Path) -> None:
    """Delete what commands that were killed have unpacked; nobody has their locks any more."""
    if os.name == "nt":
        return
    for folder in room.glob(f"{_UNPACKED}*"):
        with contextlib.suppress(OSError), open(folder / _LOCK, "r+b") as lock:
            about = folder.stat()
            old = time.time() - about.st_mtime > SETTLED_SECONDS
            if old and about.st_uid == os.getuid() and _locked(lock):
                shutil.rmtree(folder, ignore_errors=True)


# --- zip ----------------------------------------------------------------------------------


def _archive(path: Path) -> zipfile.ZipFile:
    if path.stat().st_size > entries.CLASS_MB * _MB:
        raise IntakeError(_large(path))
    try:
        # Each entry costs some hundred bytes of memory once opened, so count them first.
        with path.open("rb") as stream:
            count, before = 0, b""
            while chunk := stream.read(_CHUNK):
                count += (before + chunk).count(b"PK\x01\x02")
                before = chunk[-3:]
        if count > entries.CLASS_ENTRIES:
            raise IntakeError(
                f"{path}: holds more than {entries.CLASS_ENTRIES} files; unpack it yourself and "
                "name the folder"
            )
        return zipfile.ZipFile(path)
    except IntakeError:
        raise
    except OSError as exc:
        raise IntakeError(
            f"{path}: could not be read ({exc.strerror}); check it and try again"
        ) from None
    except Exception:  # not BadZipFile alone: bytes made to confuse it raise a dozen kinds
        raise IntakeError(
            f"{path}: is not a zip, or is damaged; download it again, or name a folder"
        ) from None


def _large(path: Path) -> str:
    return f"{path}: is larger than {entries.CLASS_MB} MB; unpack it yourself and name the folder"


def _unpack(archive: zipfile.ZipFile, path: Path, into: Path) -> Opened:
    left_out: list[str] = []
    wanted = list(_wanted(archive, path, left_out))
    total = sum(info.file_size for info, _ in wanted if not _is_oversized(info))
    if total > entries.CLASS_MB * _MB:
        raise IntakeError(_large(path))
    if total > max(entries.RATIO_FROM_MB * _MB, entries.CLASS_RATIO * path.stat().st_size):
        raise IntakeError(
            f"{path}: would unpack to more than {entries.CLASS_RATIO} times its size, which no "
            "honest zip does; download it again"
        )
    if total > shutil.disk_usage(into).free:
        raise IntakeError(_no_space(path, into))
    names = _Names(into)
    for info, parts in wanted:
        try:
            target = names.place(parts)
            if info.is_dir():
                target.mkdir(parents=True, exist_ok=True)
                continue
            if target.exists():
                told = f"{quote('/'.join(parts))} is in {quote_file(path)} more than once"
                left_out.append(f"{told}: the last one was taken.")
            _write(archive, info, target)
        except zipfile.BadZipFile:
            raise IntakeError(f"{path}: is damaged; download it again") from None
        except OSError as exc:
            if exc.errno in (errno.ENOSPC, getattr(errno, "EDQUOT", None)):
                raise IntakeError(_no_space(path, into)) from None
            left_out.append(
                f"{quote('/'.join(parts))} in {quote_file(path)} was left out: "
                f"{exc.strerror or exc}."
            )
        except Exception:  # zipfile and zlib raise a dozen kinds on damaged bytes
            raise IntakeError(f"{path}: is damaged; download it again") from None
    return Opened(into, names.changed, tuple(left_out))


def _no_space(path: Path, into: Path) -> str:
    return (
        f"{path}: no space to unpack it in {into.parent.parent}; make some, or unpack it elsewhere "
        "and name that folder"
    )


def _wanted(
    archive: zipfile.ZipFile, path: Path, left_out: list[str]
) -> Iterator[tuple[zipfile.ZipInfo, tuple[str, ...]]]:
    """The files and folders of the zip with their paths in parts, as the zip spells them."""
    for info in archive.infolist():
        name = info.filename
        if not info.flag_bits & 0x800:  # macOS writes UTF-8 without saying so
            with contextlib.suppress(UnicodeError):
                name = name.encode("cp437").decode("utf-8")
        name = name.replace("\\", "/")
        parts = tuple(part for part in name.split("/") if part not in ("", "."))
        if name.startswith("/") or re.match(r"[A-Za-z]:", name) or ".." in parts:
            raise IntakeError(
                f"{path}: holds a path that leaves the folder ({quote(name)}); download it again, "
                "or make the zip anew with relative paths only"
            )
        if not parts or any(map(is_noise, parts)):
            continue
        if info.is_dir() and len(parts) <= entries.MAX_DEPTH:
            yield info, parts
            continue
        kind = stat.S_IFMT(info.external_attr >> 16)
        reason = ""
        if stat.S_ISLNK(kind):
            reason = "a link"
        elif kind and not stat.S_ISREG(kind):
            reason = "not a regular file"
        elif len(parts) > entries.MAX_DEPTH:
            reason = "its name is too long"
        elif info.flag_bits & 1:
            raise IntakeError(f"{path}: is encrypted; make a zip without a password")
        elif info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise IntakeError(
                f"{path}: uses a compression that is not read here; make an ordinary zip "
                "(deflate), or unpack it yourself and name the folder"
            )
        if reason:
            left_out.append(f"{quote('/'.join(parts))} in {quote_file(path)} ({reason}).")
        else:
            yield info, parts


def _is_oversized(info: zipfile.ZipInfo) -> bool:
    return info.file_size > entries.MAX_MB * _MB


def _write(archive: zipfile.ZipFile, info: zipfile.ZipInfo, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    with target.open("wb") as out:
        if _is_oversized(info):
            # The submission is refused for its size, in the words that its student reads; so the
            # file gets that size, and nothing of what it holds is unpacked.
            out.truncate(int(entries.MAX_MB * _MB) + 1)
            return
        source: BinaryIO
        with archive.open(info) as source:  # type: ignore[assignment]  # reads like one
            shutil.copyfileobj(source, out, _CHUNK)  # never more than was declared


class _Names:
    """Where the files of a zip are put: as they are called, where every system can write that.

    A name of the first two levels, where students are told apart, is changed where it must be;
    ``changed`` knows what it was.
    """

    def __init__(self, into: Path) -> None:
        self.changed: dict[Path, str] = {}
        self._placed: dict[tuple[str, ...], Path] = {(): into}

    def place(self, parts: tuple[str, ...]) -> Path:
        """Where to write the file at ``parts``, before the next one is placed."""
        for depth in range(1, min(len(parts), 2) + 1):
            if parts[:depth] in self._placed:
                continue
            above, name = self._placed[parts[: depth - 1]], parts[depth - 1]
            place = above / folder_name(name)
            # Whether names are told apart by letter case, the disk says.
            if os.path.lexists(place):
                place = above / folder_name(f"{digest(name)}-{name}")
            self._placed[parts[:depth]] = place
            if place.name != name:
                self.changed[place] = name
        return self._placed[parts[:2]].joinpath(*parts[2:])
