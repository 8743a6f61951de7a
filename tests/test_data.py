"""The project's own data: drawn again to the same bytes, described truly, listed."""

from __future__ import annotations

import gzip
import hashlib
import importlib.util
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import imageio.v3 as iio
import numpy as np
import pytest

from autograder import datasets

ROOT = Path(__file__).parent.parent
DATA = ROOT / "data"
SPLITS = {"train": 3000, "valid": 1500, "test": 1500}
CATEGORIES = ("top", "pullover", "shirt")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A data folder to spoil."""
    for path in DATA.iterdir():
        if path.is_file():
            shutil.copy(path, tmp_path / path.name)
    return tmp_path


def x_name(split: str) -> str:
    return f"tops-20x20flattened_x_{split}.csv.gz"


@pytest.fixture(scope="module")
def tops_ND() -> dict[str, np.ndarray]:
    """The drawn pictures as an assignment reads them."""
    return {
        split: np.loadtxt(gzip.open(DATA / x_name(split), "rt"), delimiter=",", skiprows=1)
        for split in SPLITS
    }


@pytest.fixture(scope="module")
def drawing() -> ModuleType:
    """make_tops.py as a module."""
    spec = importlib.util.spec_from_file_location("make_tops", DATA / "make_tops.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


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
        content = gzip.decompress(content) if name.endswith(".gz") else content
        assert hashlib.sha256(content).hexdigest() == sha
        assert len(content) == file.bytes


def test_every_data_file_is_described() -> None:
    """Nothing lies in data/ that the manifest does not name, but for what describes or makes it."""
    described = {file.name for file in datasets.manifest(DATA)}
    here = {path.name for path in DATA.iterdir() if path.is_file() and path.name[0] != "."}
    assert here - {"README.md", "manifest.json", "make_fruit.py", "make_tops.py"} == described


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


# The tops


def test_the_script_draws_the_committed_tops(tmp_path: Path) -> None:
    """make_tops.py gives the content of all six files again, and leaves nothing else behind."""
    made = tmp_path / "new" / "folder"
    script = DATA / "make_tops.py"
    subprocess.run([sys.executable, str(script), str(made)], check=True, cwd=tmp_path)
    names = [file.name for file in datasets.manifest(DATA) if file.make.endswith("make_tops.py")]
    assert sorted(path.name for path in made.iterdir()) == sorted(names)
    for name in names:
        assert datasets.content(made / name) == datasets.content(DATA / name), name


def test_the_drawn_tops_have_the_form_of_the_real_ones(tops_ND: dict[str, np.ndarray]) -> None:
    """400 named columns of values in [-1, 1], three significant digits; a third per category."""
    for split, n in SPLITS.items():
        text = gzip.decompress((DATA / x_name(split)).read_bytes()).decode()
        header, *rows = text.splitlines()
        assert header == ",".join(f"pixel{i:03d}" for i in range(400))
        assert len(rows) == n
        assert all(word == f"{float(word):.3g}" for word in set(",".join(rows).split(",")))
        assert tops_ND[split].shape == (n, 400)
        assert np.abs(tops_ND[split]).max() <= 1
        y = (DATA / f"tops-20x20flattened_y_{split}.csv").read_text().splitlines()
        assert y[0] == "category_name,original_file_name,original_file_row_id"
        assert y[1:] == [f"{CATEGORIES[i // (n // 3)]},make_tops.py,{i}" for i in range(n)]


def test_the_drawn_tops_are_small_in_git() -> None:
    """No file of theirs is larger than 2 MB."""
    assert max(path.stat().st_size for path in DATA.glob("tops-*")) < 2e6


def test_no_picture_is_drawn_twice(tops_ND: dict[str, np.ndarray]) -> None:
    """All 6000 pictures differ, so that validation and test say something new."""
    every = np.concatenate(list(tops_ND.values()))
    assert len(np.unique(every, axis=0)) == 6000


def test_batches_and_other_pictures_change_nothing(drawing: ModuleType) -> None:
    """A garment's picture follows from its own measures alone."""
    m = drawing.measures("shirt", 12, drawing.Dice((7, 2), 12))
    together = drawing.draw(m)
    for i in (0, 5, 11):
        alone = drawing.draw({key: value[i : i + 1] for key, value in m.items()})
        assert np.array_equal(alone[0], together[i])


Parameters = tuple[np.ndarray, np.ndarray, np.ndarray]


def fit(x_ND: np.ndarray, K: int, seed: int) -> Parameters:
    """20 EM iterations for a diagonal Gaussian mixture with the course's prior on deviations.

    Mode 25, spread 100, start from rows as in the course: log weights (K,), means and standard
    deviations (K, D).
    """
    random = np.random.RandomState(seed)
    N, D = x_ND.shape
    log_pi_K, mu_KD = np.full(K, -np.log(K)), x_ND[random.choice(N, K, replace=False)]
    stddev_KD = 5 * (1 + random.rand(K, D))
    for _ in range(20):
        joint_NK = joint(x_ND, log_pi_K, mu_KD, stddev_KD)
        r_NK = np.exp(joint_NK - logsumexp(joint_NK)[:, None])
        N_K1 = r_NK.sum(axis=0)[:, None]
        log_pi_K, mu_KD = np.log(N_K1[:, 0] / N), r_NK.T @ x_ND / N_K1
        scatter_KD = np.maximum(r_NK.T @ x_ND**2 - N_K1 * mu_KD**2, 0)
        stddev_KD = np.sqrt((scatter_KD + 1 / 2500) / (N_K1 + 1 / 62500))
    return log_pi_K, mu_KD, stddev_KD


