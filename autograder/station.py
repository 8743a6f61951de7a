"""The far end of a cluster: grades on a worker of it what was sent there.

Knows nothing of Dask, whose worker process calls ``install``, ``grade`` and ``remove``, ``grade``
from as many threads as it has. For each of those there is a *station*, a process of its own: a
grader needs a main thread, and signals, and forks. Bytes come in and bytes go out; nothing of a
student's is ever unpickled. A station ends, with its grader, when the worker's process does.

Map of what is made on the worker's machine, for each run::

    autograder-class-…/      gone when the run is over, or the worker's process is
        room/                config, checks, solution and data, as sent: closed to others
        scratch/             temporary files of the graders
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import os
import queue
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import threading
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import IO, Any

from autograder import digests, finish, parcel, pool
from autograder.finish import Job, Made
from autograder.grade import Room
from autograder.model import Assignment, from_plain, to_plain
from autograder.recognise import NAME as BOOK
from autograder.removal import remove as delete

_SPEC = "spec.json"
_LENGTH = struct.Struct(">Q")
_TRIES = 2


class StationError(ValueError):
    """A station cannot be had, or its machine cannot grade; the text says why."""


# What is sent once to every worker ------------------------------------------------


def pack_room(assignment: Assignment, room: Room, require: str) -> bytes:
    """Everything that a grader needs beside submissions, as bytes: the same for the same content.

    Raises StationError where a part of it lies outside of the solution's folder.
    """
    home = room.reference or room.given
    paths = [*room.checks, *(home / name for name in (*assignment.files, *assignment.given, BOOK))]
    found = {path: _inside(path, home) for folder in paths for path in parcel.files(folder)}
    names = {f"solution/{inside}": path for path, inside in found.items()}
    for name in assignment.data:
        for path in parcel.files(room.data / name):
            names[f"data/{_inside(path, room.data)}"] = path
    spec = {
        "assignment": to_plain(assignment),
        "checks": [_inside(folder, home) for folder in room.checks],
        "reference": room.reference is not None,
        "require": require,
        "about": about(assignment),
    }
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        _put(archive, _SPEC, json.dumps(spec).encode())
        for name in sorted(names):
            _put(archive, name, names[name].read_bytes())
    return stream.getvalue()


def _inside(path: Path, home: Path) -> str:
    if not path.is_relative_to(home):
        raise StationError(f"{path}: a cluster gets only what lies in {home}; move it there")
    return path.relative_to(home).as_posix()


def _put(archive: zipfile.ZipFile, name: str, content: bytes) -> None:
    archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)


def unpack_room(data: bytes, into: Path) -> None:
    """Lay out what was packed below ``into``, for ``open_room``."""
    (into / "data").mkdir()
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        archive.extractall(into)


def open_room(place: Path) -> tuple[Assignment, Room, dict[str, Any]]:
    """The assignment and its room, where ``unpack_room`` laid them out, and what else was said."""
    spec = json.loads((place / _SPEC).read_bytes())
    home = place / "solution"
    checks = tuple(home / folder for folder in spec["checks"])
    room = Room(checks, place / "data", home, home if spec["reference"] else None)
    return from_plain(Assignment, spec["assignment"]), room, spec


def about(assignment: Assignment) -> dict[str, str]:
    """What has to be the same on every machine for results to be the same."""
    engine = hashlib.sha256((digests.engine_digest() + digests.look_digest()).encode())
    return {"engine": engine.hexdigest()[:12], **digests.packages(assignment)}


def differs(there: Mapping[str, str], here: Mapping[str, str]) -> str:
    """In a few words what another machine has that is not as here; empty where all is."""
    return ", ".join(
        f"{name} {there.get(name, 'none')} there and {here.get(name, 'none')} here"
        for name in sorted({*there, *here})
        if there.get(name) != here.get(name)
    )


# On the worker -------------------------------------------------------------------


@dataclass
class _Post:
    """What one run has on this worker."""

    address: str
    folder: Path
    refused: str = ""
    idle: queue.SimpleQueue[_Station] = field(default_factory=queue.SimpleQueue)
    all: list[_Station] = field(default_factory=list)


_posts: dict[str, _Post] = {}


def install(run: str, data: bytes, address: str) -> None:
    """Make ready for a run: its room, and where its temporary files go."""
    # Workers of ours with user numbers of their own must get through, and see nothing.
    folder = Path(tempfile.mkdtemp(prefix="autograder-class-"))
    folder.chmod(0o711)
    post = _Post(address, folder)
    for name, mode in (("room", 0o700), ("scratch", 0o711)):
        (folder / name).mkdir()
        (folder / name).chmod(mode)
    unpack_room(data, folder / "room")
    assignment, _, spec = open_room(folder / "room")
    post.refused = differs(about(assignment), spec["about"])
    _posts[run] = post


def remove(run: str) -> None:
    """Put away what ``install`` made, and end what is still going on."""
    post = _posts.pop(run, None)
    if post is not None:
        for station in post.all:
            station.close()
        delete(post.folder)


def grade(run: str, name: str, data: bytes) -> bytes:
    """Grade one submission, packed by ``parcel``; what ``read`` reads. For a thread of a worker.

    Raises LookupError where the run is not installed.
    """
    post = _posts.get(run)
    if post is None:
        raise LookupError(f"run {run} is not installed on this worker")
    if post.refused:
        return _text(name, refused=f"{post.address} has another engine: {post.refused}")
    for _ in range(_TRIES):
        try:
            station = post.idle.get_nowait()
        except queue.Empty:
            station = _Station(post.folder)
            post.all.append(station)
        try:
            answer = station.ask(name, data)
        except OSError:
            station.close()
            continue
        post.idle.put(station)
        return answer
    return _text(name, problem=f"the station on {post.address} died twice on it")


class _Station:
    """Our end of a process that grades one submission after the other."""

    def __init__(self, folder: Path) -> None:
        # Modules are found as they are here, and not in the folder where a worker was started.
        command = (
            f"import sys; sys.path[:] = {sys.path!r}; "
            f"from autograder.station import serve; serve({os.fspath(folder)!r})"
        )
        self._process = subprocess.Popen(
            [sys.executable, "-c", command],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            # What a terminal sends is for the worker.
            start_new_session=True,
        )

    def ask(self, name: str, data: bytes) -> bytes:
        """Have one submission graded. Raises OSError when the process is gone."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        head = name.encode("utf-8", "surrogatepass")
        _send(self._process.stdin, head)
        _send(self._process.stdin, data)
        answer = _receive(self._process.stdout)
        if answer is None:
            raise OSError("the station is gone")
        return answer

    def close(self) -> None:
        """End the process; it ends its grader first."""
        process = self._process
        assert process.stdin is not None
        with contextlib.suppress(OSError):
            process.stdin.close()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(3 * pool.ENDING_SECONDS)
        if process.poll() is None:
            process.kill()
            process.wait()


