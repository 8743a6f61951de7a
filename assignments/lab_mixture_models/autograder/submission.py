"""From what a student handed in to a clean folder of plain files.

Role: read a folder, a zip, one ``.py`` file or a notebook, refuse what is
unsafe, copy the rest byte for byte and say what the student should know.
This module must not import, run or judge anything that was handed in, must not
follow a link, and must not believe a size that an archive declares.

The steps, in order: list (``_list_*``), place (``_place``: which file becomes
which), write (``_write``). Only the last one touches the destination.
"""

from __future__ import annotations

import ast
import contextlib
import io
import json
import os
import re
import shutil
import stat
import unicodedata
import zipfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, BinaryIO

from autograder.model import Assignment

# Every limit on a submission. Listing enforces entries and names; `collect` what
# is declared; `_write` the same sizes again on what is really read.
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
MAX_SKIPPED = 8
"""Skipped files that are named one by one in the notices."""

_MB = 1_000_000
_CHUNK = 1 << 16
_NOISE = {"__pycache__", "__macosx", "site-packages", "node_modules", "thumbs.db", "desktop.ini"}
_BYTECODE = (".pyc", ".pyo")
_COMPILED = (".so", ".pyd", ".dll", ".dylib")
_TAKEN = "hand in a folder, a .zip, a .py file or an .ipynb notebook"


class SubmissionError(ValueError):
    """What was handed in cannot be read; the text is one sentence."""


@dataclass(frozen=True)
class _Entry:
    """One regular file: where it lies in the submission and how to read it."""

    parts: tuple[str, ...]
    size: int
    open: Callable[[], BinaryIO]
    path: Path
    """The file on disk: this one, or the archive that holds it."""

    @property
    def name(self) -> str:
        return _show("/".join(self.parts))


def collect(path: Path, assignment: Assignment, into: Path) -> list[str]:
    """Copy the submission at ``path`` to the empty folder ``into``.

    ``path`` is a folder, a zip, a ``.py`` or an ``.ipynb``. Links, devices,
    hidden files and caches are left out. Returns notices for the student, one
    sentence each. Raises SubmissionError, and leaves ``into`` empty, when the
    submission is not found, unreadable, encrypted, leaves its folder or breaks
    a limit; ValueError when ``into`` is not empty. An OSError is ours: the
    destination could not be written.
    """
    into.mkdir(parents=True, exist_ok=True)
    if any(into.iterdir()):
        raise ValueError(f"{into} is not empty")
    notices: list[str] = []
    skipped: list[str] = []
    with contextlib.ExitStack() as opened:
        entries, path, archive_bytes = _list(path, skipped, opened)
        entries = _last_of_each(entries, assignment, notices)
        if len(entries) > MAX_FILES:
            raise SubmissionError(_too_many(path, MAX_FILES))
        _check_total(sum(entry.size for entry in entries), path, archive_bytes)
        entries = _place(entries, assignment, notices)
        try:
            _write(entries, into, path, archive_bytes)
        except SubmissionError:
            for item in into.iterdir():
                shutil.rmtree(item) if item.is_dir() else item.unlink()
            raise
    return notices + _tell_skipped(skipped) + _tell_missing(entries, assignment)


# --- list ---------------------------------------------------------------------------------


def _list(
    path: Path, skipped: list[str], opened: contextlib.ExitStack
) -> tuple[list[_Entry], Path, int | None]:
    """The entries, what they were read from, and its size if that is an archive."""
    if os.path.isdir(path):
        entries = _list_folder(path, skipped)
        if len(entries) != 1 or entries[0].path.suffix.lower() != ".zip":
            return entries, path, None
        path = entries[0].path  # how some course systems deliver a submission
    if not os.path.isfile(path):
        state = "is neither a file nor a folder" if os.path.exists(path) else "was not found"
        raise SubmissionError(f"{_quote_file(path)} {state}: {_TAKEN}.")
    if path.suffix.lower() in (".py", ".ipynb"):
        return [_file_entry(path.resolve(), (path.name,))], path, None
    archive = opened.enter_context(_open_zip(path))
    return _list_zip(archive, path, skipped), path, path.stat().st_size


