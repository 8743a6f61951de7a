"""Values to bytes and back: the one language spoken across the wall.

Only plain data crosses: numeric arrays and scalars, numbers, strings, bytes,
lists, tuples, dicts and ``None``. Nothing is ever unpickled. Whatever is not
plain stays where it is and crosses as a numbered handle.

A frame is a fixed prefix (two sizes), a JSON header and a body of raw bytes::

    size of header (4 bytes) | size of body (8 bytes) | header | body

Header nodes: JSON's own ``null``, booleans, integers and strings, a JSON list
for a list, and one-key objects for the rest: ``{"f": hex}`` float,
``{"c": [hex, hex]}`` complex, ``{"t": [...]}`` tuple, ``{"d": [[k, v], ...]}``
dict, ``{"b": [offset, size]}`` bytes, ``{"a": [dtype, shape, offset]}`` array,
``{"g": [dtype, offset]}`` NumPy scalar, ``{"h": [number, kind]}`` handle.

The reader trusts nothing: sizes are bounded before they are read, shapes are
checked against the bytes received before anything is allocated, and every
defect is a ``WireError``.
"""

from __future__ import annotations

import functools
import json
import re
import socket
import struct
from collections.abc import Callable
from typing import Any

import numpy as np

PREFIX = struct.Struct("!IQ")
MAX_HEADER = 16 * 2**20
MAX_NODES = 400_000
MAX_DEPTH = 40
MAX_DIMS = 32
MAX_INT_DIGITS = 400
MAX_MARKS = 8 * MAX_NODES
"""Brackets and commas of a header: it is counted before it is parsed, which takes memory."""
PLAIN_KEY, MAX_LARGE_KEYS = 2**60, 1000
"""Larger numbers can be chosen to have one hash, and a dict of many such takes for ever."""
CHUNK = 2**20
SMALL = 2**16
"""Bytes of a frame that is read in one go."""
DTYPE = re.compile(r"[<>|=][biufc][0-9]{1,2}")

Opaque = Callable[[Any], "tuple[int, str]"]
Resolve = Callable[[int, str], Any]
Tick = Callable[[], None]


class WireError(Exception):
    """A frame that cannot be made or must not be believed."""


class Closed(WireError):
    """The other side hung up."""


class TooLarge(WireError):
    """A frame is larger than the reader allows."""


_ENCODER = json.JSONEncoder(separators=(",", ":"))


# Writing ---------------------------------------------------------------------


def _refuse(value: Any) -> tuple[int, str]:
    raise WireError(f"a {type(value).__name__} is not plain data")


class _Writer:
    def __init__(self, opaque: Opaque) -> None:
        self.opaque = opaque
        self.buffers: list[Any] = []
        self.size = 0
        self.nodes = 0

    def add(self, buffer: Any, size: int) -> int:
        offset = self.size
        self.buffers.append(buffer)
        self.size += size
        return offset

    def node(self, value: Any, depth: int = 0) -> Any:
        self.nodes += 1
        if self.nodes > MAX_NODES:
            raise TooLarge(f"more than {MAX_NODES} values in one message")
        kind = type(value)
        if value is None or kind is bool or kind is str:
            return value
        if kind is int:
            # Text of such a number may be refused by json on the other side.
            return value if abs(value) < 10**MAX_INT_DIGITS else self.handle(value)
        if kind is float:
            return {"f": value.hex()}
        if kind is complex:
            return {"c": [value.real.hex(), value.imag.hex()]}
        if isinstance(value, np.generic):
            return self.scalar(value)
        if isinstance(value, np.ndarray):
            return self.array(value)
        if kind in (bytes, bytearray):
            return {"b": [self.add(bytes(value), len(value)), len(value)]}
        if depth < MAX_DEPTH:
            if kind is list:
                return [self.node(item, depth + 1) for item in value]
            if isinstance(value, tuple):
                return {"t": [self.node(item, depth + 1) for item in value]}
            # A defaultdict is a dict with one more way to be read.
            if isinstance(value, dict) and all(type(k) in (str, int) for k in dict.keys(value)):
                pairs = list(dict.items(value))
                return {"d": [[k, self.node(v, depth + 1)] for k, v in pairs]}
        return self.handle(value)

    def handle(self, value: Any) -> Any:
        number, kind = self.opaque(value)
        return {"h": [number, kind]}

    def scalar(self, value: Any) -> Any:
        if value.dtype.kind not in "biufc":
            return self.handle(value)
        raw = value.tobytes()
        return {"g": [value.dtype.str, self.add(raw, len(raw))]}

    def array(self, value: Any) -> Any:
        if isinstance(value, np.ma.MaskedArray) or value.dtype.kind not in "biufc":
            return self.handle(value)
        plain = np.asarray(value, order="C")  # subclasses end here
        flat = plain.reshape(-1).view(np.uint8) if plain.size else np.empty(0, np.uint8)
        offset = self.add(flat.data, plain.nbytes)
        return {"a": [plain.dtype.str, list(plain.shape), offset]}


