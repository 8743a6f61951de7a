"""Frames that nobody wrote: random, mutated and malicious ones, against the reader and a session.

A few seconds by default; ``FUZZ_SECONDS=600 pytest tests/test_wire_fuzz.py`` for a long run.
A finding is printed with its seed, which ``FUZZ_SEED`` repeats.
"""

from __future__ import annotations

import json
import os
import random
import socket
import threading
import time
import tracemalloc
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from autograder import compare, wire
from autograder.asked import Handle
from autograder.model import Limits
from autograder.proxy import Submission
from autograder.session import CallFailed, Session

SECONDS = float(os.environ.get("FUZZ_SECONDS", "2"))
SEED = int(os.environ.get("FUZZ_SEED", "0")) or random.SystemRandom().getrandbits(32)
LIMIT = 2**20
MEMORY = 64 * 2**20
"""Far above what a frame of ``LIMIT`` bytes may take, far below what a bomb does."""
NUMBERS = [0, 1, 2, 3, 7, 8, 255, 2**31, 2**32, 2**53, 2**61 - 1, 2**62, 2**63, 2**64, -1, 10**399]
DTYPES = ["<f8", ">f8", "|b1", "<i4", "<u2", "<f2", "<f16", "<c16", "|O", "|S9", "<V8", "<M8", "x"]
TEXTS = ["", "ok", "0x1p0", "nan", "inf", "0x1p99999", "\ud800", "a" * 5000, "\0", "clustering.py"]
KEYS = ["ok", "error", "missing", "callable", "standin", "args", "kwargs", "ready", "score"]


def rounds() -> Iterator[random.Random]:
    """Generators for as long as there is time; the seed of the last one is printed on failure."""
    end, number = time.monotonic() + SECONDS, SEED
    while time.monotonic() < end:
        print(f"FUZZ_SEED={number}")
        yield random.Random(number)
        number += 1


def node(random: random.Random, depth: int = 0) -> Any:
    """A header node, mostly well made."""
    if depth > 4:
        return random.choice([None, True, *NUMBERS, *TEXTS])
    some = [node(random, depth + 1) for _ in range(random.choice([0, 1, 2, 2, 3]))]
    small = [random.choice([0, 1, 2, 3]) for _ in range(random.randrange(4))]
    any_number = random.choice(NUMBERS)
    made = random.choice([
        lambda: random.choice(NUMBERS),
        lambda: random.choice(TEXTS),
        lambda: some,
        lambda: {"t": some},
        lambda: {"f": random.choice(TEXTS)},
        lambda: {"c": [random.choice(TEXTS), "0x1p0"]},
        lambda: {"b": [any_number, random.choice(NUMBERS)]},
        lambda: {"a": [random.choice(DTYPES), small, random.choice([0, 1, 8])]},
        lambda: {"a": [random.choice(DTYPES), [any_number, random.choice(NUMBERS)], 0]},
        lambda: {"a": [random.choice(DTYPES), [0] * random.choice([31, 32, 33]), 0]},
        lambda: {"g": [random.choice(DTYPES), random.choice([0, 1, 8, any_number])]},
        lambda: {"h": [any_number, random.choice(TEXTS)]},
        lambda: {"d": [[random.choice([*KEYS, any_number]), value] for value in some]},
        lambda: {"d": [[random.choice(NUMBERS), 0] for _ in range(4)]},
        lambda: {random.choice("ftadghcbxyz"): some},
    ])  # fmt: skip
    return made()


def frame(random: random.Random, answer: bool = False) -> bytes:
    """One frame, often an answer, then perhaps cut, stretched or with some bytes changed."""
    value = node(random)
    if answer and random.random() < 0.8:
        pairs = [[key, node(random)] for key in random.sample(KEYS, random.choice([1, 1, 1, 3]))]
        value = {"d": pairs}
    header = json.dumps(value).encode()
    body = random.randbytes(random.choice([0, 0, 8, 64, 1000]))
    sizes = [len(header), len(body)]
    if random.random() < 0.1:
        sizes[random.randrange(2)] = random.choice([0, 1, 2**20, 2**31, 2**32 - 1])
    raw = bytearray(wire.PREFIX.pack(*sizes) + header + body)
    for _ in range(random.choice([0, 0, 0, 1, 3, 20])):
        raw[random.randrange(len(raw))] = random.randrange(256)
    if random.random() < 0.1:
        del raw[random.randrange(len(raw)) :]
    return bytes(raw)