def joint(x_ND: np.ndarray, log_pi_K: np.ndarray, mu: np.ndarray, stddev: np.ndarray) -> np.ndarray:
    """log (weight times density) of every row under every component: (N, K)."""
    w = 1 / stddev**2
    square = x_ND**2 @ w.T - 2 * x_ND @ (mu * w).T + (mu**2 * w).sum(axis=1)
    return log_pi_K - 0.5 * square - np.log(np.sqrt(2 * np.pi) * stddev).sum(axis=1)


def logsumexp(joint_NK: np.ndarray) -> np.ndarray:
    top_N = joint_NK.max(axis=1)
    return top_N + np.log(np.exp(joint_NK - top_N[:, None]).sum(axis=1))


@pytest.fixture(scope="module")
def fits(tops_ND: dict[str, np.ndarray]) -> dict[int, Parameters]:
    """A mixture for each number of components."""
    return {K: fit(tops_ND["train"], K, 1001) for K in (1, 4, 8, 16)}


def test_more_components_describe_new_tops_better(
    tops_ND: dict[str, np.ndarray], fits: dict[int, Parameters]
) -> None:
    """As for real clothing, validation likelihood per pixel rises from K = 1 over 4 and 8 to 16."""
    x_ND = tops_ND["valid"]
    score = {K: logsumexp(joint(x_ND, *fits[K])).sum() / x_ND.size for K in fits}
    assert score[1] + 0.1 < score[4]
    assert score[4] + 0.1 < score[8]
    assert score[8] < score[16]


def test_components_are_sleeves(
    tops_ND: dict[str, np.ndarray], fits: dict[int, Parameters], drawing: ModuleType
) -> None:
    """With K = 8 most garments of a component have one kind of sleeves, and each kind has one."""
    kinds = np.concatenate(
        [
            drawing.measures(category, 1000, drawing.Dice((0, i), 1000))["sleeve"].ravel()
            for i, category in enumerate(CATEGORIES)
        ]
    )
    assert np.bincount(kinds).min() > 500
    component = joint(tops_ND["train"], *fits[8]).argmax(axis=1)
    count = np.array([np.bincount(kinds[component == k], minlength=3) for k in range(8)])
    assert count.max(axis=1).sum() > 0.9 * 3000
    sure = count.max(axis=1) > 0.9 * count.sum(axis=1)
    assert set(count.argmax(axis=1)[sure]) == {drawing.NONE, drawing.SHORT, drawing.LONG}


def test_compressed_data_is_judged_by_its_content(folder: Path) -> None:
    """Compressed another way it is still right; damaged, cut short or altered it is CHANGED."""
    (file,) = [file for file in datasets.manifest(folder) if file.name == x_name("valid")]
    path = folder / file.name
    raw = path.read_bytes()
    content = gzip.decompress(raw)
    assert datasets.state(file, folder) == "ok"
    path.write_bytes(gzip.compress(content, compresslevel=1))
    assert path.read_bytes() != raw
    assert datasets.state(file, folder) == "ok"
    middle = len(raw) // 2
    damaged = raw[:middle] + bytes([raw[middle] ^ 255]) + raw[middle + 1 :]
    for spoiled in (content, raw[:-20], damaged, b"", gzip.compress(content + b"\n", 1)):
        path.write_bytes(spoiled)
        assert datasets.state(file, folder) == "changed"


def test_the_checks_are_sha256_and_gits_id() -> None:
    """Both agree with what sha256sum and git hash-object say of the same content."""
    assert datasets.matches(b"hello\n", "git:ce013625030ba8dba906f756967f9e9ca394464a")
    sha = "sha256:5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03"
    assert datasets.matches(b"hello\n", sha)
    assert not datasets.matches(b"hello", sha)
    assert not datasets.matches(b"hello", "git:ce013625030ba8dba906f756967f9e9ca394464a")


def test_which_files_are_here_and_right(tmp_path: Path) -> None:
    """``here`` names what a folder holds of the tops, with whether its content is known."""
    known = {"a.csv": "sha256:" + hashlib.sha256(b"a").hexdigest(), "b.csv": "git:0", "c.csv": ""}
    (tmp_path / "a.csv").write_bytes(b"a")
    (tmp_path / "b.csv").write_bytes(b"a")
    assert datasets.here(tmp_path, known) == {"a.csv": True, "b.csv": False}
    assert datasets.here(tmp_path / "nowhere", known) == {}


def test_the_real_tops_are_listed_by_what_is_there(tmp_path: Path) -> None:
    """Not fetched, incomplete, changed or right: each has its word, and advice if any is needed."""
    known = {f"{c}.csv": "sha256:" + hashlib.sha256(c.encode()).hexdigest() for c in "ab"}
    advice = "extra: autograder data fetch"
    row = ("fashion_tops/", "", "not fetched", "MIT", advice)
    assert datasets.real_tops(tmp_path, known) == row
    (tmp_path / "a.csv").write_text("a")
    row = ("fashion_tops/", "1 bytes", "INCOMPLETE", "MIT", advice)
    assert datasets.real_tops(tmp_path, known) == row
    (tmp_path / "b.csv").write_text("x")
    assert datasets.real_tops(tmp_path, known)[2::2] == ("CHANGED", advice)
    (tmp_path / "b.csv").write_text("b")
    assert datasets.real_tops(tmp_path, known)[2::2] == ("content ok", "extra: FashionMNIST tops")
    assert any(line.startswith("fashion_tops/") for line in datasets.listing(DATA))


# Photographs


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
    photographs = [line for line in lines if line.startswith(datasets.PHOTOGRAPHS)]
    assert len(photographs) == 2
    for line in photographs:
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
