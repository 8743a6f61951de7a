"""From idx files to the tops: reading, selecting, resampling, writing."""

from __future__ import annotations

import csv
import gzip
import os
from pathlib import Path

import numpy as np
import pytest

from autograder import datasets, tops

REAL = os.environ.get("AUTOGRADER_REAL_TOPS", "")
SPLITS = {
    "train": tops.Split("train", 0, 3),
    "valid": tops.Split("train", 5, 2),
    "test": tops.Split("t10k", 0, 2),
}


def idx(array: np.ndarray) -> bytes:
    """The idx file of an array of bytes."""
    head = bytes([0, 0, 8, array.ndim]) + b"".join(n.to_bytes(4, "big") for n in array.shape)
    return head + array.astype(np.uint8).tobytes()


def shirts(rng: np.random.Generator, n: int, dark: float = 0.3) -> np.ndarray:
    """Drawn pictures (n, 28, 28): a bright body on black; some bodies are too dark to be kept."""
    images = rng.integers(0, 4, size=(n, 28, 28))
    body = np.where(rng.random(n) < dark, 40, 180)
    images[:, 3:26, 8:20] = body[:, None, None] + rng.integers(0, 60, size=(n, 23, 12))
    return images.astype(np.uint8)


def write_originals(folder: Path) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Four small idx files of drawn pictures with Fashion-MNIST's names."""
    made = {}
    for seed, original in enumerate(tops.ORIGINALS):
        rng = np.random.default_rng(seed)
        images, labels = shirts(rng, 200), rng.integers(0, 10, size=200).astype(np.uint8)
        (folder / tops.images_name(original)).write_bytes(gzip.compress(idx(images)))
        (folder / tops.labels_name(original)).write_bytes(gzip.compress(idx(labels)))
        made[original] = (images, labels)
    return made


# Reading


@pytest.mark.parametrize("pack", [bytes, gzip.compress], ids=["plain", "gzip"])
@pytest.mark.parametrize("shape", [(5, 28, 28), (7,), (0, 28, 28), (3, 2, 4)])
def test_an_idx_file_is_read_as_it_was_written(tmp_path: Path, shape: tuple, pack) -> None:
    """Values, shape and type survive, compressed or not, whatever the file is called."""
    array = np.random.default_rng(0).integers(0, 256, size=shape).astype(np.uint8)
    path = tmp_path / "anything"
    path.write_bytes(pack(idx(array)))
    read = tops.read_idx(path, shape[1:])
    assert read.dtype == np.uint8
    assert read.shape == shape
    assert np.array_equal(read, array)


GOOD = idx(np.arange(24).reshape(2, 3, 4))


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "no idx file"),
        (b"\0\0\x08", "no idx file"),
        (b"<html>" + GOOD, "no idx file"),
        (b"\0\0\x0d" + GOOD[3:], "type of its values is 0x0d"),
        (b"\0\0\x08\x02" + GOOD[4:], "2 dimensions; 3 are wanted"),
        (GOOD[:13], "ends within its header"),
        (GOOD[:8] + b"\0\0\0\5" + GOOD[12:], r"shape \(5, 4\); \(3, 4\) is wanted"),
        (GOOD[:-1], "promises 24 values and 23 follow"),
        (GOOD + b"\0", "promises 24 values and 25 follow"),
        (GOOD[:4] + b"\xff\xff\xff\xff" + GOOD[8:], "promises 51,539,607,540 values"),
        (gzip.compress(GOOD)[:-9], "cut short or damaged"),
        (gzip.compress(GOOD)[:-5] + b"12345", "cut short or damaged"),
        (b"\x1f\x8b" + b"x" * 30, "cut short or damaged"),
        (gzip.compress(GOOD, mtime=0)[:10] + b"\xff" * 20, "cut short or damaged"),
    ],
)
def test_a_malformed_idx_file_is_one_clear_sentence(
    tmp_path: Path, content: bytes, said: str
) -> None:
    """The sentence names the file and what is wrong with it."""
    path = tmp_path / "images.gz"
    path.write_bytes(content)
    with pytest.raises(tops.TopsError, match=said) as error:
        tops.read_idx(path, (3, 4))
    assert str(error.value).startswith(str(path))
    assert "\n" not in str(error.value)


def test_pictures_and_labels_belong_together(tmp_path: Path) -> None:
    """Their numbers agree, and a label is 0 to 9."""
    made = write_originals(tmp_path)
    images, labels = tops.read_originals(tmp_path, "t10k")
    assert np.array_equal(images, made["t10k"][0])
    assert np.array_equal(labels, made["t10k"][1])
    place = tmp_path / tops.labels_name("t10k")
    place.write_bytes(idx(labels[:-1]))
    with pytest.raises(tops.TopsError, match="t10k has 200 pictures and 199 labels"):
        tops.read_originals(tmp_path, "t10k")
    place.write_bytes(idx(np.append(labels[:-1], 10)))
    with pytest.raises(tops.TopsError, match="a label is 10"):
        tops.read_originals(tmp_path, "t10k")


