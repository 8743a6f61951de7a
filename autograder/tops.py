"""From Fashion-MNIST's four files to the course's 20 x 20 tops.

Reads idx files, selects pictures of three categories, makes them smaller, and
gives the bytes of the six CSV files; `fetch` downloads and writes. Nothing
here writes a file.

The rule, for an original picture of 28 x 28 grey levels v: values are
2 * (v / 255) - 1. Within a category pictures are taken in the file's order and
kept when the middle is brighter than the left edge (`kept`), until there are
enough. What is kept is resampled by a bicubic spline (`resample`).
"""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from autograder.datasets import TOPS

CATEGORIES = {"top": 0, "pullover": 2, "shirt": 6}
"""Name of a category to Fashion-MNIST's label, in the order of the files' rows."""

ORIGINALS = ("train", "t10k")
SIDE, SMALL = 28, 20
"""Pixels along a side, before and after."""

LEFT, MIDDLE = slice(0, 2), slice(12, 16)
PERCENTILE, CONTRAST = 60, 0.75


@dataclass(frozen=True)
class Split:
    """Where the pictures of a split come from."""

    original: str
    """"train" or "t10k": the first part of the names of Fashion-MNIST's files."""

    skip: int
    """How many pictures of each category are passed over first."""

    count: int
    """How many pictures of each category are kept."""


SPLITS = {
    "train": Split("train", 0, 1000),
    "valid": Split("train", 3000, 500),
    "test": Split("t10k", 0, 500),
}


class TopsError(ValueError):
    """A file is not Fashion-MNIST as it should be; the text says which and why."""


def images_name(original: str) -> str:
    """The file of pictures, compressed: a name of Fashion-MNIST's."""
    return f"{original}-images-idx3-ubyte.gz"


def labels_name(original: str) -> str:
    """The file of labels, compressed: a name of Fashion-MNIST's."""
    return f"{original}-labels-idx1-ubyte.gz"


# Reading ----------------------------------------------------------------------


def read_idx(path: Path, shape: tuple[int, ...]) -> NDArray[np.uint8]:
    """The array in an idx file of bytes, compressed or not: (N, *shape).

    An idx file is two zero bytes, a byte for the type (8: unsigned bytes), a byte for the number
    of dimensions, each dimension as a big-endian 32-bit number, then the values. Raises TopsError
    when the file is none, or is cut short, or holds something else.
    """

    def wrong(why: str) -> TopsError:
        return TopsError(f"{path}: {why}.")

    raw = path.read_bytes()
    if raw[:2] == b"\x1f\x8b":
        try:
            raw = gzip.decompress(raw)
        except (EOFError, OSError, zlib.error) as error:
            raise wrong(f"the compressed file is cut short or damaged ({error})") from None
    if len(raw) < 4 or raw[:2] != b"\0\0":
        raise wrong("this is no idx file: it must begin with two zero bytes, a type, a number")
    if raw[2] != 8:
        raise wrong(f"the type of its values is 0x{raw[2]:02x}; 0x08 (unsigned bytes) is wanted")
    if raw[3] != 1 + len(shape):
        raise wrong(f"it has {raw[3]} dimensions; {1 + len(shape)} are wanted")
    start = 4 + 4 * raw[3]
    if len(raw) < start:
        raise wrong("it ends within its header")
    dims = tuple(int.from_bytes(raw[i : i + 4], "big") for i in range(4, start, 4))
    if dims[1:] != shape:
        raise wrong(f"its items have the shape {dims[1:]}; {shape} is wanted")
    size = dims[0] * int(np.prod(shape))
    if len(raw) - start != size:
        raise wrong(f"its header promises {size:,} values and {len(raw) - start:,} follow")
    return np.frombuffer(raw, np.uint8, offset=start).reshape(dims)