def _list_folder(folder: Path, skipped: list[str]) -> list[_Entry]:
    entries: list[_Entry] = []
    todo: list[tuple[str, ...]] = [()]
    seen = 0
    while todo:
        above = todo.pop()
        try:
            with os.scandir(folder.joinpath(*above)) as listing:
                items = sorted(listing, key=lambda item: item.name)
        except OSError as exc:
            where = "/".join(above) or folder.name
            raise SubmissionError(_unreadable(where, exc)) from None
        seen += len(items)
        if seen > MAX_ENTRIES:
            raise SubmissionError(_too_many(folder, MAX_ENTRIES))
        if above and any(item.name == "pyvenv.cfg" for item in items):
            continue
        for item in items:
            parts = (*above, unicodedata.normalize("NFC", item.name))
            is_junction = getattr(item, "is_junction", bool)  # Windows, from Python 3.12
            if _is_noise(item.name):
                continue
            if item.is_symlink() or is_junction():
                skipped.append(f"{_quote('/'.join(parts))} (a link)")
            elif not (item.is_dir(follow_symlinks=False) or item.is_file(follow_symlinks=False)):
                skipped.append(f"{_quote('/'.join(parts))} (not a regular file)")
            elif not _is_usable(parts, skipped):
                continue
            elif item.is_dir(follow_symlinks=False):
                todo.append((*above, item.name))
            else:
                entries.append(_file_entry(Path(item.path), parts))
    return entries


def _file_entry(path: Path, parts: tuple[str, ...]) -> _Entry:
    def opener() -> BinaryIO:
        # A file may have become a link or a pipe since it was listed.
        flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
        handle = os.open(path, flags | getattr(os, "O_BINARY", 0))
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            os.close(handle)
            raise OSError("not a regular file any more")
        return os.fdopen(handle, "rb")

    try:
        return _Entry(parts, path.stat().st_size, opener, path)
    except OSError as exc:
        raise SubmissionError(_unreadable(path.name, exc)) from None


def _open_zip(path: Path) -> zipfile.ZipFile:
    try:
        if path.stat().st_size > MAX_MB * _MB:
            raise SubmissionError(_too_large(path))
        # Each entry costs some hundred bytes of memory once opened, so count them first.
        if path.read_bytes().count(b"PK\x01\x02") > MAX_ENTRIES:
            raise SubmissionError(_too_many(path, MAX_ENTRIES))
        return zipfile.ZipFile(path)
    except SubmissionError:
        raise
    except OSError as exc:
        raise SubmissionError(_unreadable(path.name, exc)) from None
    except Exception:  # not BadZipFile alone: bytes made to confuse it raise a dozen kinds
        raise SubmissionError(
            f"{_quote_file(path)} is not a zip, or is damaged: {_TAKEN}."
        ) from None


def _list_zip(archive: zipfile.ZipFile, path: Path, skipped: list[str]) -> list[_Entry]:
    named = [(info, _zip_parts(info, path)) for info in archive.infolist()]
    environments = {parts[:-1] for _, parts in named if parts[-1:] == ("pyvenv.cfg",)} - {()}
    entries = []
    for info, parts in named:
        is_folder = info.filename.endswith(("/", "\\")) or info.external_attr & 0x10  # MS-DOS flag
        inside_environment = any(parts[:depth] in environments for depth in range(1, len(parts)))
        if not parts or is_folder or inside_environment or any(map(_is_noise, parts)):
            continue
        kind = stat.S_IFMT(info.external_attr >> 16)
        if stat.S_ISLNK(kind):
            skipped.append(f"{_quote('/'.join(parts))} (a link)")
        elif kind and not stat.S_ISREG(kind):
            skipped.append(f"{_quote('/'.join(parts))} (not a regular file)")
        elif not _is_usable(parts, skipped):
            continue
        elif info.flag_bits & 1:
            raise SubmissionError(
                f"{_quote_file(path)} is encrypted: make a zip without a password and hand in that."
            )
        # The other methods cannot be read in bounded steps by zipfile.
        elif info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise SubmissionError(
                f"{_quote_file(path)} uses a compression that is not read here: "
                "make an ordinary zip (deflate) and hand in that."
            )
        else:
            entries.append(_Entry(parts, info.file_size, _zip_opener(archive, info), path))
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
            f"{_quote_file(path)} holds a path that leaves the folder ({_quote(name)}): "
            "zip the folder again, with relative paths only."
        )
    return parts


