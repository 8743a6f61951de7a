"""What has been graded, on disk, so that nothing is lost, doubled or graded twice.

An *entry* is one finished submission: its whole result, and a digest of everything that the result
depends on (``digests``). It is written last, after the files that staff read, so an entry means
that all of its submission is there. Every file is written under a temporary name, flushed, and
renamed. Grades nothing and formats no report.

Map of what it keeps in the folder of the results::

    DIR/.journal/lock          held while a command writes to DIR; the temporary folder it uses
    DIR/.journal/round         which re-grading is going on, until it is complete
    DIR/.journal/<digest>.json an entry; the digest is of the submission's name
"""

from __future__ import annotations

import base64
import contextlib
import json
import os
import secrets
import tempfile
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import IO, Any

from autograder import lock, whole
from autograder.digests import text_digest
from autograder.model import Assignment, CaseResult, SubmissionResult, from_plain, to_plain
from autograder.removal import remove
from autograder.visible import clean

VERSION = 1
"""Of the entries; those of another version count as none."""
FOLDER = ".journal"
LOCK_SECONDS = 3.0
"""How long the processes of a command that was killed may take to be gone."""
_PICTURE = "zlib64"
_FORCED = "forced-"
_SCRATCH = "autograder-class-"


class JournalError(ValueError):
    """The folder of the results cannot be used; the text says why and what to do."""


@dataclass(frozen=True)
class Before:
    """What a submission had before it was graded again."""

    score: float
    withheld: bool
    cases: Mapping[str, tuple[str, float | None]]
    """For each case its verdict and its points; None: withheld."""
    anew: bool = False
    """Whether it was handed in again since."""


@dataclass(frozen=True)
class Entry:
    """One finished submission."""

    name: str
    key: Mapping[str, str]
    """Digests of all that the result depends on."""
    look: str
    """A digest of what the files were made with."""
    files: Mapping[str, str]
    """A digest of each file in the submission's folder, as it was written."""
    result: SubmissionResult
    round: str = ""
    """In which re-grading it was made."""
    before: Before | None = None
    """What it had when the last re-grading was complete, if it had anything."""


def summary(result: SubmissionResult, *, anew: bool) -> Before:
    """What is kept of a result that is about to be replaced."""
    cases = {case.case: (case.verdict.value, case.score) for case in result.cases}
    return Before(result.score, bool(result.withheld), cases, anew)


def result_bytes(result: SubmissionResult) -> bytes:
    """A result as JSON, pictures and all; the questions are left out, for the config has them."""
    plain = to_plain(replace(result, questions=()))
    return json.dumps(plain, default=_plain, separators=(",", ":")).encode()


def _plain(value: Any) -> Any:
    if isinstance(value, bytes):
        return {_PICTURE: base64.b64encode(zlib.compress(value)).decode()}
    return value.item()  # a number of NumPy's


def result_from(data: bytes | str, assignment: Assignment) -> SubmissionResult:
    """The result that ``result_bytes`` wrote. Raises ValueError, TypeError or KeyError."""
    return _result(json.loads(data, object_hook=_restored), assignment)


def _result(plain: Any, assignment: Assignment) -> SubmissionResult:
    made = from_plain(SubmissionResult, plain)
    return replace(made, questions=assignment.questions)


def _restored(found: dict[str, Any]) -> Any:
    if found.keys() == {_PICTURE}:
        return zlib.decompress(base64.b64decode(found[_PICTURE]))
    return found


def light(result: SubmissionResult) -> SubmissionResult:
    """A result without what only its own page shows: a class must fit into memory."""

    def without(case: CaseResult) -> CaseResult:
        return replace(case, pictures=(), curves=(), detail="")

    return replace(result, cases=tuple(map(without, result.cases)))