# Selecting


def test_grey_levels_become_float32_from_minus_one_to_one() -> None:
    """0 is -1, 255 is 1, and steps are even."""
    values = tops.scaled(np.arange(256, dtype=np.uint8))
    assert values.dtype == np.float32
    np.testing.assert_allclose(values, np.linspace(-1, 1, 256), atol=1e-7)
    assert (values[0], values[255]) == (-1, 1)


@pytest.mark.parametrize(("step", "keep"), [(96, True), (95, False), (-200, False), (0, False)])
def test_a_picture_is_kept_when_its_middle_is_brighter_than_its_left_edge(
    step: int, keep: bool
) -> None:
    """By more than 0.75, which is 95.6 grey levels; only columns 12 to 15, 0 and 1 count."""
    image = np.full((1, 28, 28), 20, dtype=np.int64)
    image[:, :, 12:16] = max(20 + step, 0)
    image[:, :, 0:2] = 20 + max(-step, 0)
    image[:, :, 2:12] = 255 if not keep else 0
    image[:, :, 16:] = 255 if not keep else 0
    assert tops.kept(tops.scaled(image.astype(np.uint8))).tolist() == [keep]


def test_the_rule_compares_60th_percentiles() -> None:
    """It agrees with percentiles by sorting and linear interpolation, on pictures near the rule."""
    rng = np.random.default_rng(1)
    images = rng.integers(0, 256, size=(400, 28, 28))
    images[:, :, :2] //= rng.integers(2, 6, size=(400, 1, 1))
    images = images.astype(np.uint8)

    def percentile(values: list[int]) -> float:
        values = sorted(values)
        at = 0.6 * (len(values) - 1)
        low = int(at)
        return values[low] + (at - low) * (values[min(low + 1, len(values) - 1)] - values[low])

    wanted = [
        percentile([int(v) for row in image for v in row[12:16]])
        - percentile([int(v) for row in image for v in row[:2]])
        > 0.75 * 127.5
        for image in images
    ]
    assert 100 < sum(wanted) < 300
    assert tops.kept(tops.scaled(images)).tolist() == wanted


def test_rows_are_taken_in_order_after_those_passed_over() -> None:
    """``skip`` counts pictures of the category, kept or not; ``count`` those that are kept."""
    rng = np.random.default_rng(2)
    images, labels = shirts(rng, 300), rng.integers(0, 3, size=300).astype(np.uint8)
    those = [row for row in range(300) if labels[row] == 2]
    good = [row for row in those[20:] if images[row, 10, 14] > 150]
    rows = tops.selected(images, labels, 2, tops.Split("train", 20, 25))
    assert rows.tolist() == good[:25]
    assert len(good) > 25
    everything = tops.selected(images, labels, 2, tops.Split("train", 20, len(good)))
    assert everything.tolist() == good


@pytest.mark.parametrize("skip", [0, 1000])
def test_too_few_pictures_are_told(skip: int) -> None:
    """A category that runs out is an error that says how many there are and how many it takes."""
    images, labels = shirts(np.random.default_rng(3), 50), np.zeros(50, np.uint8)
    with pytest.raises(tops.TopsError, match=rf"t10k: only \d+ .* first {skip}; 51 are wanted"):
        tops.selected(images, labels, 0, tops.Split("t10k", skip, 51))


# Resampling


def spline_matrix(n: int, m: int) -> np.ndarray:
    """(m, n): values at m even points from values at n, by the cubic spline without end knots.

    Unknown are four coefficients on each of n - 1 intervals. The spline goes through the values,
    its first two derivatives are continuous, and at the second and last but one point the third
    is too ("not a knot").
    """
    h = 1 / (n - 1)
    system, values = np.zeros((4 * (n - 1), 4 * (n - 1))), np.zeros((4 * (n - 1), n))
    row = 0
    for i in range(n - 1):
        a = slice(4 * i, 4 * i + 4)
        system[row, a], values[row, i] = [1, 0, 0, 0], 1
        system[row + 1, a], values[row + 1, i + 1] = [1, h, h**2, h**3], 1
        row += 2
    derivatives = ([0, 1, 2 * h, 3 * h**2], [0, 0, 2, 6 * h], [0, 0, 0, 6])
    starts = ([0, 1, 0, 0], [0, 0, 2, 0], [0, 0, 0, 6])
    for i in range(1, n - 1):
        orders = (0, 1, 2) if i in (1, n - 2) else (0, 1)
        for k in orders:
            system[row, 4 * i - 4 : 4 * i] = derivatives[k]
            system[row, 4 * i : 4 * i + 4] = np.negative(starts[k])
            row += 1
    assert row == len(system)
    coefficients = np.linalg.solve(system, values).reshape(n - 1, 4, n)
    result = np.zeros((m, n))
    for j, t in enumerate(np.linspace(0, 1, m)):
        i = min(int(t / h), n - 2)
        result[j] = (t - i * h) ** np.arange(4) @ coefficients[i]
    return result


