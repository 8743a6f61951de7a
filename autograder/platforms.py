"""What each platform's download of a class looks like, by the names of what lies in it.

Pure functions of names, and of the one file in which Gradescope says whose is what. Opens nothing
that a student handed in, writes nothing, and does not know where results go: that is ``intake``.

Gradescope  ``submission_123456/`` for each, and ``submission_metadata.yml`` at the top
Canvas      ``smithanna_12345_67890_hw2.py``: name, user, file, the file's own name; ``_LATE`` after
            the name; for anonymous marking ``anon_Ab3dE`` in place of name and user
Moodle      ``Anna Smith_12345_assignsubmission_file/`` (some versions end it with ``_``), or the
            same as the beginning of every file's name; the number is the participant's
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path
from typing import Any, Literal, get_args

import yaml

from autograder.entries import Part, quote
from autograder.lateness import moment
from autograder.roll import Handed, Student
from autograder.safenames import digest, folded, text

Kind = Literal["gradescope", "canvas", "moodle", "plain"]
KINDS: tuple[Kind, ...] = get_args(Kind)
LABELS: Mapping[Kind, str] = {
    "gradescope": "Gradescope's export",
    "canvas": "Canvas's download",
    "moodle": "Moodle's download",
    "plain": "A plain folder",
}

METADATA = "submission_metadata.yml"
CANVAS_ID, MOODLE_ID = "Canvas ID", "Moodle participant"
"""What a student's number is called in ``Student.fields``, where it is the platform's own."""

_CANVAS_WHO = r"[^\s.,;:()\[\]-]+?"
_CANVAS = re.compile(
    rf"(?:(?:(?P<anon_late>LATE)_)?(?P<anon>anon_[A-Za-z0-9]+)"
    rf"|(?P<who>{_CANVAS_WHO})_(?:(?P<late>LATE)_)?(?P<user>[0-9]+))"
    r"_(?:(?P<file>[0-9]+)_(?P<name>.+)|(?P<typed>text|link)\.html)",
    re.DOTALL,
)
_MOODLE = re.compile(
    r"(?P<who>.+?)(?:_(?P<id>[0-9]+))?_assignsubmission_(?P<plugin>[a-z0-9]+)(?:_(?P<name>.*))?",
    re.DOTALL,
)
# Canvas numbers a name that its student used before, and after seven of them draws one.
_NUMBERED = re.compile(
    r"(?P<stem>.+)-(?P<number>[1-9][0-9]?|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})"
    r"(?P<ending>(?:\.[A-Za-z][A-Za-z0-9]*)*\.[A-Za-z0-9]+)",
    re.DOTALL,
)
_CODE = (".py", ".ipynb", ".zip")
_NEVER = datetime.min.replace(tzinfo=timezone.utc)


class IntakeError(ValueError):
    """What was named as the class's submissions cannot be used; the text is one sentence."""


@dataclass(frozen=True)
class Item:
    """Something that lies in the folder of a class."""

    name: str
    path: Path
    is_folder: bool

    @property
    def may_be_submission(self) -> bool:
        """Whether a plain folder's item is one."""
        return self.is_folder or self.name.lower().endswith(_CODE)


@dataclass(frozen=True)
class Found:
    """What a platform's names say."""

    handed: tuple[Handed, ...] = ()
    """The later one of a student's two is the later in the list."""
    left_out: tuple[str, ...] = ()
    older: tuple[str, ...] = ()
    """Attempts that a later one replaces, one sentence each."""


def fits(kind: Kind, item: Item) -> bool:
    """Whether ``item`` is named as this platform names what was handed in."""
    name = unicodedata.normalize("NFC", item.name)
    if kind == "canvas":
        return not item.is_folder and _CANVAS.fullmatch(name) is not None
    if kind == "moodle":
        found = _MOODLE.fullmatch(name)
        return found is not None and (item.is_folder or bool(found["name"]))
    if kind == "gradescope":
        return item.is_folder and re.fullmatch(r"submission_[0-9]+", name) is not None
    return item.may_be_submission


def is_export(items: Sequence[Item]) -> bool:
    """Whether this is the folder of Gradescope's export, which needs no guess."""
    return any(item.name == METADATA and not item.is_folder for item in items)


# --- plain --------------------------------------------------------------------------------


def plain(items: Sequence[Item]) -> Found:
    """One submission an item; its name is the student's id."""
    taken = [item for item in items if item.may_be_submission]
    stems = [item.name if item.is_folder else Path(item.name).stem for item in taken]
    alike: dict[str, list[Item]] = {}
    for item, stem in zip(taken, stems, strict=True):
        alike.setdefault(folded(stem), []).append(item)
    handed = []
    ids: set[str] = set()
    for item, stem in zip(taken, stems, strict=True):
        others = [other for other in alike[folded(stem)] if other is not item]
        name = item.name if others else stem
        beside = " and ".join(quote(other.name) for other in others)
        notices = (f"Beside it lies {beside}: see which one counts.",) if others else ()
        # Names that look alike may be spelled differently: composed, and not.
        known = text(name) if text(name) not in ids else f"{text(name)}-{digest(name)}"
        ids.add(known)
        handed.append(_handed(name, [_part(item)], [Student(known)], notices=notices))
    left = [item for item in items if not item.may_be_submission]
    return Found(tuple(handed), tuple(_is_no_submission(item) for item in left))