def _send(stream: IO[bytes], data: bytes) -> None:
    stream.write(_LENGTH.pack(len(data)) + data)
    stream.flush()


def _receive(stream: IO[bytes]) -> bytes | None:
    """The next piece; None at the end."""
    head = _exactly(stream, _LENGTH.size)
    return head and _exactly(stream, _LENGTH.unpack(head)[0])


def _exactly(stream: IO[bytes], size: int) -> bytes | None:
    """``size`` bytes; None where there are no more. A stream without a buffer may give fewer."""
    pieces = []
    while size > 0:
        piece = stream.read(size)
        if not piece:
            return None
        pieces.append(piece)
        size -= len(piece)
    return b"".join(pieces)


# The station's process ----------------------------------------------------------------


def serve(place: str) -> None:
    """Be a station: read submissions from stdin, write what became of them to stdout."""
    folder = Path(place)
    # Whatever prints must not print into the answers, and nobody else may read the requests.
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    # Without a buffer: its lock, held by the thread that waits, would be held in every fork.
    asked = os.fdopen(os.dup(0), "rb", buffering=0)
    with open(os.devnull, "rb") as nothing:
        os.dup2(nothing.fileno(), 0)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    assignment, room, spec = open_room(folder / "room")
    requests: queue.SimpleQueue[bytes] = queue.SimpleQueue()
    threading.Thread(target=_read, args=(asked, requests), daemon=True).start()
    try:
        with pool.Graders(finish.work, finish.lost, finish.allowed_seconds) as graders:
            while True:
                name, data = requests.get().decode("utf-8", "surrogatepass"), requests.get()
                into = Path(tempfile.mkdtemp(prefix="autograder-", dir=folder / "scratch"))
                try:
                    parts = parcel.unpack(data, into)
                    job = Job(name, parts, assignment, room, spec["require"], folder / "scratch")
                    graders.begin(job)
                    made: Sequence[Made] = ()
                    while not made:
                        made = graders.finished()
                    _send(answers, _packed(made[0]))
                finally:
                    shutil.rmtree(into, ignore_errors=True)
    except (KeyboardInterrupt, OSError):
        pass  # the worker's process is gone
    finally:
        # Its own worker may have been killed, and then nobody else does it.
        delete(folder)


def _read(stream: IO[bytes], requests: queue.SimpleQueue[bytes]) -> None:
    """In a thread: what comes in; its end is that of the process, whatever it is doing."""
    while (data := _receive(stream)) is not None:
        requests.put(data)
    os.kill(os.getpid(), signal.SIGTERM)


# Answers -----------------------------------------------------------------------------


def _packed(made: Made) -> bytes:
    plain = {
        "name": made.name,
        "result": made.result.decode(),
        "files": {name: content.decode("utf-8") for name, content in made.files.items()},
        "refused": made.refused,
    }
    return zlib.compress(json.dumps(plain).encode())


def _text(name: str, **said: Any) -> bytes:
    return zlib.compress(json.dumps({"name": name, **said}).encode())


def read(data: bytes, job: Job) -> Made:
    """What ``grade`` answered. Raises StationError where that machine cannot grade."""
    found = json.loads(zlib.decompress(data))
    if found.get("refused"):
        raise StationError(found["refused"])
    if "problem" in found:
        return finish.lost(job, found["problem"])
    files = {name: text.encode() for name, text in found["files"].items()}
    return replace(Made(found["name"], found["result"].encode(), files), name=job.name)