def read(raw: bytes) -> Any:
    """What ``receive`` makes of a stream that ends after ``raw``."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        writer = threading.Thread(target=_write, args=(theirs, raw))
        writer.start()
        try:
            return wire.receive(ours, LIMIT, lambda number, kind: (number, kind))
        finally:
            ours.close()
            writer.join()


def _write(sock: socket.socket, raw: bytes) -> None:
    try:
        sock.sendall(raw)
        sock.shutdown(socket.SHUT_RDWR)
    except OSError:
        pass  # the reader has had enough


def test_the_reader_gives_a_value_or_a_wire_error() -> None:
    """Whatever comes, ``receive`` returns plain data or raises WireError, and nothing else."""
    for generator in rounds():
        try:
            read(frame(generator))
        except wire.WireError:
            continue


BOMBS: dict[str, Callable[[], bytes]] = {
    "deep": lambda: _bomb("[" * 400_000),
    "wide": lambda: _bomb("[" + "{}," * 340_000 + "{}]"),
    "numbers": lambda: _bomb("[" + "1," * 500_000 + "1]"),
    "overlap": lambda: _bomb(
        "[" + ",".join(['{"a":["|b1",[400000],0]}'] * 2000) + "]", bytes(400_000)
    ),
    "bytes": lambda: _bomb("[" + ",".join(['{"b":[0,400000]}'] * 2000) + "]", bytes(400_000)),
    "odd offsets": lambda: _bomb(
        "[" + ",".join(['{"a":["<f8",[49999],1]}'] * 2000) + "]", bytes(400_000)
    ),
    "huge shape": lambda: _bomb('{"a":["<f8",[4611686018427387903,0],0]}'),
    "many axes": lambda: _bomb('{"a":["<f8",[' + ",".join("1" * 33) + "],0]}", bytes(8)),
    "one hash": lambda: _bomb(
        '{"d":[' + ",".join(f"[{(2**61 - 1) * k},0]" for k in range(1, 30_000)) + "]}"
    ),
    "digits": lambda: _bomb("[" + "9" * 500_000 + "]"),
    "fraction": lambda: _bomb("[0." + "9" * 500_000 + "]"),
    "hex": lambda: _bomb('{"f":"0x' + "f" * 500_000 + '"}'),
}


def _bomb(header: str, body: bytes = b"") -> bytes:
    return wire.PREFIX.pack(len(header), len(body)) + header.encode() + body


@pytest.mark.parametrize("name", BOMBS)
def test_a_frame_takes_no_more_than_a_share_of_what_was_sent(name: str) -> None:
    """Small frames that stand for large or slow values are refused, or read in little memory."""
    raw = BOMBS[name]()
    tracemalloc.start()
    try:
        with pytest.raises(wire.WireError) if name != "huge shape" else _either():
            read(raw)
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most < MEMORY + 8 * len(raw)


class _either:
    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: Any, *_: object) -> bool:
        return kind is not None and issubclass(kind, wire.WireError)


# A session with a scripted worker ---------------------------------------------


class Hostile:
    """The worker's side of a session: for every request, frames of its own."""

    def __init__(self, answers: Callable[[], list[bytes]]) -> None:
        self.ours, self.theirs = socket.socketpair()
        self.answers = answers
        self.thread = threading.Thread(target=self._serve, daemon=True)
        self.thread.start()

    def _serve(self) -> None:
        try:
            while True:
                wire.receive(self.theirs, 2**30, lambda number, kind: (number, kind))
                for raw in self.answers():
                    self.theirs.sendall(raw)
        except (OSError, wire.WireError):
            self.theirs.close()

    def session(self, folder: Path) -> Session:
        scratch = folder / "scratch"
        scratch.mkdir(exist_ok=True)
        printed = folder / "printed"
        printed.touch()
        limits = Limits(call_seconds=0.3, case_seconds=1, answer_mb=1, standin_calls=50)

        def ender(died: bool) -> dict[str, Any]:
            self.theirs.close()
            return {"status": 0, "cpu_s": 0.0, "peak_mb": 1.0}

        return Session(self.ours, os.getpid(), printed.open("rb"), scratch, folder, limits, ender)


def _called(function: Any, *args: Any) -> Any:
    # A name that stands for plain data is not called: that is for the check, or the plugin.
    return function(*args) if callable(function) else function


def _call_everything(student: Submission, judge: Callable[[Any], None]) -> None:
    """What checks do with a submission."""
    x = np.ones((3, 2))
    for use in (
        lambda: _called(student.softmax, x),
        lambda: student.put(x),
        lambda: student.fetch(Handle(student, 1, "x")),
        lambda: student.measured("softmax", (), (x,), np.arange(4)),
        lambda: student.growth("softmax", (x,)),
        lambda: student.replace("softmax", lambda value: value @ value),
        lambda: _called(student.softmax, x),
        lambda: student.seed(3),
    ):
        try:
            judge(use())
        except (CallFailed, AssertionError):
            continue


def _judge(value: Any) -> None:
    compare.assert_close(value, np.ones((3, 2)), rtol=1e-6, atol=0)
    compare.assert_probabilities(value)
    compare.as_labels(value, 3, 2)
    compare.as_scalar(value)
    compare.assert_unchanged(value, np.ones((3, 2)))
    compare.unpack(value, ("a", "b"))


def test_a_session_gives_a_value_or_a_failure(tmp_path: Path) -> None:
    """Whatever a worker sends, a check sees a value or CallFailed, and ``compare`` a mismatch."""
    for generator in rounds():
        answers = [frame(generator, answer=True) for _ in range(generator.choice([1, 1, 1, 2, 0]))]
        ok = b"".join(bytes(part) for part in wire.encode({"ok": None}))
        hostile = Hostile(lambda g=generator, a=answers, o=ok: a if g.random() < 0.5 else [o])
        student = Submission(lambda h=hostile: h.session(tmp_path), "main")
        try:
            _call_everything(student, _judge)
        finally:
            student.end()
            hostile.thread.join(5)
        assert not hostile.thread.is_alive()


def test_many_small_answers_do_not_move_the_deadline(tmp_path: Path) -> None:
    """A worker that sends its answer in drops is ended when the call's time is over."""
    drops = wire.PREFIX.pack(1000, 0) + b" " * 1000

    def drip() -> list[bytes]:
        for byte in drops:
            hostile.theirs.sendall(bytes([byte]))
            time.sleep(0.01)
        return []

    hostile = Hostile(drip)
    session = hostile.session(tmp_path)
    with pytest.raises(CallFailed, match="No answer within"):
        session.request({"op": "seed", "seed": 1})
    with pytest.raises(CallFailed, match="No answer within"):
        session.request({"op": "seed", "seed": 1})
