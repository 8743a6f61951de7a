"""What was handed in as fingerprints: read, tokenised and winnowed, each submission by itself.

Winnowing as in MOSS (Schleimer, Wilkerson, Aiken: Winnowing, SIGMOD 2003). copydetect tokenises,
so that names, comments and layout do not matter, and picks the fingerprints; hashes are our own,
for its are other ones in every process. Nothing that was handed in is run, and none of it can stop
the others. What is alike, ``similarity`` says.
"""

from __future__ import annotations

import concurrent.futures
import contextlib
import hashlib
import importlib
import io
import itertools
import multiprocessing
import re
import signal
import sys
import tempfile
import tokenize
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from autograder import cells, submission
from autograder.entries import SubmissionError, is_noise
from autograder.model import Assignment
from autograder.roll import Handed
from autograder.visible import clean

LENGTH = 25
"""Characters of a fingerprint, where a name or a string is one character."""
WINDOW = 6
"""Of so many neighbours one is picked: LENGTH + WINDOW - 1 equal characters are always found."""
MAX_CHARS = 200_000
"""Characters of one file that are compared; MAX_FILES files of one submission."""
MAX_FILES = 40
CPU_SECONDS = 30.0
"""CPU time for reading one submission."""
_DEFINITION = re.compile(r"(?:async)?defF(?=\()|classO")
"""The begin of a definition, as copydetect tokenises it."""

Hashes = NDArray[np.int64]
Places = NDArray[np.int32]


@dataclass(frozen=True, eq=False)
class Text:
    """One file: its text as it is shown, and the fingerprints in it."""

    path: str
    text: str
    lines: Places
    """For every character of the tokenised text, the line it comes from, from 0."""
    places: Places
    """Where each fingerprint begins in the tokenised text."""
    hashes: Hashes
    """The fingerprints, below 2**52."""


@dataclass(frozen=True)
class Source:
    """One submission as it is compared."""

    name: str
    texts: tuple[Text, ...] = ()
    problem: str = ""
    """Why it is not compared, or not whole; one sentence."""


@dataclass(frozen=True, eq=False)
class Given:
    """What every student was given."""

    hashes: Hashes = field(default_factory=lambda: np.zeros(0, np.int64))
    """Every run of LENGTH characters in it."""
    files: frozenset[str] = frozenset()
    """SHA-256 of its files: who hands one in unchanged has not written it."""


# --- reading ------------------------------------------------------------------------------------


def handed_out(root: Path, assignment: Assignment) -> Given:
    """What the handout of ``assignment`` in the course's ``root`` holds; nothing if it is none."""
    home = root / "assignments" / assignment.name
    runs, files = [np.zeros(0, np.int64)], set()
    for path in sorted(home.rglob("*")):
        above = path.relative_to(home).parts[:-1]
        if not path.is_file() or any(is_noise(part) for part in above):
            continue
        raw = path.read_bytes()
        files.add(hashlib.sha256(raw).hexdigest())
        if above[:1] != ("autograder",) and path.suffix in (".py", ".ipynb"):
            texts = [decoded(raw)]
            if path.suffix == ".ipynb":
                texts = [cell.text for cell in cells.read(raw, path.name).cells]
            runs += [_hashed(_tokens(text)[0]) for text in texts]
    return Given(np.unique(np.concatenate(runs)), frozenset(files))


def background(root: Path, assignment: Assignment) -> list[Source]:
    """Honest texts: the reference, each variant and misconception, only what is its own."""
    home = root / "solutions" / assignment.name
    found = [("reference", [home / name for name in assignment.files])]
    for kind in ("variants", "misconceptions"):
        for path in sorted((home / kind).glob("*")) if (home / kind).is_dir() else ():
            if path.suffix == ".py":
                found.append((f"{kind}/{path.name}", [path]))
            elif path.is_dir() and not is_noise(path.name):
                found.append((f"{kind}/{path.name}", sorted(path.rglob("*.py"))))
    return [
        Source(name, tuple(_text(p.name, p.read_bytes()) for p in paths if p.is_file()))
        for name, paths in found
    ]


def sources(
    submissions: Mapping[str, Handed | Path],
    assignment: Assignment,
    given: Given,
    *,
    jobs: int = 1,
    on_read: Callable[[Source], None] = lambda _: None,
) -> list[Source]:
    """Read every submission, in the order given, over ``jobs`` processes.

    None of them can stop the others: one that cannot be read, takes too long or ends the process
    that reads it is a Source without texts and with a problem.
    """
    tasks = [(name, what, assignment, given.files) for name, what in submissions.items()]
    made: dict[str, Source] = {}
    for alone in (False, True):
        todo = [task for task in tasks if task[0] not in made]
        for source in _read_all(todo, 1 if alone else jobs, alone=alone):
            made[source.name] = source
            on_read(source)
    return [made[name] for name in submissions]


_Task = tuple[str, Handed | Path, Assignment, frozenset[str]]


def _read_all(tasks: Sequence[_Task], jobs: int, *, alone: bool) -> Iterator[Source]:
    """What could be read. Where a process dies, its tasks are left over, to be tried alone."""
    context = multiprocessing.get_context("fork" if sys.platform == "linux" else "spawn")
    for batch in [[task] for task in tasks] if alone else [list(tasks)] if tasks else []:
        pool = concurrent.futures.ProcessPoolExecutor(
            jobs, context, signal.signal, (signal.SIGINT, signal.SIG_IGN)
        )
        try:
            with contextlib.suppress(BrokenProcessPool):
                for future in [pool.submit(read, *task) for task in batch]:
                    yield future.result()
                continue
            if alone:
                yield Source(batch[0][0], (), "reading it ended the process that read it")
        finally:
            pool.shutdown(cancel_futures=True)


