"""The project's own data: drawn again to the same bytes, described truly, listed."""

from __future__ import annotations

import hashlib
import importlib.util
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import imageio.v3 as iio
import numpy as np
import pytest

from autograder import datasets

ROOT = Path(__file__).parent.parent
DATA = ROOT / "data"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A data folder to spoil."""
    for name in ("manifest.json", "fruit.bmp"):
        shutil.copy(DATA / name, tmp_path / name)
    return tmp_path


def test_the_script_draws_the_committed_bytes(tmp_path: Path) -> None:
    """make_fruit.py gives fruit.bmp byte for byte, and leaves nothing else behind."""
    made = tmp_path / "again.bmp"
    script = DATA / "make_fruit.py"
    subprocess.run([sys.executable, str(script), str(made)], check=True, cwd=tmp_path)
    assert made.read_bytes() == (DATA / "fruit.bmp").read_bytes()
    assert [path.name for path in tmp_path.iterdir()] == ["again.bmp"]


def test_the_picture_is_what_an_assignment_needs() -> None:
    """24-bit colour, at least 256 by 256, with far more colours than it is compressed to."""
    raw = (DATA / "fruit.bmp").read_bytes()
    assert raw[:2] == b"BM"
    assert int.from_bytes(raw[28:30], "little") == 24
    image = iio.imread(DATA / "fruit.bmp")
    assert image.dtype == np.uint8
    assert image.shape[2] == 3
    assert min(image.shape[:2]) >= 256
    assert len(np.unique(image.reshape(-1, 3), axis=0)) > 10_000


def test_the_readme_and_the_manifest_say_the_same_and_it_is_true() -> None:
    """Every file of the manifest is in the README's table with its licence and its SHA-256."""
    table = [
        line
        for line in (DATA / "README.md").read_text(encoding="utf-8").splitlines()
        if line[:3] == "| `"
    ]
    files = datasets.manifest(DATA)
    assert len(table) == len(files)
    for line, file in zip(table, files, strict=True):
        name, _, origin, licence, sha = (cell.strip(" `") for cell in line.strip("|").split("|"))
        assert (name, origin, licence, sha) == (file.name, file.origin, file.licence, file.sha256)
        content = (DATA / name).read_bytes()
        assert hashlib.sha256(content).hexdigest() == sha
        assert len(content) == file.bytes


def test_every_data_file_is_described() -> None:
    """Nothing lies in data/ that the manifest does not name, but for what describes or makes it."""
    described = {file.name for file in datasets.manifest(DATA)}
    here = {path.name for path in DATA.iterdir() if path.is_file() and path.name[0] != "."}
    assert here - {"README.md", "manifest.json", "make_fruit.py"} == described


def test_the_listing_tells_right_from_changed_and_missing(folder: Path) -> None:
    """A file is ok, CHANGED or MISSING, by its SHA-256; what is not ok comes with the command."""
    (line,) = [text for text in datasets.listing(folder) if "fruit.bmp" in text]
    assert re.fullmatch(r"fruit\.bmp +245,814 bytes +sha256 ok +MIT +drawn by this project", line)
    changed = bytearray((folder / "fruit.bmp").read_bytes())
    changed[-1] ^= 1
    (folder / "fruit.bmp").write_bytes(changed)
    (line,) = [text for text in datasets.listing(folder) if "fruit.bmp" in text]
    assert "sha256 CHANGED" in line
    assert "make it again: python data/make_fruit.py" in line
    (folder / "fruit.bmp").unlink()
    (line,) = [text for text in datasets.listing(folder) if "fruit.bmp" in text]
    assert "MISSING" in line
    assert "make it again: python data/make_fruit.py" in line


def test_the_photographs_are_an_extra() -> None:
    """scikit-learn's photographs are listed as installed or with how to get them."""
    lines = [line for line in datasets.listing(DATA) if line.startswith(datasets.PHOTOGRAPHS)]
    assert len(lines) == 2
    for line in lines:
        assert "CC BY 2.0" in line
        assert ("not installed" in line) == (importlib.util.find_spec("sklearn") is None)


def test_without_scikit_learn_the_photographs_are_offered() -> None:
    """Where scikit-learn is not installed, the listing says how to install it."""
    code = (
        "import sys; sys.path[:] = [p for p in sys.path if 'site-packages' not in p]\n"
        f"sys.path.insert(0, {str(ROOT)!r})\n"
        "from pathlib import Path; from autograder import datasets\n"
        f"print('\\n'.join(datasets.listing(Path({str(DATA)!r}))))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    lines = done.stdout.splitlines()
    assert "fruit.bmp" in lines[0]
    for line in lines[1:]:
        assert "not installed" in line
        assert "pip install scikit-learn" in line


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "{}",
        '{"files": 3}',
        '{"files": [3]}',
        '{"files": [{"name": "x"}]}',
        '{"files": [null]}',
    ],
)
def test_a_broken_manifest_is_one_clear_sentence(folder: Path, text: str) -> None:
    """A manifest that cannot be read is a DataError that names the file and the keys."""
    (folder / "manifest.json").write_text(text)
    with pytest.raises(datasets.DataError, match=r"manifest\.json must hold .*sha256") as error:
        datasets.listing(folder)
    assert "\n" not in str(error.value)


def test_wrong_entries_of_a_manifest_are_named(folder: Path) -> None:
    """An unknown key, a missing one and a size that is no number are each told."""
    whole = json.loads((folder / "manifest.json").read_text())
    for change, said in (
        ({"colour": 1}, "missing or unknown: colour"),
        ({"bytes": "many"}, "bytes must be a whole number"),
    ):
        entry = {**whole["files"][0], **change}
        (folder / "manifest.json").write_text(json.dumps({"files": [entry]}))
        with pytest.raises(datasets.DataError, match=said):
            datasets.manifest(folder)
    (folder / "manifest.json").unlink()
    with pytest.raises(datasets.DataError, match="is not there"):
        datasets.manifest(folder)
