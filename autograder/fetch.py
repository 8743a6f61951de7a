"""Get the real tops: download Fashion-MNIST, check it, make the course's CSV files of it.

    FOLDER/original/train-images-idx3-ubyte.gz         one of four, as published
    FOLDER/original/train-images-idx3-ubyte.gz.part    what has arrived of it so far
    FOLDER/tops-20x20flattened_x_train.csv             one of six

A file bears its name only when it is whole and right; what is there and right
is not fetched or made again. What counts as right is decided by MD5 (the
originals, as their authors publish it) and in `datasets` (the CSV files).
"""

from __future__ import annotations

import errno
import hashlib
import http.client
import importlib.metadata
import os
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, cast

from autograder import datasets, tops

MIRRORS = (
    "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
    "https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion/",
    "https://storage.googleapis.com/tensorflow/tf-keras-datasets/",
)
MD5 = {
    tops.images_name("train"): "8d4fb7e6c68d591d4c3dfef9ec88bf0d",
    tops.labels_name("train"): "25c81989df183df01b3e8a0aad5dffbe",
    tops.images_name("t10k"): "bef4ecab320f06d8554ea6380940ec79",
    tops.labels_name("t10k"): "bb300cfdad3c16e7a12a480ee83cd310",
}
ORIGINALS = "original"
"""The folder inside the tops' folder for Fashion-MNIST's own files."""

TRIES = 3
"""How often one mirror is asked again for the rest of a file whose connection was cut."""

CHUNK = 1 << 16


class FetchError(ValueError):
    """The real tops cannot be had; the text says why and what to do."""


class _Failed(Exception):
    """This mirror does not give the file; the text says why, without a full stop."""


@dataclass(frozen=True)
class Source:
    """Where the originals come from and what is made of them. Tests have their own."""

    mirrors: Sequence[str] = MIRRORS
    md5: Mapping[str, str] | None = None
    known: Mapping[str, str] | None = None
    splits: Mapping[str, tops.Split] | None = None
    timeout: float = 30.0
    """Seconds without a byte after which a mirror is given up."""

    most: int = 64 << 20
    """Bytes of the largest file; a server that sends more sends something else."""


def fetch(folder: Path, source: Source = Source(), say: Callable[[str], Any] = print) -> bool:
    """Put the real tops into ``folder``; whether their content is what is known of them.

    When it is not, nothing of it is written. Each step is one line for ``say``; a terminal also
    sees progress bars. Raises FetchError when no mirror gives a file or the disk does not take it,
    tops.TopsError when an original cannot be read.
    """
    known = datasets.KNOWN_TOPS if source.known is None else source.known
    present = datasets.here(folder, known)
    if len(present) == len(known) and all(present.values()):
        say(f"{folder}: the {len(known)} files of the real tops are here and right.")
        return True
    originals = folder / ORIGINALS
    _make_folder(originals)
    for name, md5 in (MD5 if source.md5 is None else source.md5).items():
        say(f"{name}: {_original(originals, name, md5, source)}")
    return _make(folder, originals, known, source, say)


# Downloading ------------------------------------------------------------------


def _original(folder: Path, name: str, md5: str, source: Source) -> str:
    """Have ``name`` in ``folder``; a few words about how."""
    place = folder / name
    if place.is_file() and _md5(place) == md5:
        return "already here, MD5 ok"
    part = folder / (name + ".part")
    reasons = [f"the file in {folder} (its MD5 is wrong)"] if place.is_file() else []
    for mirror in source.mirrors:
        try:
            _from_mirror(mirror + name, part, md5, source)
        except _Failed as error:
            reasons.append(f"{mirror} ({error})")
            continue
        os.replace(part, place)
        return f"fetched from {mirror}, MD5 ok"
    raise FetchError(
        f"{name} could not be fetched. Tried: {'; '.join(reasons)}. Try again later: what has "
        f"arrived is kept. Or put Fashion-MNIST's four files ({', '.join(MD5)}) into {folder} by "
        "hand and run the command again; without them the project's own tops are used."
    )


def _from_mirror(url: str, part: Path, md5: str, source: Source) -> None:
    """Have the whole file in ``part``, with the right MD5. Raises _Failed and FetchError."""
    tries = 0
    while True:
        start = part.stat().st_size if part.exists() else 0
        try:
            start = _rest(url, part, start, source)
        except _Failed:
            tries += 1
            # A connection that was cut after some bytes goes on where it stopped.
            if tries < TRIES and part.exists() and part.stat().st_size > start:
                continue
            raise
        if _md5(part) == md5:
            return
        part.unlink()
        if not start:
            raise _Failed("its MD5 is wrong")
        # The beginning may have come from elsewhere: once more, all from here.


