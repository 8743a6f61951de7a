"""From what a student handed in to a clean folder of plain files.

Role: read a folder, a zip, one ``.py`` file or a notebook, refuse what is
unsafe, copy the rest byte for byte and say what the student should know.
This module must not import, run or judge anything that was handed in, must not
follow a link, and must not believe a size that an archive declares.

The steps, in order: list (``_list``; a zip by ``archives``), place (``_place``:
which file becomes which; a notebook's definitions by ``extraction``), write (``_write``). Only the
last one touches the destination. What each file may be, ``entries`` knows.
"""

from __future__ import annotations

import contextlib
import io
import os
import re
import shutil
import stat
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

from autograder import cells, extraction
from autograder.archives import list_zip, open_zip
from autograder.entries import (
    TAKEN,
    Entry,
    Part,
    SubmissionError,
    check_kept,
    check_listed,
    check_total,
    chunks,
    is_noise,
    is_usable,
    quote,
    quote_file,
    show,
    unreadable,
)
from autograder.model import Assignment

__all__ = ["Part", "SubmissionError", "collect"]

MAX_SKIPPED = 8
"""Skipped files that are named one by one in the notices."""


def collect(path: Path | Sequence[Part], assignment: Assignment, into: Path) -> list[str]:
    """Copy the submission at ``path`` to the empty folder ``into``.

    ``path`` is a folder, a zip, a ``.py`` or an ``.ipynb``; or the parts that a student handed in
    one by one, which are taken as one folder that holds them by their names, while a single part
    is taken as a path is. Links, devices, hidden files and caches are left out. Returns notices
    for the student, one sentence each. Raises SubmissionError, and leaves ``into`` empty, when
    the submission is not found, unreadable, encrypted, leaves its folder or breaks a limit;
    ValueError when ``into`` is not empty. An OSError is ours: the destination could not be
    written.
    """
    parts = [Part(path.name, path)] if isinstance(path, Path) else list(path)
    into.mkdir(parents=True, exist_ok=True)
    if any(into.iterdir()):
        raise ValueError(f"{into} is not empty")
    notices: list[str] = []
    skipped: list[str] = []
    explained: set[str] = set()
    with contextlib.ExitStack() as opened:
        entries, shown, given_bytes = _list(parts, skipped, opened)
        entries = _last_of_each(entries, assignment, notices)
        check_kept(len(entries), shown)
        check_total(sum(entry.size for entry in entries), shown, given_bytes)
        entries = _place(entries, assignment, notices, explained)
        try:
            _write(entries, into, shown, given_bytes)
        except SubmissionError:
            for item in into.iterdir():
                shutil.rmtree(item) if item.is_dir() else item.unlink()
            raise
    return notices + _tell_skipped(skipped) + _tell_missing(entries, assignment, explained)


# --- list ---------------------------------------------------------------------------------


def _list(
    parts: Sequence[Part], skipped: list[str], opened: contextlib.ExitStack
) -> tuple[list[Entry], Path, int | None]:
    """The entries, what they are said to be from, and its bytes if an archive is among it."""
    if len(parts) != 1:
        return _list_parts(parts, skipped, opened)
    (part,) = parts
    name = re.split(r"[/\\]", part.name)[-1]  # never where it would lead
    shown = Path(name or part.path)
    if os.path.isdir(part.path):
        return _open_only_zip(_list_folder(part.path, skipped), shown, skipped, opened)
    _check_there(part)
    if shown.suffix.lower() in (".py", ".ipynb"):
        return [_file_entry(part.path.resolve(), (name,))], shown, None
    archive = opened.enter_context(open_zip(part.path, shown))
    return list_zip(archive, shown, skipped), shown, part.path.stat().st_size


def _list_parts(
    parts: Sequence[Part], skipped: list[str], opened: contextlib.ExitStack
) -> tuple[list[Entry], Path, int | None]:
    """As if the parts lay in one folder."""
    entries: list[Entry] = []
    for part in parts:
        # A name is what a student chose: it goes through what names in a folder go through.
        name = unicodedata.normalize("NFC", part.name).replace("\\", "/")
        above = tuple(piece for piece in name.split("/") if piece)
        if not above or any(map(is_noise, above)):
            continue
        if part.path.is_symlink():
            skipped.append(f"{quote(name)} (a link)")
        elif os.path.isdir(part.path):
            inside = _list_folder(part.path, skipped)
            entries += [replace(entry, parts=(*above, *entry.parts)) for entry in inside]
        elif is_usable(above, skipped):
            _check_there(part)
            entries.append(_file_entry(part.path, above))
    return _open_only_zip(entries, Path("the submission"), skipped, opened)