def _is_noise(name: str) -> bool:
    folded = name.casefold()
    return name.startswith(".") or folded in _NOISE or folded.endswith(_BYTECODE)


def _is_usable(parts: tuple[str, ...], skipped: list[str]) -> bool:
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
    skipped.append(f"{_quote('/'.join(parts))} ({reason})")
    return False


def _last_of_each(
    entries: list[_Entry], assignment: Assignment, notices: list[str]
) -> list[_Entry]:
    """One entry for each path: the last one, as unpacking would leave it.

    Names that differ in letter case alone are one file on many systems; the
    name that was asked for wins among them.
    """
    kept: dict[str, _Entry] = {}
    for entry in entries:
        key = "/".join(entry.parts).casefold()
        before = kept.get(key)
        if before is not None:
            names, taken = f"{_quote(before.name)} is there more than once", "the last one"
            if before.parts != entry.parts:
                names = (
                    f"{_quote(before.name)} and {_quote(entry.name)} differ in letter case alone"
                )
                entry = before if before.parts[-1] in assignment.files else entry
                taken = _quote(entry.name)
            notices.append(f"{names}: {taken} was taken.")
        kept[key] = entry
    return list(kept.values())


def _check_total(total: int, path: Path, archive_bytes: int | None) -> None:
    if total > MAX_MB * _MB:
        raise SubmissionError(_too_large(path))
    if archive_bytes is not None and total > max(RATIO_FROM_MB * _MB, MAX_RATIO * archive_bytes):
        raise SubmissionError(
            f"{_quote_file(path)} unpacks to more than {MAX_RATIO} times its size: "
            "hand in only the files that you wrote."
        )


# --- place --------------------------------------------------------------------------------


def _place(entries: list[_Entry], assignment: Assignment, notices: list[str]) -> list[_Entry]:
    """The entries at the paths where they are graded."""
    wanted = [tuple(name.split("/")) for name in assignment.files]
    main = wanted[0]

    # Everything lies inside one folder: that folder is the submission.
    while (
        not any(entry.parts in wanted for entry in entries)
        and all(len(entry.parts) > 1 for entry in entries)
        and len({entry.parts[0] for entry in entries}) == 1
    ):
        entries = [replace(entry, parts=entry.parts[1:]) for entry in entries]

    # The main file lies deeper: its folder is the top, and its neighbours come along.
    if main not in [entry.parts for entry in entries]:
        folders = [e.parts[: -len(main)] for e in entries if e.parts[-len(main) :] == main]
        depth = min(map(len, folders), default=0)
        folders = [folder for folder in folders if len(folder) == depth]
        if len(folders) == 1:
            top = folders[0]
            inside = [e for e in entries if e.parts[:depth] == top]
            moved = [replace(e, parts=e.parts[depth:]) for e in inside]
            taken = {"/".join(e.parts).casefold() for e in moved}
            outside = [e for e in entries if e not in inside]
            entries = moved + [e for e in outside if "/".join(e.parts).casefold() not in taken]
            notices.append(
                f"{'/'.join(main)} was found in the folder {_quote('/'.join(top))} and taken "
                "from there: hand it in at the top next time."
            )

    for parts in wanted:
        if parts in [entry.parts for entry in entries]:
            continue
        found = _find(entries, parts)
        if found is None and parts == main:
            found = _notebook_entry(entries, main, notices)
            if found is not None:
                entries = [*entries, found]
                continue
            scripts = [e for e in entries if len(e.parts) == 1 and e.name.endswith(".py")]
            if len(wanted) == 1 and len(scripts) == 1:
                found = scripts[0]
        if found is not None:
            entries = [replace(e, parts=parts) if e is found else e for e in entries]
            name = "/".join(parts)
            notices.append(f"{_quote(found.name)} was taken as {name}: use that name next time.")
    return entries


