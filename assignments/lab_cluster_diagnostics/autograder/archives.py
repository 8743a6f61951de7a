"""The files in a zip, listed without unpacking any.

Refuses a zip that is damaged, encrypted, too large, or leaves its folder, and
skips links, environments and what no student wrote. Nothing is written, and a
size that the zip declares is a claim.
"""

from __future__ import annotations

import contextlib
import re
import stat
import unicodedata
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

from autograder.entries import (
    MAX_DEPTH,
    TAKEN,
    Entry,
    SubmissionError,
    check_listed,
    check_total,
    is_noise,
    is_usable,
    quote,
    quote_file,
    unreadable,
)


def open_zip(path: Path, called: Path) -> zipfile.ZipFile:
    """The zip at ``path``, which its student ``called`` so.

    Raises SubmissionError when it is none, or too large to look into.
    """
    try:
        check_total(path.stat().st_size, called, None)
        # Each entry costs some hundred bytes of memory once opened, so count them first.
        check_listed(path.read_bytes().count(b"PK\x01\x02"), called)
        return zipfile.ZipFile(path)
    except SubmissionError:
        raise
    except OSError as exc:
        raise SubmissionError(unreadable(called.name, exc)) from None
    except Exception:  # not BadZipFile alone: bytes made to confuse it raise a dozen kinds
        said = f"{quote_file(called)} is not a zip, or is damaged: {TAKEN}."
        raise SubmissionError(said) from None


def list_zip(archive: zipfile.ZipFile, path: Path, skipped: list[str]) -> list[Entry]:
    """What is to be read from the zip; what is left out is named in ``skipped``."""
    named = [(info, _zip_parts(info, path)) for info in archive.infolist()]
    environments = {parts[:-1] for _, parts in named if parts[-1:] == ("pyvenv.cfg",)} - {()}
    entries = []
    for info, parts in named:
        is_folder = info.filename.endswith(("/", "\\")) or info.external_attr & 0x10  # MS-DOS flag
        # Deeper ones are not taken anyhow, and a name of 64 KB may have very many parts.
        depths = range(1, min(len(parts), MAX_DEPTH + 1))
        inside_environment = any(parts[:depth] in environments for depth in depths)
        if not parts or is_folder or inside_environment or any(map(is_noise, parts)):
            continue
        kind = stat.S_IFMT(info.external_attr >> 16)
        if stat.S_ISLNK(kind):
            skipped.append(f"{quote('/'.join(parts))} (a link)")
        elif kind and not stat.S_ISREG(kind):
            skipped.append(f"{quote('/'.join(parts))} (not a regular file)")
        elif not is_usable(parts, skipped):
            continue
        elif info.flag_bits & 1:
            raise SubmissionError(
                f"{quote_file(path)} is encrypted: make a zip without a password and hand in that."
            )
        # The other methods cannot be read in bounded steps by zipfile.
        elif info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise SubmissionError(
                f"{quote_file(path)} uses a compression that is not read here: "
                "make an ordinary zip (deflate) and hand in that."
            )
        else:
            entries.append(Entry(parts, info.file_size, _zip_opener(archive, info), path))
    return entries


def _zip_opener(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> Callable[[], BinaryIO]:
    def opener() -> BinaryIO:
        return archive.open(info)  # type: ignore[return-value]  # reads like one

    return opener


def _zip_parts(info: zipfile.ZipInfo, path: Path) -> tuple[str, ...]:
    """The entry's path in parts. Raises SubmissionError when it leaves the folder."""
    name = info.filename
    if not info.flag_bits & 0x800:  # macOS writes UTF-8 without saying so
        with contextlib.suppress(UnicodeError):
            name = name.encode("cp437").decode("utf-8")
    name = unicodedata.normalize("NFC", name).replace("\\", "/")
    parts = tuple(part for part in name.split("/") if part not in ("", "."))
    if name.startswith("/") or re.match(r"[A-Za-z]:", name) or ".." in parts:
        raise SubmissionError(
            f"{quote_file(path)} holds a path that leaves the folder ({quote(name)}): "
            "zip the folder again, with relative paths only."
        )
    return parts