def _open_only_zip(
    entries: list[Entry], shown: Path, skipped: list[str], opened: contextlib.ExitStack
) -> tuple[list[Entry], Path, int | None]:
    """What a folder holds, and in place of its zip what that holds, where nothing else is code.

    So course systems deliver an uploaded zip, alone or beside a PDF. A zip inside it stays shut.
    """
    zips = [entry for entry in entries if entry.parts[-1].lower().endswith(".zip")]
    code = any(entry.parts[-1].lower().endswith((".py", ".ipynb")) for entry in entries)
    if len(zips) != 1 or code:
        return entries, shown, None
    others = [entry for entry in entries if entry is not zips[0]]
    shown = shown if others else Path(zips[0].parts[-1])
    archive = opened.enter_context(open_zip(zips[0].path, Path(zips[0].parts[-1])))
    inside = list_zip(archive, Path(zips[0].parts[-1]), skipped)
    return others + inside, shown, zips[0].size + sum(entry.size for entry in others)


def _check_there(part: Part) -> None:
    if not os.path.isfile(part.path):
        state = "is neither a file nor a folder" if os.path.exists(part.path) else "was not found"
        raise SubmissionError(f"{quote(part.name)} {state}: {TAKEN}.")


def _list_folder(folder: Path, skipped: list[str]) -> list[Entry]:
    entries: list[Entry] = []
    todo: list[tuple[str, ...]] = [()]
    seen = 0
    while todo:
        above = todo.pop()
        try:
            with os.scandir(folder.joinpath(*above)) as listing:
                items = sorted(listing, key=lambda item: item.name)
        except OSError as exc:
            where = "/".join(above) or folder.name
            raise SubmissionError(unreadable(where, exc)) from None
        seen += len(items)
        check_listed(seen, folder)
        if above and any(item.name == "pyvenv.cfg" for item in items):
            continue
        for item in items:
            parts = (*above, unicodedata.normalize("NFC", item.name))
            is_junction = getattr(item, "is_junction", bool)  # Windows, from Python 3.12
            if is_noise(item.name):
                continue
            if item.is_symlink() or is_junction():
                skipped.append(f"{quote('/'.join(parts))} (a link)")
            elif not (item.is_dir(follow_symlinks=False) or item.is_file(follow_symlinks=False)):
                skipped.append(f"{quote('/'.join(parts))} (not a regular file)")
            elif not is_usable(parts, skipped):
                continue
            elif item.is_dir(follow_symlinks=False):
                todo.append((*above, item.name))
            else:
                entries.append(_file_entry(Path(item.path), parts))
    return entries


def _file_entry(path: Path, parts: tuple[str, ...]) -> Entry:
    def opener() -> BinaryIO:
        # A file may have become a link or a pipe since it was listed.
        flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
        handle = os.open(path, flags | getattr(os, "O_BINARY", 0))
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            os.close(handle)
            raise OSError("not a regular file any more")
        return os.fdopen(handle, "rb")

    try:
        return Entry(parts, path.stat().st_size, opener, path)
    except OSError as exc:
        raise SubmissionError(unreadable(path.name, exc)) from None


def _last_of_each(entries: list[Entry], assignment: Assignment, notices: list[str]) -> list[Entry]:
    """One entry for each path: the last one, as unpacking would leave it.

    Names that differ in letter case alone are one file on many systems; the
    name that was asked for wins among them.
    """
    kept: dict[str, Entry] = {}
    for entry in entries:
        key = "/".join(entry.parts).casefold()
        before = kept.get(key)
        if before is not None:
            names, taken = f"{quote(before.name)} is there more than once", "the last one"
            if before.parts != entry.parts:
                names = f"{quote(before.name)} and {quote(entry.name)} differ in letter case alone"
                entry = before if before.parts[-1] in assignment.files else entry
                taken = quote(entry.name)
            notices.append(f"{names}: {taken} was taken.")
        kept[key] = entry
    return list(kept.values())


# --- place --------------------------------------------------------------------------------


