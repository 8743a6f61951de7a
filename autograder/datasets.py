"""Which data is in ``data/``, and whether it is still what it was.

``data/manifest.json`` says what belongs there; this module reads it and looks.
Nothing here changes, makes or loads data.
"""

from __future__ import annotations

import gzip
import hashlib
import importlib.util
import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path

MANIFEST = "manifest.json"
PHOTOGRAPHS = ("china.jpg", "flower.jpg")
PHOTOGRAPH_LICENCE = "CC BY 2.0"
REAL_TOPS = "fashion_tops"
"""The folder of the real tops in the data folder."""

TOPS = "tops-20x20flattened"
"""What the names of all files of tops begin with."""

KNOWN_TOPS = {
    f"{TOPS}_{part}.csv": check
    for part, check in (
        ("x_train", "git:877ccbcebce552012dba1746533a3e4958e3c1d7"),
        ("x_valid", "sha256:d43e0917eda7a8a0b50cafa24bd9b70da68d900faddb95ec1d8bd300e11d81ed"),
        ("x_test", "sha256:d3d526cc8c7edb9fb727d7a2d6fca65a97880669c7012876f3d357aa5b41b309"),
        ("y_train", "sha256:d62b7518e94380f11b4fd9487ad969ca86bd05442aa17e53f921c81904a5da3d"),
        ("y_valid", "sha256:16d780f4f48048edb9b5db6cb5494ea895e275da364a2c906762d31866d6d0d1"),
        ("y_test", "sha256:1e226461542232bf5885e7dc4a281452d49005dc6f0de4162e50c7e83154ecb3"),
    )
}
"""The course's real tops and their checks: SHA-256, or the id that git gives to the content."""


class DataError(ValueError):
    """``data/manifest.json`` cannot be used; the text says why."""


@dataclass(frozen=True)
class DataFile:
    """One file of ``data/`` as the manifest describes it."""

    name: str
    bytes: int
    """Of the content: a file whose name ends in .gz is decompressed first, for `sha256` too."""

    sha256: str
    licence: str
    origin: str
    make: str
    """The command that makes the file again."""


def manifest(folder: Path) -> list[DataFile]:
    """What belongs in the data folder. Raises DataError when that cannot be read."""
    path = folder / MANIFEST
    try:
        entries = json.loads(path.read_text(encoding="utf-8"))["files"]
        return [_entry(entry) for entry in entries]
    except FileNotFoundError:
        raise DataError(f"{path} is not there; it lists the data files.") from None
    except (KeyError, TypeError, ValueError) as error:
        keys = ", ".join(f.name for f in fields(DataFile))
        raise DataError(
            f'{path} must hold {{"files": [...]}}, each entry with {keys} ({error}).'
        ) from None


def _entry(entry: dict[str, object]) -> DataFile:
    wrong = sorted(set(entry) ^ {f.name for f in fields(DataFile)})
    if wrong:
        raise ValueError(f"missing or unknown: {', '.join(wrong)}")
    number = entry["bytes"]
    if type(number) is not int:
        raise ValueError("bytes must be a whole number")
    text = {key: str(value) for key, value in entry.items() if key != "bytes"}
    return DataFile(bytes=number, **text)


def content(path: Path) -> bytes:
    """What a file holds, decompressed if its name ends in .gz.

    Releases of zlib compress to different bytes. Raises OSError, EOFError or zlib.error when the
    file is not what its name says.
    """
    raw = path.read_bytes()
    return gzip.decompress(raw) if path.suffix == ".gz" else raw


def state(file: DataFile, folder: Path) -> str:
    """ "ok", "changed" or "missing". The SHA-256 of the content decides."""
    path = folder / file.name
    if not path.is_file():
        return "missing"
    try:
        same = hashlib.sha256(content(path)).hexdigest() == file.sha256
    except (gzip.BadGzipFile, EOFError, zlib.error):
        same = False
    return "ok" if same else "changed"


def matches(content: bytes, check: str) -> bool:
    """Whether ``content`` is what ``check`` says: "sha256:..." or git's id of a file, "git:..."."""
    kind, _, wanted = check.partition(":")
    if kind == "sha256":
        return hashlib.sha256(content).hexdigest() == wanted
    assert kind == "git", check
    blob = b"blob %d\0" % len(content) + content
    return hashlib.sha1(blob, usedforsecurity=False).hexdigest() == wanted


def here(folder: Path, known: Mapping[str, str] = KNOWN_TOPS) -> dict[str, bool]:
    """For each file of the tops that is in ``folder``: whether its content is the known one."""
    return {
        name: matches((folder / name).read_bytes(), check)
        for name, check in known.items()
        if (folder / name).is_file()
    }


def photographs() -> dict[str, Path]:
    """scikit-learn's photographs by name, as far as they are installed."""
    spec = importlib.util.find_spec("sklearn")
    if spec is None or spec.origin is None:
        return {}
    images = Path(spec.origin).parent / "datasets" / "images"
    return {name: images / name for name in PHOTOGRAPHS if (images / name).is_file()}


def listing(folder: Path) -> list[str]:
    """Lines that say which data is in ``folder``, and which extras are installed.

    Name, size, whether the SHA-256 is the manifest's, licence and origin; for a file that is
    missing or changed, the command that makes it. Raises DataError when the manifest is unusable.
    """
    rows = []
    for file in manifest(folder):
        now = state(file, folder)
        size = "" if now == "missing" else f"{(folder / file.name).stat().st_size:,} bytes"
        said = {"ok": "sha256 ok", "changed": "sha256 CHANGED", "missing": "MISSING"}[now]
        origin = file.origin if now == "ok" else f"make it again: {file.make}"
        rows.append((file.name, size, said, file.licence, origin))
    rows.append(real_tops(folder / REAL_TOPS))
    installed = photographs()
    for name in PHOTOGRAPHS:
        if name in installed:
            size = f"{installed[name].stat().st_size:,} bytes"
            rows.append((name, size, "installed", PHOTOGRAPH_LICENCE, "extra, from scikit-learn"))
        else:
            advice = "extra: pip install scikit-learn"
            rows.append((name, "", "not installed", PHOTOGRAPH_LICENCE, advice))
    widths = [max(len(row[i]) for row in rows) for i in range(4)]
    return [
        "  ".join(
            [
                row[0].ljust(widths[0]),
                row[1].rjust(widths[1]),
                row[2].ljust(widths[2]),
                row[3].ljust(widths[3]),
                row[4],
            ]
        )
        for row in rows
    ]


def real_tops(
    folder: Path, known: Mapping[str, str] = KNOWN_TOPS
) -> tuple[str, str, str, str, str]:
    """The listing's row of the real tops: there, incomplete, changed, or how to get them."""
    right = here(folder, known)
    if not right:
        said = "not fetched"
    elif not all(right.values()):
        said = "CHANGED"
    else:
        said = "content ok" if len(right) == len(known) else "INCOMPLETE"
    advice = "extra: FashionMNIST tops" if said == "content ok" else "extra: autograder data fetch"
    size = sum((folder / name).stat().st_size for name in right)
    return f"{REAL_TOPS}/", f"{size:,} bytes" if right else "", said, "MIT", advice
