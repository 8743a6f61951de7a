"""Which submissions share more text than chance would have it: a list to look at, never a score.

Winnowing as in MOSS (Schleimer, Wilkerson, Aiken: Winnowing, SIGMOD 2003). copydetect tokenises,
so that names, comments and layout do not matter, and picks the fingerprints. Ours is what it does
not have: hashes that are the same in every process, an index in place of comparing each with
each, weights, and a measure of chance. Nothing that was handed in is run.

What the handout holds is no fingerprint at all. The fewer have a fingerprint, the more it counts;
what half of the class has counts nothing. Known honest texts, which are the reference solution,
our variants and our misconceptions, count towards how common a fingerprint is.
"""

from __future__ import annotations

import concurrent.futures
import contextlib
import hashlib
import importlib
import io
import itertools
import math
import multiprocessing
import re
import shutil
import signal
import sys
import tempfile
import tokenize
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

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
RARE, COMMON = 0.05, 0.5
"""What up to RARE of the class have counts in full, what COMMON of it have counts nothing; between
them by the logarithm. RARE_FROM and COMMON_FROM are the same for small classes, as numbers."""
RARE_FROM, COMMON_FROM = 2, 6
LISTED_FROM = 4.0
"""Least distance from the class's median, in robust deviations, of a pair that is listed ..."""
SHARE_FROM = 0.2
"""... and its least share."""
SHARE_ALONE = 0.8
"""A pair of this share is listed whatever the class does ..."""
SHARE_OF_FEW, FEW_PAIRS = 0.5, 45
"""... and one of SHARE_OF_FEW where there are fewer than FEW_PAIRS, too few to speak of chance."""
LEAST_SPREAD = 0.05
MAX_LISTED = 200
_DEFINITION = re.compile(r"(?:async)?defF(?=\()|classO")
"""The begin of a definition, as copydetect tokenises it."""
_BINS = 4096
_BLOCK = 512

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


@dataclass(frozen=True, eq=False)
class Pair:
    """Two submissions that share more than chance."""

    a: Source
    b: Source
    share: float
    """Of the weight of the one that has less of its own, how much the other has too; 0 to 1."""
    share_a: float
    share_b: float
    beyond: float | None
    """Robust deviations above the class's median; None where the class is too small to say."""
    common: Hashes
    """The fingerprints that both have and that count."""


@dataclass(frozen=True)
class Similarity:
    """What was found in a class."""

    pairs: tuple[Pair, ...]
    """Listed pairs, the most alike first."""
    compared: int
    """Submissions with a text of their own."""
    bound: float | None
    """A pair is listed from so many deviations on; None: by its share alone."""
    median: float
    """The median share of all pairs."""
    more: int = 0
    """Pairs beyond MAX_LISTED that are left out."""
    problems: tuple[Source, ...] = ()
    """What could not be compared, or not whole."""


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
            path = what if isinstance(what, Path) else _gathered(what, Path(folder) / "parts")
            submission.collect(path, assignment, staged)
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


def _gathered(handed: Handed, into: Path) -> Path:
    """The parts of a submission under the names that the student gave them."""
    if len(handed.parts) == 1 and handed.parts[0].path.is_dir():
        return handed.parts[0].path
    into.mkdir()
    for part in handed.parts:
        target = into / Path(part.name).name
        if part.path.is_dir():
            shutil.copytree(part.path, target, symlinks=True)
        else:
            shutil.copyfile(part.path, target, follow_symlinks=False)
    return into


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
        text = raw.decode("utf-8" if b"\x00" not in raw else "latin-1", errors="replace")
    return clean(text).replace("\x0b", " ").replace("\x0c", " ")


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


# --- comparing ----------------------------------------------------------------------------------


def compare(
    submissions: Sequence[Source], given: Given, honest: Sequence[Source] = ()
) -> Similarity:
    """The pairs of ``submissions`` that share more than chance.

    A pair's share s is put on a scale with even spread, arcsin(sqrt(s)). Chance is what all pairs
    of the class show, and those of a submission with an ``honest`` text of similar size: their
    median, and 1.4826 times the median distance from it. A pair is listed when it lies further
    above the median than the largest of as many independent pairs would be expected to, which is
    sqrt(2 ln pairs) deviations, and never below LISTED_FROM or SHARE_FROM; also from SHARE_ALONE
    on.
    """
    sparse = importlib.import_module("scipy.sparse")
    prints = [own(source, given) for source in submissions]
    known = [own(source, given) for source in honest]
    problems = tuple(source for source in submissions if source.problem)
    count, everybody = len(prints), [*prints, *known]
    sizes = [len(p) for p in everybody]
    if count < 2 or not sum(sizes[:count]):
        compared = sum(size > 0 for size in sizes[:count])
        return Similarity((), compared, None, 0.0, problems=problems)
    names, index = np.unique(np.concatenate(everybody), return_inverse=True)
    weights = _weights(np.bincount(index), count)
    owner = np.repeat(np.arange(len(everybody)), sizes)
    table = sparse.csr_matrix(
        (np.sqrt(weights[index]), (owner, index)), shape=(len(everybody), len(names))
    )
    mass = np.asarray(table.multiply(table).sum(axis=1)).ravel()
    # Half a submission has to be shared, and not half of the three lines that somebody wrote.
    floor = max(
        float(np.median(mass[:count][mass[:count] > 0] if mass[:count].any() else 1)) / 2, 1e-9
    )
    whole = np.flatnonzero(mass >= floor)
    alike = [*range(count), *(int(i) for i in whole if i >= count)]
    found = _pairs(table[:count], table[alike], mass[:count], mass[alike], floor)
    bound, middle, spread = _chance(found.histogram)
    listed = []
    for share, i, j in found.top:
        beyond = None if bound is None else float((_even(share) - middle) / spread)
        if bound is None or beyond is None:
            more_than_chance = share >= SHARE_OF_FEW
        else:
            more_than_chance = beyond >= bound or share >= SHARE_ALONE
        if more_than_chance:
            both = np.intersect1d(prints[i], prints[j], assume_unique=True)
            both = both[weights[np.searchsorted(names, both)] > 0]
            mine, yours = (min(share * max(min(mass[i], mass[j]), floor) / mass[n], 1.0)
                           for n in (i, j))  # fmt: skip
            a, b = submissions[i], submissions[j]
            listed.append(Pair(a, b, share, float(mine), float(yours), beyond, both))
    return Similarity(
        tuple(listed[:MAX_LISTED]),
        int(sum(mass[:count] > 0)),
        bound,
        float(math.sin(middle) ** 2),
        max(len(listed) - MAX_LISTED, 0),
        problems,
    )