def _find(entries: list[_Entry], parts: tuple[str, ...]) -> _Entry | None:
    """The one file beside where ``parts`` should be whose name a browser or a shift key
    made, or else the one file of that name in another folder."""
    stem, _, ending = parts[-1].rpartition(".")
    pattern = re.compile(rf"{re.escape(stem)}([ _-]?\(?\d+\)?)?\.{re.escape(ending)}", re.I)
    similar = [e for e in entries if e.parts[:-1] == parts[:-1] and pattern.fullmatch(e.parts[-1])]
    found = similar or [entry for entry in entries if entry.parts[-1] == parts[-1]]
    return found[0] if len(found) == 1 else None


def _notebook_entry(
    entries: list[_Entry], main: tuple[str, ...], notices: list[str]
) -> _Entry | None:
    """The main file made of the notebook of its name, or of the only notebook."""
    notebooks = [entry for entry in entries if entry.parts[-1].lower().endswith(".ipynb")]
    stem = main[-1].removesuffix(".py").casefold()
    named = [e for e in notebooks if e.parts[-1][: -len(".ipynb")].casefold() == stem]
    chosen = named if len(named) == 1 else notebooks
    if len(chosen) != 1:
        return None
    raw = bytearray()
    for chunk in _chunks(chosen[0]):
        raw += chunk
        _check_total(len(raw), chosen[0].path, None)
    source = _notebook_source(bytes(raw), chosen[0].name, notices).encode()
    notices.append(f"{'/'.join(main)} was made of the code cells of {_quote(chosen[0].name)}.")
    return _Entry(main, len(source), lambda: io.BytesIO(source), chosen[0].path)


_MAGIC = re.compile(r"^(\s*)(?:[\w.,\s\[\]]+=\s*)?(?:%{1,2}[A-Za-z]|!|\?)|^(\s*)[\w.%]+\?{1,2}\s*$")
_FUTURE = re.compile(r"^from __future__ import .*$", re.M)
_CELL_OF_PYTHON = re.compile(r"%%(time|timeit|capture|prun)\b")


def _notebook_source(raw: bytes, name: str, notices: list[str]) -> str:
    """The code cells of a notebook as one module. Raises SubmissionError if it is not one."""
    try:
        book: Any = json.loads(raw.decode("utf-8-sig"))
        cells = book["cells"] if "cells" in book else book["worksheets"][0]["cells"]
        code = [
            "".join(cell.get("source", cell.get("input", ""))).encode(errors="replace").decode()
            for cell in cells
            if cell["cell_type"] == "code"
        ]
    except (ValueError, KeyError, IndexError, TypeError, AttributeError, RecursionError):
        raise SubmissionError(
            f"{_quote(name)} is not a readable notebook: open it, save it and hand it in again."
        ) from None
    blocks, futures = [], []
    for number, text in enumerate(code, start=1):
        if not _parses(text):
            text = _without_magics(text)
            if not _parses(text):
                notices.append(f"Left out code cell {number} of {_quote(name)}: not valid Python.")
                continue
        futures += _FUTURE.findall(text)  # legal in any cell, but only at the top of a module
        blocks.append(f"# code cell {number}\n{_FUTURE.sub('', text).rstrip()}\n")
    return "\n\n".join([*futures, *blocks])


def _parses(text: str) -> bool:
    if len(text) > 20_000:  # Python 3.10 may crash on deep nesting; take a long cell as it is
        return True
    try:
        ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True