# --- Canvas -------------------------------------------------------------------------------


def canvas(items: Sequence[Item]) -> Found:
    """One submission a user: all files of one, under the names that the student gave them."""
    left_out: list[str] = []
    older: list[str] = []
    users: dict[str, list[tuple[Item, re.Match[str]]]] = {}
    for item in items:
        found = _CANVAS.fullmatch(unicodedata.normalize("NFC", item.name))
        if item.is_folder or found is None:
            left_out.append(_is_no_submission(item))
        elif found["typed"]:
            left_out.append(f"{quote(item.name)} was typed on Canvas and is no file.")
        else:
            users.setdefault(found["anon"] or found["user"], []).append((item, found))
    handed = []
    for user, files in users.items():
        late = [pair for pair in files if pair[1]["late"] or pair[1]["anon_late"]]
        if late and len(late) < len(files):
            older += [
                f"{quote(item.name)} was replaced by what the same student handed in late."
                for item, found in files
                if (item, found) not in late
            ]
            files = late
        who = files[0][1]["who"] or ""
        notices: list[str] = []
        if late:
            notices.append(
                "Canvas marks it as late and does not say when it came: lateness is not charged."
            )
        parts = _own_names(files, older)
        student = Student(user, text(who), fields=((CANVAS_ID, user),))
        name = f"{who}_{user}" if who else user
        handed.append(_handed(name, parts, [student], notices=notices))
    return Found(tuple(handed), tuple(left_out), tuple(older))


def _own_names(files: Sequence[tuple[Item, re.Match[str]]], older: list[str]) -> list[Part]:
    """The files of one student under the names that they had before Canvas numbered them.

    A number counts as Canvas's on code. On other files it does where code has one too: a student
    may well have called a file ``data-1.csv``.
    """
    files = sorted(files, key=lambda pair: int(pair[1]["file"]))
    again = any(_numbered(found["name"], code=True) for _, found in files)
    last: dict[str, str] = {}
    for _, found in files:
        last[_unnumbered(found["name"], again)] = found["name"]
    parts = []
    for item, found in files:
        name = found["name"]
        own = _unnumbered(name, again)
        if last[own] == name:
            parts.append(Part(own, item.path))
        elif own == name:
            older.append(f"{quote(item.name)} was replaced by {quote(last[own])}.")
        else:
            parts.append(Part(name, item.path))
    return parts


def _numbered(name: str, *, code: bool) -> re.Match[str] | None:
    return None if code and not name.lower().endswith(_CODE) else _NUMBERED.fullmatch(name)


def _unnumbered(name: str, again: bool) -> str:
    found = _numbered(name, code=not again)
    return f"{found['stem']}{found['ending']}" if found else name


# --- Moodle -------------------------------------------------------------------------------


def moodle(items: Sequence[Item]) -> Found:
    """One submission a participant or team: its folder, or its files where there are no folders."""
    left_out: list[str] = []
    by_student: dict[tuple[str, str], list[Part]] = {}
    for item in items:
        found = _MOODLE.fullmatch(unicodedata.normalize("NFC", item.name))
        if found is None or not fits("moodle", item):
            left_out.append(_is_no_submission(item))
        elif found["plugin"] != "file":
            kind = "typed text" if found["plugin"] == "onlinetext" else found["plugin"]
            left_out.append(f"{quote(item.name)} holds {kind} and no file.")
        else:
            part = _part(item) if item.is_folder else Part(found["name"], item.path)
            by_student.setdefault((found["who"], found["id"] or ""), []).append(part)
    handed = []
    for (who, number), parts in by_student.items():
        fields = ((MOODLE_ID, number),) if number else ()
        student = Student(number or text(who), text(who), fields=fields)
        handed.append(_handed(f"{who}_{number}" if number else who, parts, [student]))
    return Found(tuple(handed), tuple(left_out))


# --- Gradescope ---------------------------------------------------------------------------


