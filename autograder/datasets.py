"""Which data is in ``data/``, and whether it is still what it was.

``data/manifest.json`` says what belongs there; this module reads it and looks.
Nothing here changes, makes or loads data.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
from dataclasses import dataclass, fields
from pathlib import Path

MANIFEST = "manifest.json"
PHOTOGRAPHS = ("china.jpg", "flower.jpg")
PHOTOGRAPH_LICENCE = "CC BY 2.0"


class DataError(ValueError):
    """``data/manifest.json`` cannot be used; the text says why."""


@dataclass(frozen=True)
class DataFile:
    """One file of ``data/`` as the manifest describes it."""

    name: str
    bytes: int
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


def state(file: DataFile, folder: Path) -> str:
    """ "ok", "changed" or "missing". The SHA-256 decides."""
    path = folder / file.name
    if not path.is_file():
        return "missing"
    same = hashlib.sha256(path.read_bytes()).hexdigest() == file.sha256
    return "ok" if same else "changed"


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
    here = photographs()
    for name in PHOTOGRAPHS:
        if name in here:
            size = f"{here[name].stat().st_size:,} bytes"
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