def read(
    name: str, what: Handed | Path, assignment: Assignment, given: frozenset[str] = frozenset()
) -> Source:
    """One submission, staged as for grading; raises nothing that is the submission's fault.

    Files whose SHA-256 is in ``given`` are left out, and so are those that the grader supplies.
    """
    try:
        with tempfile.TemporaryDirectory() as folder, _limited(CPU_SECONDS):
            staged = Path(folder) / "staged"
            collected = what if isinstance(what, Path) else what.parts
            submission.collect(collected, assignment, staged)
            return _of_folder(name, staged, assignment, given)
    except SubmissionError as error:
        return Source(name, (), str(error))
    except _TooLong:
        return Source(name, (), f"it takes more than {CPU_SECONDS:g} seconds to read")
    except Exception as error:  # whatever a text can do to a lexer costs nobody else
        return Source(name, (), f"it cannot be read ({type(error).__name__})")


def _of_folder(name: str, staged: Path, assignment: Assignment, given: frozenset[str]) -> Source:
    texts: list[Text] = []
    problems: list[str] = []
    for path in sorted(staged.rglob("*.py")):
        relative = path.relative_to(staged).as_posix()
        raw = path.read_bytes()
        if relative in assignment.given or hashlib.sha256(raw).hexdigest() in given:
            continue
        if len(texts) == MAX_FILES:
            problems.append(f"only its first {MAX_FILES} files are compared")
            break
        texts.append(_text(relative, raw))
        if len(raw) > MAX_CHARS:
            problems.append(f"only the first {MAX_CHARS} characters of {relative} are compared")
    return Source(name, tuple(texts), "; ".join(problems))


class _TooLong(BaseException):
    """No exception of a lexer's: nothing on the way may catch it."""


@contextlib.contextmanager
def _limited(seconds: float) -> Iterator[None]:
    """Raise _TooLong after so much CPU time, where the system can tell."""

    def end(*_: object) -> None:
        raise _TooLong

    try:
        before = signal.signal(signal.SIGVTALRM, end)
    except (AttributeError, ValueError):  # Windows, or not the main thread
        yield
        return
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


def decoded(raw: bytes) -> str:
    """A file as text, whatever its encoding; line ends are ``\\n``, and nothing is unprintable."""
    try:
        encoding = tokenize.detect_encoding(io.BytesIO(raw).readline)[0]
        text = raw.decode(encoding)
    except (SyntaxError, UnicodeError, LookupError):
        # Of UTF-16 every other byte is a NUL, which does not survive.
        text = raw.decode("utf-8" if b"\x00" not in raw else "latin-1", errors="replace")
    return clean(text)


# --- fingerprints -------------------------------------------------------------------------------


def _text(path: str, raw: bytes) -> Text:
    text = decoded(raw)[:MAX_CHARS]
    plain, lines = _tokens(text)
    winnow = importlib.import_module("copydetect.utils").winnow
    # Each function by itself, so that their order does not matter.
    cuts = [0, *(m.start() for m in _DEFINITION.finditer(plain)), len(plain)]
    places, hashes = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)]
    for start, end in itertools.pairwise(cuts):
        found = _hashed(plain[start:end])
        if len(found):
            picked = winnow(found, min(WINDOW, len(found)), remove_duplicates=False)[1]
            picked = np.unique(picked)
            places.append(start + picked)
            hashes.append(found[picked])
    return Text(path, text, lines, np.concatenate(places).astype(np.int32), np.concatenate(hashes))


def _tokens(text: str) -> tuple[str, Places]:
    """``text`` as copydetect tokenises it, and the line of every character of that."""
    filter_code = importlib.import_module("copydetect.utils").filter_code
    body = text.lstrip("\n")  # the lexer drops these, and our lines have to stay true
    dropped = len(text) - len(body)
    plain, offsets = filter_code(body, "x.py", "python")
    # Before the token at offsets[i, 0] so many characters were taken out; behind the last one, all.
    at, out = offsets[:, 0], np.maximum.accumulate(offsets[:, 1])
    out = np.append(out, max(len(body) - len(plain), 0))
    index = np.arange(len(plain))
    raw = index + out[np.searchsorted(at, index)]
    ends = np.flatnonzero(np.frombuffer(body.encode("utf-32-le"), np.uint32) == ord("\n"))
    return plain, (dropped + np.searchsorted(ends, raw)).astype(np.int32)


def _hashed(plain: str) -> Hashes:
    """A hash of every run of LENGTH characters.

    Python's own hash of a string, which copydetect takes, is another one in every process. Below
    2**52, so that a float holds it: winnowing goes through floats.
    """
    letters = np.frombuffer(plain.encode("utf-32-le", "replace"), np.uint32).astype(np.uint64)
    count = len(letters) - LENGTH + 1
    if count <= 0:
        return np.zeros(0, np.int64)
    made = np.zeros(count, np.uint64)
    for shift in range(LENGTH):  # FNV-1's prime; then the finalizer of SplitMix64
        made = made * np.uint64(0x100000001B3) + letters[shift : shift + count]
    made = (made ^ (made >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    made = (made ^ (made >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    hashes: Hashes = ((made ^ (made >> np.uint64(31))) >> np.uint64(12)).astype(np.int64)
    return hashes


def own(source: Source, given: Given) -> Hashes:
    """The fingerprints of a submission that the handout does not hold, each once, sorted."""
    found = np.unique(np.concatenate([np.zeros(0, np.int64), *(t.hashes for t in source.texts)]))
    return found[~np.isin(found, given.hashes)]
