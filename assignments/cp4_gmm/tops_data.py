"""Images of tops for training, validation and test (given).

``load_tops()`` finds whichever data is present and says which it was. Every row is one image
of 20 x 20 gray values, row after row, as 400 columns ``pixel000``, ``pixel001``, ...; black is
about -1 and white about +1. Nothing here changes or downloads data.
"""

import gzip
import hashlib
import io
import zlib
from pathlib import Path
from typing import NamedTuple

import numpy as np

FILE_STEM = "tops-20x20flattened_x_"
ENDINGS = (".csv", ".csv.gz")
REAL_FOLDER = "fashion_tops"
"""Sub-folder for the images of FashionMNIST; where it is complete, it comes first."""

KNOWN_VALID_FILES = {
    "d43e0917eda7a8a0b50cafa24bd9b70da68d900faddb95ec1d8bd300e11d81ed": "real FashionMNIST tops",
    "898a58c4e7bfe3eee3c5a89ab4f9834ae3ba6b19ccc2ca5bfd9810902f4c640c": "tops drawn by the project",
}
"""SHA-256 of the unpacked validation file, and what that file holds."""


class Tops(NamedTuple):
    """Three sets of images, float64, with the same number of columns D, and where they are from."""

    x_train_ND: np.ndarray
    x_valid_ND: np.ndarray
    x_test_ND: np.ndarray
    said: str
    """One sentence: which data, how many rows, from which folder."""


def load_tops(folder=None):
    """Read the images.

    Args:
        folder: where ``tops-20x20flattened_x_{train,valid,test}.csv`` are, or the same with
            ``.csv.gz``. A sub-folder ``fashion_tops`` that has all three comes first. Without
            ``folder``: ``data/`` beside this file, else ``data/`` one or two folders above.

    Returns:
        Tops. Where only the training file is missing, the validation file's rows are the
        training set, and the test file's rows serve by turns for validation (0, 2, ...) and
        for test (1, 3, ...); ``said`` then says so.

    Raises:
        FileNotFoundError: there is no such folder, or files are missing.
        ValueError: a file cannot be read, or the files do not belong together.
    """
    files = _find(_places(folder))
    valid_bytes = _unpacked(files["valid"])
    valid_ND = _table(valid_bytes, files["valid"])
    test_ND = _table(_unpacked(files["test"]), files["test"])
    if "train" in files:
        tops = (_table(_unpacked(files["train"]), files["train"]), valid_ND, test_ND)
        instead = ""
    else:
        tops = (valid_ND, test_ND[0::2], test_ND[1::2])
        instead = (
            "; the training file is missing, so the validation file was taken for training and "
            "the test file's rows by turns for validation and test"
        )
        if len(test_ND) < 2:
            raise ValueError(
                f"{files['test']} has 1 row; without a training file it must have 2 or more."
            )
    columns = [x_ND.shape[1] for x_ND in tops]
    if len(set(columns)) > 1:
        raise ValueError(
            f"The files in {files['valid'].parent} differ in their number of columns: "
            f"{', '.join(map(str, columns))} for training, validation and test."
        )
    what = KNOWN_VALID_FILES.get(hashlib.sha256(valid_bytes).hexdigest(), "a data set of your own")
    rows = [len(x_ND) for x_ND in tops]
    said = (
        f"Data: {what}, {rows[0]} images for training, {rows[1]} for validation and {rows[2]} "
        f"for test, {columns[0]} pixels each, from {_short(files['valid'].parent)}{instead}."
    )
    return Tops(*tops, said)


def _short(folder):
    """The folder, from where we are if it is below."""
    try:
        return folder.relative_to(Path.cwd())
    except ValueError:
        return folder


def _places(folder):
    """The folders to look in, the first one first."""
    if folder is not None:
        folder = Path(folder)
        if not folder.is_dir():
            raise FileNotFoundError(f"There is no folder {folder}.")
        return [folder]
    here = Path(__file__).resolve().parent
    return [up / "data" for up in (here, here.parent, here.parent.parent)]


def _find(places):
    """The data files of the first place that has them, as a dict by train, valid and test."""
    candidates = []
    for place in places:
        candidates += [_files_in(place / REAL_FOLDER), _files_in(place)]
    for needed in ({"train", "valid", "test"}, {"valid", "test"}):
        for files in candidates:
            if needed <= set(files):
                return files
    raise FileNotFoundError(
        f"{FILE_STEM}{{train,valid,test}}.csv or .csv.gz are not all in "
        f"{' or '.join(map(str, places))}; name the folder that has them."
    )


def _files_in(folder):
    files = {}
    for part in ("train", "valid", "test"):
        for ending in ENDINGS:
            path = folder / f"{FILE_STEM}{part}{ending}"
            if path.is_file():
                files.setdefault(part, path)
    return files


def _unpacked(path):
    """The bytes of the file, decompressed if its name ends in gz."""
    try:
        packed = path.read_bytes()
        return gzip.decompress(packed) if path.suffix == ".gz" else packed
    except (OSError, EOFError, zlib.error) as error:
        raise ValueError(f"{path} cannot be read: {error}.") from None


def _table(text, path):
    """The numbers below the line of column names, (N, D), N and D at least 1."""
    names = text.split(b"\n", 1)[0].split(b",")
    if not text.split(b"\n", 1)[-1].strip() or b"\n" not in text:
        raise ValueError(f"{path} has no rows below the line of column names.")
    try:
        # numpy's reader is as fast as pandas', without the import.
        table_ND = np.loadtxt(io.BytesIO(text), delimiter=",", skiprows=1, comments=None, ndmin=2)
    except ValueError as error:
        reason = str(error).splitlines()[0].rstrip(".")
        raise ValueError(f"{path} is not a table of numbers: {reason}.") from None
    if table_ND.shape[1] != len(names):
        raise ValueError(
            f"{path} has {len(names)} column names and {table_ND.shape[1]} columns of numbers."
        )
    if not np.isfinite(table_ND).all():
        row, column = np.argwhere(~np.isfinite(table_ND))[0]
        raise ValueError(
            f"{path} has {table_ND[row, column]} in row {row}, column {column}; "
            "every pixel must be a finite number."
        )
    return table_ND