def encode(value: Any, opaque: Opaque = _refuse) -> list[Any]:
    """``value`` as a list of buffers that make one frame.

    ``opaque`` is asked for the number and kind of whatever is not plain data;
    by default that raises WireError.
    """
    writer = _Writer(opaque)
    header = _ENCODER.encode(writer.node(value)).encode("ascii")
    if len(header) > MAX_HEADER:
        raise TooLarge(f"a message header of {len(header)} bytes")
    return [PREFIX.pack(len(header), writer.size) + header, *writer.buffers]


# Reading ---------------------------------------------------------------------


def _no_handles(number: int, kind: str) -> Any:
    raise WireError("a handle where plain data was wanted")


class _Reader:
    def __init__(self, body: Any, resolve: Resolve) -> None:
        self.body = body
        self.resolve = resolve
        self.nodes = 0
        self.left = len(body)
        self.large_keys = 0

    def node(self, node: Any, depth: int = 0) -> Any:
        self.nodes += 1
        if self.nodes > MAX_NODES or depth > MAX_DEPTH + 2:
            raise TooLarge("too many values in one message")
        form = type(node)  # json makes no subclasses
        if form is str or form is int or form is bool or node is None:
            return node
        if form is list:
            return [self.node(item, depth + 1) for item in node]
        if form is not dict or len(node) != 1:
            raise WireError("an unknown kind of value")
        ((tag, of),) = node.items()
        if tag == "f":
            return float.fromhex(_text(of))
        if tag == "t":
            return tuple(self.node(item, depth + 1) for item in _items(of))
        if tag == "a":
            return self.array(*_items(of, 3))
        if tag == "g":
            return self.scalar(*_items(of, 2))
        if tag == "d":
            pairs = [_items(pair, 2) for pair in _items(of)]
            return {self.key(k): self.node(v, depth + 1) for k, v in pairs}
        if tag == "h":
            number, kind = _items(of, 2)
            return self.resolve(_size(number), _text(kind)[:200])
        if tag == "c":
            real, imag = _items(of, 2)
            return complex(float.fromhex(_text(real)), float.fromhex(_text(imag)))
        if tag == "b":
            offset, size = _items(of, 2)
            return self.slice(_size(offset), _size(size)).tobytes()
        raise WireError("an unknown kind of value")

    def key(self, node: Any) -> str | int:
        key = _key(node)
        self.large_keys += isinstance(key, int) and abs(key) >= PLAIN_KEY
        if self.large_keys > MAX_LARGE_KEYS:
            raise TooLarge("too many large keys in one message")
        return key

    def slice(self, offset: int, size: int) -> Any:
        if offset + size > len(self.body):
            raise WireError("an array is longer than its frame")
        self.left -= size
        if self.left < 0:  # read one by one, they would take more than was sent
            raise WireError("arrays that lie in the same bytes")
        return self.body[offset : offset + size]

    def array(self, dtype: Any, shape: Any, offset: Any) -> Any:
        kind = _dtype(dtype)
        sides = [_size(side) for side in _items(shape)]
        if len(sides) > MAX_DIMS:
            raise WireError("an array of too many dimensions")
        count = 1
        for side in sides:
            count *= side
        raw = self.slice(_size(offset), count * kind.itemsize)
        if kind.kind == "b":  # a byte other than 0 and 1 is no boolean
            return (raw != 0).reshape(sides)
        values = raw.view(kind)
        if not values.flags.aligned:
            values = raw.copy().view(kind)
        return values.reshape(sides)

    def scalar(self, dtype: Any, offset: Any) -> Any:
        return self.array(dtype, [], offset)[()]


