"""What a class handed in, found in whatever folder or zip an instructor has.

Says which platform's download it is by the shape of its names, gives every submission a name that
is a safe folder and unique in the class, and says what was left out. Reads no submission: that is
``submission``'s; knows no roster: that is ``roster``'s.
"""

from __future__ import annotations

import contextlib
import os
import re
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from autograder import downloads, platforms
from autograder.downloads import Opened
from autograder.entries import is_noise, quote
from autograder.platforms import KINDS, IntakeError, Item, Kind
from autograder.roll import Handed
from autograder.safenames import digest, folded, folder_name

__all__ = ["KINDS", "Intake", "IntakeError", "Kind", "find", "opened"]

RESULTS = ("gradebook.csv", "report.html")
"""What lies beside the submissions' folders among the results."""
_OURS = ({"gradebook.csv", "report.html"}, {"written.html", "sheet.csv"})
"""A folder that holds these is what an earlier command made."""
_WANTED = "expected folders, .zip, .py or .ipynb files"


@dataclass(frozen=True)
class Intake:
    """The submissions of a class."""

    kind: Kind
    line: str
    """One sentence: what it was taken for, and how much there is."""
    handed: tuple[Handed, ...]
    """The last of a student's submissions is the last in order."""
    left_out: tuple[str, ...] = ()
    """What was not taken, and why; a sentence each."""


@contextlib.contextmanager
def opened(
    path: Path,
    out: Path,
    kind: Kind | None = None,
    *,
    reserved: Collection[str] = RESULTS,
    room: Path | None = None,
) -> Iterator[Intake]:
    """``find`` in the folder or zip at ``path``; the submissions are there until the context ends.

    A zip is unpacked to a temporary folder, in ``room`` if that is given. Raises IntakeError.
    """
    with downloads.opened(path, room) as source:
        yield _find(source, path, out, kind, reserved)


def find(
    folder: Path, out: Path, kind: Kind | None = None, *, reserved: Collection[str] = RESULTS
) -> Intake:
    """The submissions in ``folder``, as the platform ``kind`` names them, or as it looks.

    ``out``, should it lie there too, is none, and no submission has a name in ``reserved``. Raises
    IntakeError when there is no submission, or when the folder does not look like ``kind``.
    """
    if not folder.is_dir():
        raise IntakeError(f"{folder}: no such folder; name the one that holds the submissions")
    return _find(Opened(folder), folder, out, kind, reserved)


def _find(
    source: Opened, path: Path, out: Path, kind: Kind | None, reserved: Collection[str]
) -> Intake:
    results = out.resolve()
    if results == source.folder.resolve():
        raise IntakeError(
            f"{path}: holds the submissions, so results cannot go there; name another folder "
            "with --out"
        )
    left_out = list(source.left_out)
    items = _items(source, source.folder, out, left_out)
    unpacked = path.resolve() != source.folder.resolve()
    inner = _inside(source, items, out, path.stem if unpacked else "", left_out)
    items = items if inner is None else inner
    holding = [i for i in items if i.is_folder and results.is_relative_to(i.path.resolve())]
    left_out += [f"{quote(item.name)} holds the results." for item in holding]
    items = [item for item in items if item not in holding]
    taken_as, remark = (kind, "") if kind is not None else _recognise(items)
    if kind is not None:
        _check_fits(kind, items, path)
    try:
        found = platforms.READ[taken_as](items)
    except IntakeError as error:
        raise IntakeError(f"{path}: {error}") from None
    left_out += found.left_out
    if not found.handed:
        more = f" ({left_out[0].rstrip('.')})" if left_out else ""
        raise IntakeError(f"{path}: no submissions here{more}; {_WANTED}")
    handed = _named(found.handed, reserved)
    line = _line(taken_as, remark, found, len(left_out))
    return Intake(taken_as, line, handed, (*found.older, *left_out))


# --- what lies there ----------------------------------------------------------------------


