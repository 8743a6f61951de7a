"""The wire: what crosses comes back the same, and nothing malformed gets through."""

from __future__ import annotations

import collections
import json
import math
import socket
import threading
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from autograder import wire


def across(value: Any, **kwargs: Any) -> Any:
    """Encode, join, split as a reader would, decode."""
    frame = b"".join(bytes(part) for part in wire.encode(value, **kwargs))
    header_size, body_size = wire.PREFIX.unpack(frame[: wire.PREFIX.size])
    header = frame[wire.PREFIX.size : wire.PREFIX.size + header_size]
    body = np.frombuffer(frame[wire.PREFIX.size + header_size :], np.uint8)
    assert len(body) == body_size
    return wire.decode(header, body)


def same(a: Any, b: Any) -> bool:
    """Equal in type and value, NaN equal to itself, -0.0 not equal to 0.0."""
    if type(a) is not type(b):
        return False
    if isinstance(a, np.ndarray):
        return a.dtype == b.dtype and a.shape == b.shape and a.tobytes() == b.tobytes()
    if isinstance(a, np.generic):
        return a.dtype == b.dtype and a.tobytes() == b.tobytes()
    if isinstance(a, float):
        return a.hex() == b.hex()
    if isinstance(a, complex):
        return same(a.real, b.real) and same(a.imag, b.imag)
    if isinstance(a, (list, tuple)):
        return len(a) == len(b) and all(map(same, a, b))
    if isinstance(a, dict):
        return list(a) == list(b) and all(same(a[k], b[k]) for k in a)
    return bool(a == b)


scalars = (
    st.none()
    | st.booleans()
    | st.integers(-(10**50), 10**50)
    | st.floats()
    | st.complex_numbers()
    | st.text(st.characters(), max_size=20)
    | st.binary(max_size=20)
)
dtypes = hnp.scalar_dtypes().filter(lambda d: d.kind in "biufc")
arrays = hnp.arrays(dtypes, hnp.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=4))
values = st.recursive(
    scalars | arrays,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.lists(inner, max_size=4).map(tuple)
        | st.dictionaries(st.text(max_size=4) | st.integers(), inner, max_size=4)
    ),
    max_leaves=12,
)


@given(values)
@settings(max_examples=200, deadline=None)
def test_plain_data_comes_back_the_same(value: Any) -> None:
    """Type, dtype, shape and every bit survive the crossing."""
    assert same(across(value), value)


@pytest.mark.parametrize(
    "array",
    [
        np.arange(24).reshape(2, 3, 4).transpose(2, 0, 1),
        np.asfortranarray(np.arange(6.0).reshape(2, 3)),
        np.arange(10)[::-2],
        np.broadcast_to(np.float32(3), (2, 3)),
        np.arange(4, dtype=">i4"),
    ],
)
def test_memory_layout_does_not_matter(array: np.ndarray) -> None:
    """Transposed, strided, broadcast and foreign-endian arrays arrive by value."""
    back = across(array)
    assert back.dtype == array.dtype
    np.testing.assert_array_equal(back, array)


def test_subclasses_end_at_the_wall() -> None:
    """A matrix, or an array whose __eq__ lies, arrives as a plain array."""

    class Liar(np.ndarray):
        def __eq__(self, other: object) -> Any:
            return True

    assert type(across(np.matrix([[1.0]]))) is np.ndarray
    assert type(across(np.zeros(2).view(Liar))) is np.ndarray


def test_kinds_of_dict_arrive_as_plain_dicts() -> None:
    """A history kept in a defaultdict is plain data; what its class makes of it is not asked."""

    class Liar(dict):  # type: ignore[type-arg]
        def items(self) -> Any:
            return [("loss", 0.0)]

    history = collections.defaultdict(list, {"loss": [2.0, 1.0]})
    assert across(history) == {"loss": [2.0, 1.0]}
    assert type(across(history)) is dict
    assert across(Liar(loss=5.0)) == {"loss": 5.0}


@pytest.mark.parametrize(
    "value",
    [
        np.ma.masked_array([1, 2], [0, 1]),
        np.array([None]),
        np.array(["a"]),
        np.array(["2020-01-01"], dtype="datetime64[D]"),
        np.zeros(1, dtype=[("x", "f8")]),
        {1, 2},
        {(1, 2): 3},
        object(),
        10**500,
        range(3),
        lambda: 0,
    ],
)
def test_what_is_not_plain_becomes_a_handle(value: Any) -> None:
    """Only the number and kind of such a value cross."""
    asked: list[Any] = []

    def opaque(found: Any) -> tuple[int, str]:
        asked.append(found)
        return 7, "thing"

    frame = wire.encode([value], opaque)
    assert asked[0] is value
    assert json.loads(bytes(frame[0])[wire.PREFIX.size :]) == [{"h": [7, "thing"]}]
    with pytest.raises(wire.WireError, match="not plain data"):
        wire.encode([value])


def test_too_many_values_are_refused() -> None:
    """A message has a bounded number of values."""
    with pytest.raises(wire.TooLarge, match="values in one message"):
        wire.encode([0] * (wire.MAX_NODES + 1))