def _place(
    entries: list[Entry], assignment: Assignment, notices: list[str], explained: set[str]
) -> list[Entry]:
    """The entries at the paths where they are graded.

    Modules whose absence ``notices`` say more of than their name go to ``explained``.
    """
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
                f"{'/'.join(main)} was found in the folder {quote('/'.join(top))} and taken "
                "from there: hand it in at the top next time."
            )

    for parts in wanted:
        if parts in [entry.parts for entry in entries]:
            continue
        found = _find(entries, parts)
        if found is not None:
            entries = [replace(e, parts=parts) if e is found else e for e in entries]
            name = "/".join(parts)
            notices.append(f"{quote(found.name)} was taken as {name}: use that name next time.")
    books = _read_notebooks(entries, assignment, notices)
    entries = entries + _from_notebooks(entries, books, assignment, notices)
    missing = _missing(entries, assignment)
    scripts = [e for e in entries if len(e.parts) == 1 and e.name.endswith(".py")]
    if missing and len(wanted) == 1 and len(scripts) == 1:
        notices.append(f"{quote(scripts[0].name)} was taken as {main[0]}: use that name next time.")
        return [replace(e, parts=main) if e is scripts[0] else e for e in entries]
    _tell_what_notebooks_lack(books, assignment, missing, notices, explained)
    return entries


def _missing(entries: list[Entry], assignment: Assignment) -> list[str]:
    """Modules that are wanted and have no file."""
    there = {e.parts for e in entries}
    return [name for name in assignment.modules if (f"{name}.py",) not in there]


def _find(entries: list[Entry], parts: tuple[str, ...]) -> Entry | None:
    """The one file beside where ``parts`` should be whose name a browser or a shift key
    made, or else the one file of that name in another folder."""
    stem, _, ending = parts[-1].rpartition(".")
    pattern = re.compile(rf"{re.escape(stem)}([ _-]?\(?\d+\)?)?\.{re.escape(ending)}", re.I)
    similar = [e for e in entries if e.parts[:-1] == parts[:-1] and pattern.fullmatch(e.parts[-1])]
    found = similar or [entry for entry in entries if entry.parts[-1] == parts[-1]]
    return found[0] if len(found) == 1 else None


# --- notebooks ----------------------------------------------------------------------------


def _from_notebooks(
    entries: list[Entry], books: list[cells.Notebook], assignment: Assignment, notices: list[str]
) -> list[Entry]:
    """The files that are not there, made of the notebooks that define what they have to hold."""
    missing = _missing(entries, assignment)
    made: list[Entry] = []
    taken: dict[tuple[str, str, int], list[str]] = {}
    for name in assignment.modules:
        having = _having(books, assignment, name)
        if name not in missing:
            _tell_unused(assignment, name, having, notices)
            continue
        # Where nothing is written yet, the stubs are still there to be named.
        for book in having if len(having) == 1 else books if len(books) == 1 else []:
            result = extraction.module(
                book,
                name,
                _asked(assignment, name),
                others=[m for m in assignment.modules if m != name],
                plain={*assignment.allowed_imports, *_stems(assignment.given)},
                notices=notices,
            )
            if result is None:
                continue
            made.append(_text_entry(f"{name}.py", result.text, entries))
            notices.append(f"{name}.py was made of the code cells of {quote(book.name)}.")
            for function, cell in result.taken.items():
                taken.setdefault((book.name, function, cell), []).append(f"{name}.py")
            _tell_left_out(book, notices)
    for (book_name, function, cell), files in taken.items():
        if len(files) > 1:
            notices.append(
                f"{function} of code cell {cell} of {quote(book_name)} was taken for "
                f"{' and '.join(files)}: if it is for one of them, write that file's name into a "
                "comment of the cell."
            )
    return made


def _having(books: list[cells.Notebook], assignment: Assignment, name: str) -> list[cells.Notebook]:
    """The notebooks that may stand for a module; by its name or the assignment's, one."""
    asked = _asked(assignment, name)
    others = [m for m in assignment.modules if m != name]
    having = [book for book in books if extraction.defines(book, name, asked, others)]
    for wanted in (name, assignment.name):
        named = [b for b in having if Path(b.name).stem.casefold() == wanted.casefold()]
        if len(named) == 1:
            return named
    return having


def _asked(assignment: Assignment, module: str) -> list[str]:
    """Functions and classes that a module has to have."""
    qualified = (name.split(":") for name in assignment.qualified)
    return list(dict.fromkeys(n.partition(".")[0] for owner, n in qualified if owner == module))


def _stems(files: Iterable[str]) -> list[str]:
    return [name.removesuffix(".py") for name in files]


def _read_notebooks(
    entries: list[Entry], assignment: Assignment, notices: list[str]
) -> list[cells.Notebook]:
    """The notebooks; one that cannot be read is an error if it is all there is."""
    found = [entry for entry in entries if entry.parts[-1].lower().endswith(".ipynb")]
    nothing_else = len(_missing(entries, assignment)) == len(assignment.modules)
    books = []
    for entry in found:
        raw = bytearray()
        for chunk in chunks(entry):
            raw += chunk
            check_total(len(raw), entry.path, None)
        try:
            books.append(cells.read(bytes(raw), entry.name))
        except SubmissionError as error:
            if len(found) == 1 and nothing_else:
                raise
            notices.append(str(error))
    return books