def _weights(having: NDArray[Any], count: int) -> NDArray[np.float64]:
    """What a fingerprint counts that so many have, of a class of ``count``: from 0 to 1."""
    rare, common = max(RARE * count, RARE_FROM), max(COMMON * count, COMMON_FROM)
    weights: NDArray[np.float64] = np.log(common / having) / math.log(common / rare)
    return np.clip(weights, 0.0, 1.0)


@dataclass(frozen=True)
class _Found:
    histogram: NDArray[np.int64]
    """How many pairs lie in each of _BINS equal parts of the even scale."""
    top: list[tuple[float, int, int]]
    """Share and members of the most alike, in order."""


def _pairs(rows: Any, others: Any, mass: Any, masses: Any, floor: float) -> _Found:
    """All pairs, some hundred rows at a time, so that memory grows with the class and no faster.

    The first of ``others`` are the rows themselves; the rest are honest texts.
    """
    count = rows.shape[0]
    histogram = np.zeros(_BINS, np.int64)
    top: list[tuple[float, int, int]] = []
    turned = others.T.tocsc()
    for start in range(0, count, _BLOCK):
        block = slice(start, min(start + _BLOCK, count))
        shared = (rows[block] @ turned).toarray()
        shares = shared / np.maximum(np.minimum(mass[block, None], masses[None]), floor)
        shares = np.clip(shares, 0.0, 1.0)
        one = np.arange(block.start, block.stop)[:, None]
        other = np.arange(shared.shape[1])[None]
        counted = (other > one) & (mass[block, None] > 0) & (masses[None] > 0)
        bins = np.minimum((_even(shares[counted]) / (math.pi / 2) * _BINS).astype(int), _BINS - 1)
        histogram += np.bincount(bins, minlength=_BINS)
        here = counted & (other < count) & (shares >= SHARE_FROM)
        top += [(float(shares[i, j]), start + int(i), int(j)) for i, j in np.argwhere(here)]
        top = sorted(top, key=lambda t: (-t[0], t[1:]))[: 100 * MAX_LISTED]
    return _Found(histogram, top)


def _even(share: Any) -> Any:
    """A share on a scale where chance spreads it as evenly near 0 as elsewhere."""
    return np.arcsin(np.sqrt(share))


def _chance(histogram: NDArray[np.int64]) -> tuple[float | None, float, float]:
    """From how many deviations on a pair is listed, and median and deviation of all pairs."""
    pairs = int(histogram.sum())
    middles = (np.arange(_BINS) + 0.5) / _BINS * (math.pi / 2)
    if not pairs:
        return None, 0.0, 1.0
    middle = _median(middles, histogram)
    if pairs < FEW_PAIRS:
        return None, middle, 1.0
    far = np.abs(middles - middle)
    order = np.argsort(far, kind="stable")
    # Where most pairs share nothing at all, the next one would be any number of deviations away.
    spread = max(1.4826 * _median(far[order], histogram[order]), LEAST_SPREAD)
    return max(math.sqrt(2 * math.log(pairs)), LISTED_FROM), middle, spread


def _median(values: NDArray[np.float64], counts: NDArray[np.int64]) -> float:
    return float(values[np.searchsorted(np.cumsum(counts), (counts.sum() + 1) // 2)])


# --- showing ------------------------------------------------------------------------------------


def shared_lines(text: Text, common: Hashes) -> NDArray[np.bool_]:
    """Which lines of ``text`` are shared: half of what counts in a line lies in ``common``."""
    covered = np.zeros(len(text.lines) + 1, np.int64)
    places = text.places[np.isin(text.hashes, common)]
    np.add.at(covered, places, 1)
    np.add.at(covered, np.minimum(places + LENGTH, len(text.lines)), -1)
    inside = np.cumsum(covered[:-1]) > 0
    number = text.text.count("\n") + 1
    all_of = np.bincount(text.lines, minlength=number)[:number]
    part_of = np.bincount(text.lines[inside], minlength=number)[:number]
    found: NDArray[np.bool_] = (all_of > 0) & (2 * part_of >= all_of)
    return found