def test_a_list_that_holds_itself_ends() -> None:
    """Endless nesting stops at the depth limit, as a handle."""
    endless: list[Any] = []
    endless.append(endless)
    with pytest.raises(wire.WireError):
        wire.encode(endless)


def body(size: int) -> np.ndarray:
    return np.zeros(size, np.uint8)


@pytest.mark.parametrize(
    "header",
    [
        "{",
        "[" * 100_000,
        '{"q": 1}',
        '{"a": ["<f8", [2, 2], 0]}',
        '{"a": ["<f8", [-1], 0]}',
        '{"a": ["<f8", [4611686018427387904, 4611686018427387904], 0]}',
        '{"a": ["<f8", [1], 99999999999999999999]}',
        '{"a": ["|O8", [1], 0]}',
        '{"a": ["<V8", [1], 0]}',
        '{"a": ["<f8,<f8", [1], 0]}',
        '{"a": ["<f7", [1], 0]}',
        '{"a": ["<f8", [true], 0]}',
        '{"a": ["<f8", [1.5], 0]}',
        '{"a": ["<f8"]}',
        '{"g": [8, 0]}',
        '{"f": "nonsense"}',
        '{"f": 1}',
        '{"f": "0x1p99999999999"}',
        '{"c": ["0x1p0"]}',
        '{"d": [[1]]}',
        '{"d": [[[1], 2]]}',
        '{"b": [0, 99]}',
        '{"b": [-1, 2]}',
        '{"h": [1, "x"]}',
        '{"h": [true, "x"]}',
        '{"t": {}}',
        '{"a": 1, "b": 2}',
        "1.5",
        "NaN",
        "1" * 5000,
        '{"t": [' * 60 + "1" + "]}" * 60,
    ],
)
def test_malformed_headers_are_wire_errors(header: str) -> None:
    """Nothing but WireError comes out of a frame that must not be believed."""
    with pytest.raises(wire.WireError):
        wire.decode(header.encode(), body(16))


@given(st.binary(max_size=200), st.integers(0, 64))
@settings(max_examples=300, deadline=None)
def test_random_headers_are_wire_errors_or_plain(header: bytes, size: int) -> None:
    """Random bytes decode to plain data or end in WireError."""
    try:
        wire.decode(header, body(size))
    except wire.WireError:
        return


@given(values, st.data())
@settings(max_examples=200, deadline=None)
def test_mutated_frames_are_wire_errors_or_plain(value: Any, data: st.DataObject) -> None:
    """A frame with bytes changed decodes to plain data or ends in WireError."""
    frame = bytearray(b"".join(bytes(part) for part in wire.encode(value)))
    size, _ = wire.PREFIX.unpack(frame[: wire.PREFIX.size])
    rest = frame[wire.PREFIX.size :]
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, max(0, size - 1)))
        rest[at] = data.draw(st.integers(0, 255))
    try:
        wire.decode(bytes(rest[:size]), np.frombuffer(bytes(rest[size:]), np.uint8))
    except wire.WireError:
        return


def test_a_boolean_array_has_only_two_values() -> None:
    """Bytes other than 0 and 1 in a boolean array are taken as true."""
    got = wire.decode(b'{"a": ["|b1", [3], 0]}', np.array([0, 1, 255], np.uint8))
    assert got.tolist() == [False, True, True]
    assert got.view(np.uint8).tolist() == [0, 1, 1]


def test_unaligned_arrays_are_readable() -> None:
    """An array may start anywhere in the body."""
    raw = np.frombuffer(b"x" + np.array([1.5, math.pi]).tobytes(), np.uint8)
    got = wire.decode(b'{"a": ["<f8", [2], 1]}', raw)
    assert got.tolist() == [1.5, math.pi]


def test_large_frames_cross_a_socket() -> None:
    """Frames larger than the socket's buffer are written and read in pieces."""
    ours, theirs = socket.socketpair()
    array = np.arange(2**20, dtype=np.float64)
    writer = threading.Thread(target=wire.send, args=(theirs, wire.encode(array)))
    writer.start()
    got = wire.receive(ours, 2**24)
    writer.join()
    assert same(got, array)


def test_a_frame_over_the_limit_is_refused_before_it_is_read() -> None:
    """The sizes in the prefix are judged before a byte of the rest is asked for."""
    ours, theirs = socket.socketpair()
    theirs.sendall(wire.PREFIX.pack(10, 2**40))
    with pytest.raises(wire.TooLarge):
        wire.receive(ours, 2**20)


def test_a_hang_up_is_told_from_a_bad_frame() -> None:
    """The end of the stream, in or between frames, is Closed."""
    ours, theirs = socket.socketpair()
    theirs.sendall(b"\x00\x00")
    theirs.close()
    with pytest.raises(wire.Closed):
        wire.receive(ours, 2**20)


def test_the_clock_is_asked_while_bytes_drip() -> None:
    """A sender that drips bytes cannot keep the reader past its deadline."""
    ours, theirs = socket.socketpair()
    ours.settimeout(0.01)
    ticks = 0

    def tick() -> None:
        nonlocal ticks
        ticks += 1
        if ticks > 3:
            raise TimeoutError("deadline")
        theirs.sendall(b"\x00")

    with pytest.raises(TimeoutError, match="deadline"):
        wire.receive(ours, 2**20, tick=tick)