class Journal:
    """The journal of one folder of results. Use as a context manager; raises JournalError.

    Only one at a time may be open, in any process. ``scratch`` is a folder for temporary files,
    which is gone afterwards, or, after a kill, when the journal is opened again.
    """

    def __init__(self, out: Path, assignment: Assignment, *, force: bool = False) -> None:
        self.out = out
        self.force = force
        self.folder = out / FOLDER
        self.assignment = assignment
        self.scratch = Path()
        self.round = ""
        self._lock: IO[bytes] | None = None

    def __enter__(self) -> Journal:
        self.folder.mkdir(parents=True, exist_ok=True)
        self._lock = self._locked()
        try:
            self._refuse_another()
            self._clean()
            self._make_scratch()
            self.round = self._begun() or _FORCED * self.force + secrets.token_hex(8)
            whole.write(self.folder / "round", self.round.encode())
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        if self.scratch.name.startswith(_SCRATCH):
            remove(self.scratch)
        if self._lock is not None:
            self._lock.close()

    def _locked(self) -> IO[bytes]:
        """The lock file, held; its first line says by which process."""
        path = self.folder / "lock"
        file = lock.take(path, LOCK_SECONDS)
        if file is None:
            with path.open("rb") as held:
                owner = held.readline(20).decode("ascii", "replace").strip() or "unknown"
            raise JournalError(
                f"{self.out}: another grade-all (process {owner}) is writing there; wait until "
                "it is done, or name another folder with --out"
            )
        return file

    def _refuse_another(self) -> None:
        """Raise JournalError where the results of another assignment lie."""
        place = self.folder / "assignment"
        with contextlib.suppress(FileNotFoundError):
            found = place.read_text(encoding="utf-8", errors="replace").strip()
            if found and found != self.assignment.name:
                raise JournalError(
                    f"{self.out}: holds the results of {clean(found)[:80]}; name another folder "
                    "with --out"
                )
        whole.write(place, f"{self.assignment.name}\n".encode())

    def _clean(self) -> None:
        """Delete what a command that was killed has left."""
        assert self._lock is not None
        self._lock.seek(0)
        left = self._lock.read().decode("utf-8", "replace").partition("\n")[2].strip()
        if Path(left).name.startswith(_SCRATCH) and Path(left).is_dir():
            remove(Path(left))
        homes = [e.path for e in os.scandir(self.out) if e.is_dir(follow_symlinks=False)]
        for folder in (os.fspath(self.out), *homes):
            for entry in os.scandir(folder):
                if whole.TEMPORARY.fullmatch(entry.name) and entry.is_file(follow_symlinks=False):
                    os.unlink(entry.path)

    def _make_scratch(self) -> None:
        """A folder for all temporary files, noted before there is anything in it."""
        assert self._lock is not None
        place = Path(tempfile.gettempdir()).resolve() / f"{_SCRATCH}{secrets.token_hex(6)}"
        try:
            self._lock.truncate(0)
            self._lock.write(f"{os.getpid()}\n{place}\n".encode())
        except OSError as error:
            raise OSError(error.errno, error.strerror, str(self.folder)) from error
        place.mkdir()
        # Workers with user numbers of their own have to get through, and to see nothing.
        place.chmod(0o711)
        self.scratch = place

    def _begun(self) -> str:
        """The round that was not completed; one that grades all anew goes on with such a one."""
        try:
            found = (self.folder / "round").read_text("ascii").strip()
        except (OSError, ValueError):
            return ""
        return found if found.startswith(_FORCED) or not self.force else ""

    def complete(self) -> None:
        """Say that every submission has been graded: what is graded from now on is a new round."""
        (self.folder / "round").unlink(missing_ok=True)

    def _path(self, name: str) -> Path:
        return self.folder / f"{text_digest(name)[:32]}.json"

    def entry(self, name: str) -> Entry | None:
        """The entry of a submission; None where there is none that can be read."""
        try:
            return self._read(self._path(name).read_bytes())
        except (OSError, ValueError, TypeError, KeyError, AttributeError, zlib.error):
            return None

    def _read(self, data: bytes) -> Entry:
        plain = json.loads(data, object_hook=_restored)
        if plain.pop("version") != VERSION:
            raise ValueError("another version")
        before = plain.pop("before")
        if before is not None:
            before["cases"] = {name: tuple(found) for name, found in before["cases"].items()}
        result = _result(plain.pop("result"), self.assignment)
        return Entry(**plain, result=result, before=before and Before(**before))

    def write(self, entry: Entry) -> None:
        """Keep an entry; its submission's files are on disk before."""
        facts = {
            "version": VERSION,
            "name": entry.name,
            "key": dict(entry.key),
            "look": entry.look,
            "files": dict(entry.files),
            "round": entry.round,
            "before": entry.before and asdict(entry.before),
        }
        head = json.dumps(facts, separators=(",", ":"))[:-1].encode()
        tail = b',"result":' + result_bytes(entry.result) + b"}"
        whole.write(self._path(entry.name), head + tail)


def vanished(out: Path, names: Iterable[str]) -> Iterator[str]:
    """Submissions that have results in ``out`` and are none of ``names``."""
    there = {name.casefold() for name in names}
    for path in sorted(out.iterdir()):
        if path.name.casefold() not in there and (path / "results.json").is_file():
            yield path.name