def _text_entry(name: str, text: str, entries: list[Entry]) -> Entry:
    source = text.encode()
    return Entry((name,), len(source), lambda: io.BytesIO(source), entries[0].path)


def _tell_left_out(book: cells.Notebook, notices: list[str]) -> None:
    for cell in book.cells:
        if cell.tree is None and not cell.writes:
            told = f"Left out code cell {cell.number} of {quote(book.name)}: not valid Python."
            if told not in notices:
                notices.append(told)


def _tell_unused(
    assignment: Assignment, name: str, having: list[cells.Notebook], notices: list[str]
) -> None:
    """A file counts before any notebook; whoever wrote the functions there has to know."""
    asked = _asked(assignment, name)
    for book in having:
        functions = extraction.defines(book, name, asked) if asked else []
        # Of what several files ask for, nobody can say whose it is.
        shared = [set(_asked(assignment, m)) for m in assignment.modules if m != name]
        functions = [f for f in functions if not any(f in names for names in shared)]
        if functions:
            notices.append(
                f"{name}.py was taken for {', '.join(functions)}, and not what "
                f"{quote(book.name)} defines under the same name."
            )


def _tell_what_notebooks_lack(
    books: list[cells.Notebook],
    assignment: Assignment,
    missing: list[str],
    notices: list[str],
    explained: set[str],
) -> None:
    """Why no notebook stands for the files that are missing."""
    asked = list(dict.fromkeys(f for name in missing for f in _asked(assignment, name)))
    for name in missing:
        having = _having(books, assignment, name)
        if len(having) > 1:
            which = " and ".join(quote(book.name) for book in having[:3])
            notices.append(f"{which} may each stand for {name}.py: hand in only one of them.")
            explained.add(name)
    missing = [name for name in missing if name not in explained]
    if not (books and missing and asked):
        return
    explained.update(missing)
    told = [
        f"{function} stands in a cell of {quote(book.name)} that is no code cell: make it one."
        for book in books
        for function in extraction.in_other_cells(book, asked)
    ]
    if told:
        notices += told
        return
    which = " and ".join(quote(book.name) for book in books[:3])
    names = ", ".join(asked[:3]) + (", ..." if len(asked) > 3 else "")
    files = ", ".join(f"{name}.py" for name in missing[:3]) + (", ..." if missing[3:] else "")
    notices.append(
        f"{which} {'defines' if len(books) == 1 else 'define'} nothing of what is missing "
        f"({names}): hand in {files}, or this assignment's notebook with the definitions."
    )


# --- write --------------------------------------------------------------------------------


def _write(entries: Iterable[Entry], into: Path, path: Path, given_bytes: int | None) -> None:
    entries = sorted(entries, key=lambda entry: entry.parts)
    folders = {entry.parts[:depth] for entry in entries for depth in range(1, len(entry.parts))}
    total = 0
    for entry in entries:
        if entry.parts in folders:
            raise SubmissionError(
                f"{quote_file(path)} has {quote(entry.name)} both as a file and as a folder: "
                "rename one of them."
            )
        target = into.joinpath(*entry.parts)
        target.parent.mkdir(parents=True, exist_ok=True)
        partial = target.with_name(f".{target.name}.part")  # hidden, so no entry has this name
        with partial.open("wb") as out:
            for chunk in chunks(entry):
                total += len(chunk)
                check_total(total, path, given_bytes)
                out.write(chunk)
        partial.replace(target)


# --- words --------------------------------------------------------------------------------


def _tell_skipped(skipped: list[str]) -> list[str]:
    told = [f"Skipped {item}." for item in skipped[:MAX_SKIPPED]]
    more = len(skipped) - len(told)
    return [*told, f"Skipped {more} more files."] if more > 0 else told


def _tell_missing(placed: list[Entry], assignment: Assignment, explained: set[str]) -> list[str]:
    """What the student must know about the files that were asked for."""
    if not placed:
        return [f"The submission is empty: hand in {', '.join(assignment.files)}."]
    sizes = {"/".join(entry.parts): entry.size for entry in placed}
    there = ", ".join(show(name) for name in sorted(sizes)[:5])
    notices = []
    for name in assignment.files:
        if name.removesuffix(".py") in explained:
            continue
        if name not in sizes:
            notices.append(
                f"{name} is missing: hand in a file of exactly that name (found: {there})."
            )
        elif sizes[name] == 0:
            notices.append(f"{name} is empty: save it and hand it in again.")
    return notices
