"""What was handed in, or a folder of ours, as one string of bytes: to be hashed, or to be sent.

Unpacked elsewhere it is the same to ``submission.collect``, which alone decides what is taken and
what is told: links stay links, pipes stay pipes, and what is too large keeps its size. The content
of what ``collect`` never reads (caches, hidden files, environments, anything past its limits) is
left out. Follows no link below the top, and believes no size.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import os
import stat
import tarfile
from collections.abc import Iterator, Sequence
from pathlib import Path, PurePosixPath
from typing import BinaryIO, Protocol

from autograder.entries import MAX_ENTRIES, MAX_MB, is_noise
from autograder.roll import Part

LIST = "parts.json"
_SIZE = "AUTOGRADER.size"
_MOST = MAX_MB * 1_000_000


class _Sink(Protocol):
    def write(self, data: bytes, /) -> object: ...


class _Hash:
    """Bytes go in, and a digest comes out: no parcel need fit into memory for that."""

    def __init__(self) -> None:
        self.sha = hashlib.sha256()

    def write(self, data: bytes) -> None:
        self.sha.update(data)


def pack(parts: Sequence[Part]) -> bytes:
    """The parts of a submission as bytes, the same for the same content."""
    stream = io.BytesIO()
    _pack(parts, stream)
    return stream.getvalue()


def digest(parts: Sequence[Part]) -> str:
    """SHA-256 of what ``pack`` gives."""
    sink = _Hash()
    _pack(parts, sink)
    return sink.sha.hexdigest()


def unpack(data: bytes, into: Path) -> tuple[Part, ...]:
    """The parts again, below the empty folder ``into``, each under the name that it had."""
    with tarfile.open(fileobj=io.BytesIO(data), mode="r:") as archive:
        listing = archive.extractfile(LIST)
        assert listing is not None
        named = json.loads(listing.read())
        closed: list[Path] = []
        for member in archive:
            if member.name == LIST:
                continue
            place = into / PurePosixPath(member.name)
            place.parent.mkdir(parents=True, exist_ok=True)
            if member.isdir():
                place.mkdir(exist_ok=True)
            elif member.issym():
                place.symlink_to(member.linkname)
            elif member.isfifo():
                os.mkfifo(place)
            else:
                content = archive.extractfile(member)
                assert content is not None
                place.write_bytes(content.read())
                if _SIZE in member.pax_headers:
                    os.truncate(place, int(member.pax_headers[_SIZE]))
            if member.mode == 0:
                closed.append(place)
        for place in closed:  # last, for what lies in it comes later
            place.chmod(0)
    return tuple(Part(name, into / str(n) / own) for n, (name, own) in enumerate(named))


def folder_digest(folders: Sequence[Path]) -> str:
    """SHA-256 of the names and contents of all files in ``folders``; single files will do, too.

    Caches and hidden files are left out. A path that is not there counts as not there.
    """
    sha = hashlib.sha256()
    for number, folder in enumerate(folders):
        for path in files(folder):
            inside = path.relative_to(folder).as_posix()
            content = path.read_bytes()
            sha.update(f"{number} {folder.name} {inside} {len(content)}\0".encode() + content)
    return sha.hexdigest()


def files(folder: Path) -> Iterator[Path]:
    """The files in ``folder``, in order, or the file itself; no caches, nothing hidden."""
    if folder.is_file():
        yield folder
        return
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not any(is_noise(part) for part in path.relative_to(folder).parts):
            yield path


# Packing ----------------------------------------------------------------------


def _pack(parts: Sequence[Part], sink: _Sink) -> None:
    # What tarfile takes to write a stream is an object with ``write``.
    with tarfile.open(fileobj=sink, mode="w|", format=tarfile.PAX_FORMAT) as archive:  # type: ignore[call-overload]
        # A top that is a link leads somewhere on this machine alone.
        listing = json.dumps([[part.name, part.path.name or "part"] for part in parts]).encode()
        _add(archive, tarfile.TarInfo(LIST), listing)
        for number, part in enumerate(parts):
            _Packer(archive).top(f"{number}/{part.path.name or 'part'}", part.path)


def _add(archive: tarfile.TarFile, info: tarfile.TarInfo, content: bytes = b"") -> None:
    info.size = len(content)
    archive.addfile(info, io.BytesIO(content))


def _info(name: str, kind: bytes = tarfile.REGTYPE, mode: int = 0o700) -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.type, info.mode = kind, mode
    return info


class _Packer:
    """One part on its way into the archive, and how much of it there has been."""

    def __init__(self, archive: tarfile.TarFile) -> None:
        self.archive = archive
        self.names = 0
        self.bytes = 0

    def top(self, name: str, path: Path) -> None:
        if path.is_dir():
            self._folder(name, path)
        elif path.is_file():
            self._file(name, path.resolve())
        elif os.path.lexists(path):
            _add(self.archive, _info(name, tarfile.FIFOTYPE))

    def _folder(self, top: str, folder: Path) -> None:
        todo = [(top, folder)]
        while todo:
            name, path = todo.pop()
            try:
                with os.scandir(path) as listing:
                    items = sorted(listing, key=lambda item: item.name)
            except OSError:
                _add(self.archive, _info(name, tarfile.DIRTYPE, mode=0))
                continue
            _add(self.archive, _info(name, tarfile.DIRTYPE))
            environment = name != top and any(item.name == "pyvenv.cfg" for item in items)
            for item in items:
                self.names += 1
                if self.names > MAX_ENTRIES + 1:  # refused for their number already
                    return
                inside, there = f"{name}/{item.name}", Path(item.path)
                if environment or is_noise(item.name):
                    _add(self.archive, _info(inside))
                elif item.is_symlink():
                    info = _info(inside, tarfile.SYMTYPE)
                    info.linkname = "elsewhere"
                    _add(self.archive, info)
                elif item.is_dir(follow_symlinks=False):
                    todo.append((inside, there))
                elif item.is_file(follow_symlinks=False):
                    self._file(inside, there)
                else:
                    _add(self.archive, _info(inside, tarfile.FIFOTYPE))

    def _file(self, name: str, path: Path) -> None:
        try:
            with _opened(path) as file:
                size = os.fstat(file.fileno()).st_size
                content = b"" if self.bytes + size > _MOST else file.read(size)
        except OSError:
            _add(self.archive, _info(name, mode=0))
            return
        self.bytes += size
        info = _info(name)
        if len(content) < size:
            info.pax_headers = {_SIZE: str(size)}
        _add(self.archive, info, content)


@contextlib.contextmanager
def _opened(path: Path) -> Iterator[BinaryIO]:
    # It may have become a link or a pipe since it was listed.
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    number = os.open(path, flags | getattr(os, "O_BINARY", 0))
    with os.fdopen(number, "rb") as file:
        if not stat.S_ISREG(os.fstat(number).st_mode):
            raise OSError("not a regular file any more")
        yield file