def read_originals(folder: Path, original: str) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Pictures (N, 28, 28) and labels (N,) of "train" or "t10k". Raises TopsError."""
    images = read_idx(folder / images_name(original), (SIDE, SIDE))
    labels = read_idx(folder / labels_name(original), ())
    if len(images) != len(labels):
        raise TopsError(
            f"{folder}: {original} has {len(images)} pictures and {len(labels)} labels."
        )
    if len(labels) and labels.max() > 9:
        raise TopsError(
            f"{folder / labels_name(original)}: a label is {labels.max()}; 0 to 9 exist."
        )
    return images, labels


# Selecting and resampling -----------------------------------------------------


def scaled(levels: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Grey levels 0 to 255 to [-1, 1]."""
    result: NDArray[np.float32] = 2 * (levels.astype(np.float32) / np.float32(255)) - 1
    return result


def kept(images: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Which pictures (N, 28, 28) show a garment that is brighter than its background.

    The 60th percentile of the four columns in the middle is compared with that of the two columns
    at the left edge: it must be more than 0.75 higher.
    """
    n = len(images)
    middle = np.percentile(images[:, :, MIDDLE].reshape(n, -1), PERCENTILE, axis=1)
    left = np.percentile(images[:, :, LEFT].reshape(n, -1), PERCENTILE, axis=1)
    return np.asarray(middle - left > CONTRAST)


def selected(
    images: NDArray[np.uint8], labels: NDArray[np.uint8], label: int, split: Split
) -> NDArray[np.intp]:
    """Rows of the originals that a split takes from one category, in order: (split.count,).

    Raises TopsError when there are not enough.
    """
    rows = np.flatnonzero(labels == label)[split.skip :]
    rows = rows[kept(scaled(images[rows]))] if len(rows) else rows
    if len(rows) < split.count:
        raise TopsError(
            f"{split.original}: only {len(rows)} pictures with label {label} are left after the "
            f"first {split.skip}; {split.count} are wanted."
        )
    return rows[: split.count]


def resample(image: NDArray[np.float32]) -> NDArray[np.float64]:
    """A picture (28, 28) at 20 x 20 points, by a bicubic spline through all its values.

    Both grids reach from 0 to 1 in both directions, so corners keep their values; between bright
    and dark the spline swings beyond [-1, 1]. This is FITPACK's regrid without smoothing, which
    SciPy's former interp2d (kind "cubic") called with columns first, hence the transposes.
    """
    from scipy.interpolate import RectBivariateSpline  # type: ignore[import-untyped]

    old, new = np.linspace(0, 1, len(image)), np.linspace(0, 1, SMALL)
    spline = RectBivariateSpline(old, old, image.T.astype(np.float64), kx=3, ky=3, s=0)
    return np.asarray(spline(new, new).T)


# The files --------------------------------------------------------------------


def x_file(rows: NDArray[np.float64]) -> bytes:
    """The CSV of pictures (N, D): columns pixel000, pixel001, ..., three significant digits."""
    lines = [",".join(f"pixel{i:03d}" for i in range(rows.shape[1]))]
    form = ",".join(["%.3g"] * rows.shape[1])
    lines += [form % tuple(row) for row in rows.tolist()]
    return ("\n".join(lines) + "\n").encode()


def y_file(rows: Mapping[str, NDArray[np.intp]], original: str) -> bytes:
    """The CSV of categories: for each picture its category, original file and row in that."""
    lines = ["category_name,original_file_name,original_file_row_id"]
    lines += [f"{category},{original},{row}" for category, those in rows.items() for row in those]
    return ("\n".join(lines) + "\n").encode()


def make(
    folder: Path,
    splits: Mapping[str, Split] = SPLITS,
    progress: Callable[[int], Any] = lambda done: None,
) -> Iterator[tuple[str, bytes]]:
    """Name and content of every file of the tops, from the four originals in ``folder``.

    ``progress`` is called with the number of pictures that were just made. Raises TopsError.
    """
    for original in ORIGINALS:
        images, labels = read_originals(folder, original)
        for name, split in splits.items():
            if split.original != original:
                continue
            rows = {
                category: selected(images, labels, label, split)
                for category, label in CATEGORIES.items()
            }
            small = []
            for those in rows.values():
                for image in scaled(images[those]):
                    small.append(resample(image).ravel())
                    progress(1)
            yield f"{TOPS}_x_{name}.csv", x_file(np.array(small).reshape(-1, SMALL * SMALL))
            yield f"{TOPS}_y_{name}.csv", y_file(rows, original)