def _items(source: Opened, folder: Path, out: Path, left_out: list[str]) -> list[Item]:
    try:
        with os.scandir(folder) as listing:
            found = sorted(listing, key=lambda entry: os.fsencode(entry.name))
    except OSError as exc:
        raise IntakeError(
            f"{folder}: could not be read ({exc.strerror}); check it and try again"
        ) from None
    items = []
    results = out.resolve()
    for entry in found:
        path = Path(entry.path)
        if is_noise(entry.name) or entry.name.startswith("__") or path.resolve() == results:
            continue
        name = source.name(path)
        is_junction = getattr(entry, "is_junction", bool)  # Windows, from Python 3.12
        if entry.is_symlink() or is_junction():
            left_out.append(f"{quote(name)} is a link.")
        elif entry.is_dir():
            if any(all((path / made).exists() for made in ours) for ours in _OURS):
                left_out.append(f"{quote(name)} holds results and no submission.")
            else:
                items.append(Item(name, path, is_folder=True))
        elif entry.is_file():
            items.append(Item(name, path, is_folder=False))
        else:
            left_out.append(f"{quote(name)} is not a regular file.")
    return items


def _inside(
    source: Opened, items: Sequence[Item], out: Path, stem: str, left_out: list[str]
) -> list[Item] | None:
    """What the one folder holds that lies there, if that is the class and no submission.

    It is where what it holds is a platform's, and where it is called as the zip ``stem`` it came
    in.
    """
    folders = [item for item in items if item.is_folder]
    if len(folders) != 1 or any(i.may_be_submission and not i.is_folder for i in items):
        return None
    told: list[str] = []
    inner = _items(source, folders[0].path, out, told)
    same_name = bool(stem) and folded(folders[0].name) == folded(stem)
    if not (same_name or _recognise(inner)[0] != "plain"):
        return None
    left_out += told
    left_out += [f"{quote(item.name)} is no submission." for item in items if not item.is_folder]
    return inner


# --- which platform -----------------------------------------------------------------------


def _recognise(items: Sequence[Item]) -> tuple[Kind, str]:
    """The platform that every submission here is named as; what to say if only some are."""
    if platforms.is_export(items):
        return "gradescope", ""
    for kind in ("canvas", "moodle"):
        fitting = sum(platforms.fits(kind, item) for item in items)
        others = sum(i.may_be_submission and not platforms.fits(kind, i) for i in items)
        if fitting and not others:
            return kind, ""
        if fitting:
            remark = (
                f", since {others} of {fitting + others} are not named as {kind.capitalize()} names"
                f" them (--kind {kind} takes the {fitting} that are)"
            )
            return "plain", remark
    return "plain", ""


def _check_fits(kind: Kind, items: Sequence[Item], path: Path) -> None:
    if kind == "gradescope" and platforms.is_export(items):
        return
    if kind not in ("plain", "gradescope") and any(platforms.fits(kind, item) for item in items):
        return
    example = {
        "gradescope": f"there is no {platforms.METADATA} beside the folders",
        "canvas": "no file is named like smithanna_12345_67890_hw.py",
        "moodle": "no folder is named like Anna Smith_12345_assignsubmission_file",
    }
    if kind in example:
        looks = _recognise(items)[0]
        raise IntakeError(
            f"{path}: is not {platforms.LABELS[kind]}: {example[kind]}; it looks like "
            f"--kind {looks}"
        )


# --- names and words ----------------------------------------------------------------------


def _named(handed: Sequence[Handed], reserved: Collection[str]) -> tuple[Handed, ...]:
    """With names that are safe folders, and unique where letter case does not count."""
    safe = [folder_name(one.name) for one in handed]
    count = Counter(map(folded, safe))
    taken = {folded(name) for name in reserved}
    named = []
    for one, name in zip(handed, safe, strict=True):
        if count[folded(name)] > 1 or folded(name) in taken:
            # All that clash, so that a name does not depend on which of them comes first.
            name = folder_name(f"{name[:60]}-{digest(one.name)}")
        number = 2
        while folded(name) in taken:
            name = f"{re.sub(r'~[0-9]+$', '', name)}~{number}"
            number += 1
        taken.add(folded(name))
        named.append(replace(one, name=name))
    return tuple(named)


def _line(kind: Kind, remark: str, found: platforms.Found, left_out: int) -> str:
    submissions = len(found.handed)
    students = len({student.id for one in found.handed for student in one.students})
    told = f"{platforms.LABELS[kind]}{remark}: {submissions} "
    told += "submission" if submissions == 1 else "submissions"
    told += f" of {students} student{'' if students == 1 else 's'}"
    if found.older:
        told += f"; {len(found.older)} replaced by a later one"
    if left_out:
        told += f"; {left_out} left out"
    return f"{told}."