def test_resampling_is_the_bicubic_spline_through_all_values() -> None:
    """It agrees with splines along rows, then columns, each solved as one linear system."""
    matrix = spline_matrix(28, 20)
    rng = np.random.default_rng(4)
    pictures = np.concatenate([shirts(rng, 5), rng.integers(0, 256, (5, 28, 28)).astype(np.uint8)])
    for image in tops.scaled(pictures):
        small = tops.resample(image)
        assert small.shape == (20, 20)
        assert small.dtype == np.float64
        np.testing.assert_allclose(small, matrix @ image @ matrix.T, atol=1e-12)


def test_corners_stay_and_edges_swing() -> None:
    """Both grids reach the corners; beside an edge the spline leaves [-1, 1]; rows stay rows."""
    image = np.full((28, 28), -1, dtype=np.float32)
    image[10:, :] = 1
    image[0, 27] = 0.5
    small = tops.resample(image)
    assert [small[0, 0], small[0, 19], small[19, 0]] == pytest.approx([-1, 0.5, 1])
    assert small.min() < -1.02
    assert small.max() > 1.005
    assert small[2, 5] < 0 < small[15, 5]


# Writing


def test_values_have_three_significant_digits() -> None:
    """As printf's %.3g, comma separated, a column name for each pixel, a line feed at the end."""
    rows = np.array([[-1, 0.12345, -0.99999, 1.0449], [1e-5, -0.000123456, 0, 12.5]])
    assert tops.x_file(rows).decode() == (
        "pixel000,pixel001,pixel002,pixel003\n-1,0.123,-1,1.04\n1e-05,-0.000123,0,12.5\n"
    )


def test_the_six_files_follow_the_rule_end_to_end(tmp_path: Path) -> None:
    """Categories in order, row ids of kept pictures, each row the resampled picture of its id."""
    made = write_originals(tmp_path)
    done = []
    files = dict(tops.make(tmp_path, SPLITS, done.append))
    assert sorted(files) == sorted(datasets.KNOWN_TOPS)
    assert sum(done) == 3 * (3 + 2 + 2)
    for name, split in SPLITS.items():
        images, labels = made[split.original]
        y = list(csv.DictReader(files[f"{datasets.TOPS}_y_{name}.csv"].decode().splitlines()))
        x = files[f"{datasets.TOPS}_x_{name}.csv"].decode().splitlines()[1:]
        assert [row["category_name"] for row in y] == [
            category for category in ("top", "pullover", "shirt") for _ in range(split.count)
        ]
        assert {row["original_file_name"] for row in y} == {split.original}
        ids = []
        for label in (0, 2, 6):
            those = np.flatnonzero(labels == label)[split.skip :]
            ids += [int(row) for row in those if images[row, 10, 14] > 150][: split.count]
        assert [int(row["original_file_row_id"]) for row in y] == ids
        for line, row in zip(x, ids, strict=True):
            small = tops.resample(tops.scaled(images[row])).ravel()
            assert line == ",".join(f"{value:.3g}" for value in small)


# The real files


@pytest.mark.skipif(not REAL, reason="AUTOGRADER_REAL_TOPS names no folder")
def test_the_real_files_follow_the_rule() -> None:
    """What is there of the real tops and labels agrees with KNOWN, CATEGORIES and SPLITS."""
    here = {path.name: path for path in Path(REAL).rglob("*") if path.is_file()}
    seen = [name for name in datasets.KNOWN_TOPS if name in here]
    assert seen
    for name in seen:
        assert datasets.matches(here[name].read_bytes(), datasets.KNOWN_TOPS[name]), name
    for name, split in tops.SPLITS.items():
        y, labels = f"{datasets.TOPS}_y_{name}.csv", tops.labels_name(split.original)
        if y not in here or labels not in here:
            continue
        label_N = tops.read_idx(here[labels], ())
        rows = list(csv.DictReader(here[y].read_text().splitlines()))
        assert [row["category_name"] for row in rows] == [
            category for category in tops.CATEGORIES for _ in range(split.count)
        ]
        assert {row["original_file_name"] for row in rows} == {split.original}
        for category, label in tops.CATEGORIES.items():
            ids = [int(r["original_file_row_id"]) for r in rows if r["category_name"] == category]
            assert ids == sorted(set(ids))
            assert set(label_N[ids]) == {label}
            assert ids[0] >= np.flatnonzero(label_N == label)[split.skip]
        x = f"{datasets.TOPS}_x_{name}.csv"
        if x in here:
            x_ND = np.loadtxt(here[x], delimiter=",", skiprows=1)
            assert x_ND.shape == (3 * split.count, 400)
            # Corners are pixels of the original, so they are grey levels.
            levels = {float(f"{2 * v / 255 - 1:.3g}") for v in range(256)}
            assert set(x_ND[:, [0, 19, 380, 399]].ravel().tolist()) <= levels