def _rest(url: str, part: Path, start: int, source: Source) -> int:
    """Append to ``part``, which has ``start`` bytes, what is missing.

    Returns how many of those were kept: a server may send all from the beginning. Raises _Failed
    and FetchError.
    """
    headers = {"User-Agent": "autograder", "Accept-Encoding": "identity"}
    if start:
        headers["Range"] = f"bytes={start}-"
    try:
        with urllib.request.urlopen(
            urllib.request.Request(url, headers=headers), timeout=source.timeout
        ) as response:
            # A server may ignore the range (200), or send another than was asked for.
            sent = response.headers.get("Content-Range", "")
            resumed = response.status == 206 and sent.startswith(f"bytes {start}-")
            if response.status != 200 and not resumed:
                raise _Failed(f"it answers {response.status} {sent[:80]}".rstrip())
            start = start if resumed else 0
            _save(response, part, start, source.most)
            return start
    except urllib.error.HTTPError as error:
        error.close()
        if error.code == 416 and start:
            return start  # there is nothing after what we have; the MD5 decides
        raise _Failed(f"it answers {error.code} {error.reason[:80]}") from None
    except urllib.error.URLError as error:
        raise _Failed(str(getattr(error.reason, "strerror", None) or error.reason)) from None
    except (OSError, http.client.HTTPException, ValueError) as error:
        if isinstance(error, FetchError):
            raise
        # What a server says may end up in here: one line, and not a long one.
        raise _Failed(" ".join(str(error).split())[:200] or type(error).__name__) from None


def _save(response: Any, part: Path, start: int, most: int) -> None:
    length = response.headers.get("Content-Length") or ""
    total = start + int(length) if length.isdigit() else None
    done = start
    with _writing(part, start) as file, _bar(part.stem, total, start, bytes_=True) as bar:
        # read1 gives what has arrived; read would wait for a whole chunk and lose it when cut.
        while chunk := response.read1(CHUNK):
            done += len(chunk)
            if done > most:
                raise _Failed("it sends too much")
            _write(file, chunk, part)
            bar.update(len(chunk))
    if total is not None and done < total:
        raise _Failed(f"the connection was cut after {done:,} of {total:,} bytes")


def _writing(part: Path, start: int) -> IO[bytes]:
    try:
        # Unbuffered: what has arrived stays, whatever ends the program.
        return cast("IO[bytes]", open(part, "ab" if start else "wb", buffering=0))
    except OSError as error:
        raise _disk(part, error) from None


def _write(file: IO[bytes], content: bytes, path: Path) -> None:
    rest = memoryview(content)
    try:
        while rest:
            rest = rest[file.write(rest) :]
    except OSError as error:
        raise _disk(path, error) from None


def _disk(path: Path, error: OSError) -> FetchError:
    advice = "Name another folder with --into."
    if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        advice = "The real tops need 50 MB: make room and run the command again."
    return FetchError(f"{path}: {error.strerror or error}. {advice}")


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise _disk(folder, error) from None


def _md5(path: Path) -> str:
    return hashlib.md5(path.read_bytes(), usedforsecurity=False).hexdigest()


def _bar(what: str, total: int | None, done: int = 0, *, bytes_: bool = False) -> Any:
    from tqdm import tqdm

    return tqdm(
        total=total,
        initial=done,
        desc=what,
        unit="B" if bytes_ else "",
        unit_scale=bytes_,
        dynamic_ncols=True,
        disable=None,
        leave=False,
        file=sys.stderr,
    )


# Making -----------------------------------------------------------------------


def _make(
    folder: Path,
    originals: Path,
    known: Mapping[str, str],
    source: Source,
    say: Callable[[str], Any],
) -> bool:
    splits = tops.SPLITS if source.splits is None else source.splits
    pictures = len(tops.CATEGORIES) * sum(split.count for split in splits.values())
    with _bar("20 x 20", pictures) as bar:
        files = dict(tops.make(originals, splits, bar.update))
    right = True
    for name, check in known.items():
        same = datasets.matches(files[name], check)
        kind = {"git": "git blob id", "sha256": "SHA-256"}[check.partition(":")[0]]
        say(f"{name}: {kind} {'ok' if same else 'DIFFERS from the course data'}")
        right = right and same
    if not right:
        release = importlib.metadata.version("scipy")
        say(
            "The originals are right, but what was made of them differs from the course's files, "
            f"so nothing was written to {folder}: SciPy {release} may compute splines another "
            "way. Install another release of it and run the command again."
        )
        return False
    parts = {name: folder / (name + ".part") for name in files}
    try:
        for name, content in files.items():
            with _writing(parts[name], 0) as file:
                _write(file, content, parts[name])
        for name, part in parts.items():
            os.replace(part, folder / name)
    finally:
        for part in parts.values():
            part.unlink(missing_ok=True)
    say(f"{folder}: the real tops are here: {pictures:,} pictures of 20 x 20.")
    return True