def gradescope(items: Sequence[Item]) -> Found:
    """One submission a folder; whose, and when, says the file at the top.

    Raises IntakeError when that file is not there or cannot be understood.
    """
    told = next((i for i in items if i.name == METADATA and not i.is_folder), None)
    if told is None:
        raise IntakeError(
            f"there is no {METADATA} beside the folders; name the folder that holds it, or take "
            "the folders as they are with --kind plain"
        )
    metadata = _metadata(told.path)
    left_out: list[str] = []
    dated: list[tuple[datetime, int, Handed]] = []
    for item in items:
        if item is told:
            continue
        about = metadata.pop(unicodedata.normalize("NFC", item.name), None)
        if about is None and not fits("gradescope", item):
            left_out.append(_is_no_submission(item))
            continue
        number = int(re.sub(r"[^0-9]", "", item.name)[:18] or 0)
        one = _exported(item, about or {})
        dated.append((moment(one.described.get("created_at")) or _NEVER, number, one))
    for name, about in metadata.items():
        whose = _people(about)
        left_out.append(
            f"{quote(name)} is in {METADATA} and not in the folder"
            + (f" ({', '.join(quote(s.name or s.id) for s in whose)})." if whose else ".")
        )
    dated.sort(key=lambda row: row[:2])
    kept: list[Handed] = []
    older: list[str] = []
    seen: dict[str, str] = {}
    for _, _, one in reversed(dated):
        if all(student.id in seen for student in one.students):
            later = seen[one.students[-1].id]
            who = " and ".join(quote(student.name or student.id) for student in one.students)
            older.append(f"{quote(one.parts[0].name)} of {who} was replaced by {quote(later)}.")
            continue
        seen |= {student.id: one.parts[0].name for student in one.students}
        kept.append(one)
    return Found(tuple(reversed(kept)), tuple(left_out), tuple(reversed(older)))


def _exported(item: Item, about: Mapping[str, Any]) -> Handed:
    students = _people(about)
    notices: tuple[str, ...] = ()
    if not students:
        notices = (f"{METADATA} does not say whose it is.",)
        students = [Student(text(item.name))]
    described: dict[str, Any] = {}
    if number := re.fullmatch(r"submission_(\d+)", item.name):
        described["id"] = int(number[1])
    created = _value(about, "created_at")
    if isinstance(created, Mapping):  # how Ruby writes a time that knows its zone
        created = _value(created, "utc") or _value(created, "time")
    if isinstance(created, str) and created:
        described["created_at"] = created
        described["users"] = [{"name": s.name, "email": s.email} for s in students]
    name = "+".join(f"{s.name}_{s.id}" if s.name and s.name != s.id else s.id for s in students)
    return _handed(name, [_part(item)], students, described=described, notices=notices)


def _people(about: object) -> list[Student]:
    submitters = _value(about, "submitters")
    people = []
    for one in submitters if isinstance(submitters, list) else []:
        known = {key: _value(one, key) for key in ("sid", "email", "name")}
        sid, email, name = (
            text(known[key].strip()) if isinstance(known[key], str) else "" for key in known
        )
        sid = "" if sid in ("null", "~") else sid
        if sid or email or name:
            fields = tuple((k, v) for k, v in (("SID", sid), ("Email", email)) if v)
            people.append(Student(sid or email or name, name, email, fields=fields))
    return list({person.id: person for person in people}.values())


def _value(about: object, key: str) -> Any:
    """The value of a key that Ruby may have written as a symbol."""
    if not isinstance(about, Mapping):
        return None
    return about.get(f":{key}", about.get(key))


def _metadata(path: Path) -> dict[str, Any]:
    """What the export says of each folder. Every scalar is text: a SID may begin with a zero."""
    try:
        raw = path.read_bytes().decode("utf-8-sig", errors="replace")
    except OSError as exc:
        raise IntakeError(f"{path}: could not be read ({exc.strerror}); check it") from None
    # Its end of a document need not be followed by the beginning of one, as YAML 1.1 wants it.
    raw = re.sub(r"^\.\.\.[ \t]*\r?\n(?!---)", "...\n---\n", raw, flags=re.MULTILINE)
    loader = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
    merged: dict[str, Any] = {}
    try:
        for document in yaml.load_all(raw, Loader=loader):
            if isinstance(document, dict):
                merged |= {unicodedata.normalize("NFC", str(k)): v for k, v in document.items()}
    except (yaml.YAMLError, ValueError, RecursionError) as exc:
        mark = getattr(exc, "problem_mark", None)
        line = f", line {mark.line + 1}" if mark is not None else ""
        raise IntakeError(
            f"{path.name}{line}: cannot be read; export the submissions again, or take the "
            "folders as they are with --kind plain"
        ) from None
    told = {key: about for key, about in merged.items() if _value(about, "submitters") is not None}
    if not told:
        raise IntakeError(
            f"{path.name}: names no submission; export the submissions again, or take the folders "
            "as they are with --kind plain"
        )
    return told


# --- words --------------------------------------------------------------------------------


def _handed(
    name: str,
    parts: Sequence[Part],
    students: Sequence[Student],
    *,
    described: Mapping[str, Any] | None = None,
    notices: Sequence[str] = (),
) -> Handed:
    return Handed(name, tuple(parts), tuple(students), described or {}, tuple(notices))


def _part(item: Item) -> Part:
    return Part(item.name, item.path)


def _is_no_submission(item: Item) -> str:
    return f"{quote(item.name)} is no submission."


READ: Mapping[Kind, Callable[[Sequence[Item]], Found]] = {
    "gradescope": gradescope,
    "canvas": canvas,
    "moodle": moodle,
    "plain": plain,
}