def _whole(digits: str) -> int:
    if len(digits) > MAX_INT_DIGITS + 2:  # reading it could take for ever
        raise WireError("a whole number of too many digits")
    return int(digits)


_DECODER = json.JSONDecoder(parse_int=_whole)


def _items(node: Any, count: int | None = None) -> list[Any]:
    if not isinstance(node, list) or (count is not None and len(node) != count):
        raise WireError("a value of the wrong form")
    return node


def _text(node: Any) -> str:
    if not isinstance(node, str):
        raise WireError("a value of the wrong form")
    return node


def _key(node: Any) -> str | int:
    if isinstance(node, bool) or not isinstance(node, (str, int)):
        raise WireError("a key that is neither text nor a whole number")
    return node


def _size(node: Any) -> int:
    if isinstance(node, bool) or not isinstance(node, int) or not 0 <= node < 2**62:
        raise WireError("a size that is none")
    return node


def _dtype(node: Any) -> np.dtype[Any]:
    return _named_dtype(_text(node))


@functools.lru_cache(maxsize=64)
def _named_dtype(text: str) -> np.dtype[Any]:
    if not DTYPE.fullmatch(text):
        raise WireError("an array of a kind that may not cross")
    try:
        return np.dtype(text)
    except TypeError as error:
        raise WireError("an array of a kind that may not cross") from error


def decode(header: bytes, body: Any, resolve: Resolve = _no_handles) -> Any:
    """The value of a frame. ``body`` is a 1-D uint8 array. Raises WireError."""
    if sum(header.count(mark) for mark in (b"[", b"{", b",")) > MAX_MARKS:
        raise TooLarge("too many values in one message")
    try:
        return _Reader(body, resolve).node(_DECODER.decode(header.decode("ascii")))
    except WireError:
        raise
    except (ValueError, OverflowError, RecursionError, TypeError, MemoryError) as error:
        raise WireError(f"a frame that cannot be read ({type(error).__name__})") from error


# Sockets ---------------------------------------------------------------------


def _no_tick() -> None:
    """A blocking socket needs no clock."""


def send(sock: socket.socket, buffers: list[Any], tick: Tick = _no_tick) -> None:
    """Write a frame. ``tick`` runs whenever more is to be written, and may raise."""
    if sum(map(len, buffers)) <= CHUNK:  # at once, so that the reader wakes up once
        buffers = [b"".join(buffers)]
    for buffer in buffers:
        view = memoryview(buffer)
        while view.nbytes:
            try:
                view = view[sock.send(view[:CHUNK]) :]
            except TimeoutError:
                pass
            except OSError as error:
                raise Closed("the other side hung up") from error
            if view.nbytes:
                tick()


def _fill(sock: socket.socket, view: memoryview, tick: Tick) -> None:
    while view.nbytes:
        try:
            got = sock.recv_into(view[:CHUNK])
            if not got:
                raise Closed("the other side hung up")
            view = view[got:]
        except TimeoutError:
            pass
        except OSError as error:
            raise Closed("the other side hung up") from error
        if view.nbytes:
            tick()


def receive(
    sock: socket.socket, limit: int, resolve: Resolve = _no_handles, tick: Tick = _no_tick
) -> Any:
    """Read one frame of at most ``limit`` bytes.

    ``tick`` runs when a frame has begun and whenever more of it is awaited.
    Raises Closed at the end of the stream, TooLarge before reading a frame
    over the limit, WireError for one that cannot be believed.
    """
    prefix = bytearray(PREFIX.size)
    _fill(sock, memoryview(prefix), tick)
    tick()
    header_size, body_size = PREFIX.unpack(prefix)
    if header_size > MAX_HEADER or header_size + body_size > limit:
        raise TooLarge(f"an answer of {header_size + body_size} bytes")
    if header_size + body_size <= SMALL:  # in one go; its arrays are copied, to lie straight
        both = np.empty(header_size + body_size, np.uint8)
        _fill(sock, both.data, tick)
        return decode(both[:header_size].tobytes(), both[header_size:], resolve)
    header = bytearray(header_size)
    _fill(sock, memoryview(header), tick)
    body = np.empty(body_size, np.uint8)
    _fill(sock, body.data, tick)
    return decode(bytes(header), body, resolve)