def _without_magics(text: str) -> str:
    """``text`` with a ``pass`` in place of every line that only a notebook can run."""
    lines = text.splitlines()
    first = next((line for line in lines if line.strip()), "")
    if first.startswith("%%") and not _CELL_OF_PYTHON.match(first):
        return ""  # another language: %%bash, %%html, ...
    kept = []
    continued = False
    for line in lines:
        found = _MAGIC.match(line)
        if found or continued:
            kept.append(f"{line[: len(line) - len(line.lstrip())]}pass" if found else "")
            continued = line.endswith("\\")
        else:
            kept.append(line)
    return "\n".join(kept)


# --- write --------------------------------------------------------------------------------


def _write(entries: Iterable[_Entry], into: Path, path: Path, archive_bytes: int | None) -> None:
    entries = sorted(entries, key=lambda entry: entry.parts)
    folders = {entry.parts[:depth] for entry in entries for depth in range(1, len(entry.parts))}
    total = 0
    for entry in entries:
        if entry.parts in folders:
            raise SubmissionError(
                f"{_quote_file(path)} has {_quote(entry.name)} both as a file and as a folder: "
                "rename one of them."
            )
        target = into.joinpath(*entry.parts)
        target.parent.mkdir(parents=True, exist_ok=True)
        partial = target.with_name(f".{target.name}.part")  # hidden, so no entry has this name
        with partial.open("wb") as out:
            for chunk in _chunks(entry):
                total += len(chunk)
                _check_total(total, path, archive_bytes)
                out.write(chunk)
        partial.replace(target)


def _chunks(entry: _Entry) -> Iterable[bytes]:
    """The bytes of an entry. Whatever goes wrong while reading is the submission's fault."""
    try:
        with entry.open() as stream:
            while chunk := stream.read(_CHUNK):
                yield chunk
    except OSError as exc:
        raise SubmissionError(_unreadable(entry.name, exc)) from None
    except Exception:  # zipfile and zlib raise a dozen kinds on damaged bytes
        raise SubmissionError(_damaged(entry.path)) from None


# --- words --------------------------------------------------------------------------------


def _show(name: str) -> str:
    """A name that is safe in a terminal, in JSON and on a page."""
    safe = "".join(char if char.isprintable() else "?" for char in name)
    return safe if len(safe) <= 80 else f"{safe[:40]}...{safe[-37:]}"


def _quote(name: str) -> str:
    return f"'{_show(name)}'"


def _quote_file(path: Path) -> str:
    return _quote(path.name or str(path))


def _damaged(path: Path) -> str:
    return f"{_quote_file(path)} is damaged: make the zip again and hand in that."


def _unreadable(name: str, exc: OSError) -> str:
    return f"{_quote(name)} could not be read ({exc.strerror or exc}): check it and try again."


def _too_large(path: Path) -> str:
    return (
        f"{_quote_file(path)} is larger than {MAX_MB} MB: "
        "hand in only the files that you wrote, without data and environments."
    )


def _too_many(path: Path, limit: int) -> str:
    return (
        f"{_quote_file(path)} holds more than {limit} files: "
        "hand in only the files that you wrote, without data and environments."
    )


def _tell_skipped(skipped: list[str]) -> list[str]:
    told = [f"Skipped {item}." for item in skipped[:MAX_SKIPPED]]
    more = len(skipped) - len(told)
    return [*told, f"Skipped {more} more files."] if more > 0 else told


def _tell_missing(placed: list[_Entry], assignment: Assignment) -> list[str]:
    """What the student must know about the files that were asked for."""
    if not placed:
        return [f"The submission is empty: hand in {', '.join(assignment.files)}."]
    sizes = {"/".join(entry.parts): entry.size for entry in placed}
    there = ", ".join(_show(name) for name in sorted(sizes)[:5])
    notices = []
    for name in assignment.files:
        if name not in sizes:
            notices.append(
                f"{name} is missing: hand in a file of exactly that name (found: {there})."
            )
        elif sizes[name] == 0:
            notices.append(f"{name} is empty: save it and hand it in again.")
    return notices
