"""Draw the tops: 6000 small pictures of shirts, the same bytes every time.

    python data/make_tops.py [FOLDER]

Writes ``tops-20x20flattened_x_{train,valid,test}.csv.gz`` and the ``y_`` files
into FOLDER (default: beside this script), in the format of the real tops that
``autograder data fetch`` gets: a row a picture, 20 x 20 pixels in [-1, 1].

A garment is an outline: a body whose half width is piecewise linear from
shoulder to hem, two sleeves that bend at the elbow, a neck. Its grey comes
from cloth, folds, stripes, prints and light. Every picture draws its own
measures. All is computed on ``SAMPLES`` x ``SAMPLES`` points per pixel and
averaged, which smooths the edges; then comes noise, then rounding to
``LEVELS`` + 1 greys, which keeps the files small and hides the last bits in
which machines differ. Only + - * / and square roots are used, and random
numbers come from PCG64's raw stream, which NumPy keeps stable.

Lengths are in parts of the picture's side: x from its middle, y from its top.
Greys run from 0 (black, the background) to 1. What is one number for each of
n pictures has the shape (n, 1, 1); what differs from point to point has
(n, S, S), S = SIDE * SAMPLES, or what broadcasts to that.

Written for this project; MIT licence.
"""

from __future__ import annotations

import gzip
import io
import os
import sys
from itertools import pairwise
from pathlib import Path

import numpy as np

SIDE, SAMPLES, LEVELS = 20, 4, 100
SPLITS = {"train": 1000, "valid": 500, "test": 500}  # pictures of each category
CATEGORIES = ("top", "pullover", "shirt")
BATCH = 8  # pictures drawn at once: few enough that their points stay in the cache
NAME = "tops-20x20flattened"
NONE, SHORT, LONG = 0, 1, 2  # sleeves
ROUND, DEEP, VEE, HIGH, SHIRT = 0, 1, 2, 3, 4  # necks
LATTICE = 12  # an all-over pattern has so many patches in each direction

Measures = dict[str, np.ndarray]


class Dice:
    """Random numbers for ``n`` pictures; each throw has a stream of its own."""

    def __init__(self, seed: tuple[int, int], n: int) -> None:
        self.seed, self.n, self.throws = seed, n, 0

    def raw(self, *shape: int) -> np.ndarray:
        """Uniform on [0, 1): (n, *shape)."""
        self.throws += 1
        bits = np.random.PCG64(np.random.SeedSequence((*self.seed, self.throws)))
        raw = bits.random_raw(self.n * int(np.prod(shape)))
        return (raw >> np.uint64(11)).reshape(self.n, *shape) / 2.0**53

    def between(self, low: np.ndarray | float, high: np.ndarray | float) -> np.ndarray:
        return low + (high - low) * self.raw(1, 1)

    def chance(self, share: np.ndarray | float) -> np.ndarray:
        return self.raw(1, 1) < share

    def choice(self, shares: tuple[float, ...]) -> np.ndarray:
        """0, 1, ... with the given shares, which sum to 1."""
        return (self.raw(1, 1) >= np.cumsum(shares)[:-1]).sum(axis=2, keepdims=True)


def smooth(low: np.ndarray | float, high: np.ndarray | float, t: np.ndarray) -> np.ndarray:
    """0 below ``low``, 1 above ``high`` (or the reverse), smooth between."""
    t = np.clip((t - low) / (high - low), 0.0, 1.0)
    return t * t * (3 - 2 * t)


def wave(t: np.ndarray) -> np.ndarray:
    """Nearly sin(2 pi t), from parabolas."""
    s = t - np.floor(t) - 0.5
    return 16 * s * (np.abs(s) - 0.5)


def polyline(y: np.ndarray, *knots: tuple[np.ndarray, np.ndarray]) -> np.ndarray:
    """The piecewise linear function of y through ``knots`` (y, value), constant beyond them."""
    value = knots[0][1] + np.zeros_like(y)
    for (y0, w0), (y1, w1) in pairwise(knots):
        value = value + (w1 - w0) * np.clip((y - y0) / (y1 - y0), 0.0, 1.0)
    return value


# What a garment measures ------------------------------------------------------

SLEEVES = {"top": (0.38, 0.56, 0.06), "pullover": (0.04, 0.02, 0.94), "shirt": (0.18, 0.24, 0.58)}
NECKS = {
    "top": (0.62, 0.14, 0.24, 0.0, 0.0),
    "pullover": (0.60, 0.0, 0.16, 0.24, 0.0),
    "shirt": (0.18, 0.0, 0.12, 0.0, 0.70),
}


def measures(category: str, n: int, dice: Dice) -> Measures:
    """Everything that is random about ``n`` garments but the grain of the picture."""
    m: Measures = {}
    m["sleeve"] = dice.choice(SLEEVES[category])
    m["neck"] = dice.choice(NECKS[category])
    none, short, long = (m["sleeve"] == kind for kind in (NONE, SHORT, LONG))
    tank = none & dice.chance(0.6)  # straps, and armholes cut into the body
    m["neck"] = np.where(tank & (m["neck"] == ROUND), DEEP, m["neck"])
    m["neck"] = np.where(none & (m["neck"] == HIGH), ROUND, m["neck"])

    def by_sleeve(*ranges: tuple[float, float]) -> np.ndarray:
        return np.where(
            short,
            dice.between(*ranges[SHORT]),
            np.where(long, dice.between(*ranges[LONG]), dice.between(*ranges[NONE])),
        )

    # Place: most garments fill the picture's height, as on a shop's photograph.
    m["middle"] = dice.between(-0.012, 0.012)
    m["tilt"] = dice.between(-0.02, 0.02)
    m["wide"] = dice.between(1.06, 1.30)
    m["top"] = dice.between(0.0, 0.04) + 0.07 * (m["neck"] == HIGH) + 0.02 * (m["neck"] == SHIRT)
    m["bottom"] = dice.between(0.94, 1.01) - dice.chance(0.12) * dice.between(0.04, 0.16)
    # Body.
    m["neck_half"] = dice.between(0.075, 0.115) + 0.03 * (m["neck"] == DEEP)
    shoulder = by_sleeve((0.17, 0.20), (0.20, 0.25), (0.18, 0.23))
    m["shoulder"] = np.where(tank, m["neck_half"] + dice.between(0.035, 0.075), shoulder)
    m["drop"] = m["top"] + np.where(tank, dice.between(0.0, 0.02), dice.between(0.035, 0.075))
    m["armpit"] = m["drop"] + by_sleeve((0.22, 0.30), (0.18, 0.24), (0.19, 0.26))
    m["chest"] = by_sleeve((0.175, 0.215), (0.195, 0.255), (0.175, 0.225))
    m["waist"] = m["chest"] * dice.between(0.86, 1.03)
    m["hem"] = m["chest"] * dice.between(0.95, 1.16)
    m["armhole"] = np.where(tank, dice.between(0.01, 0.035), 0.0)
    m["tail"] = np.where(dice.chance(0.5 if category == "shirt" else 0.12), 1.0, 0.0)
    m["tail"] = m["tail"] * dice.between(0.3, 1.2)
    # Sleeves: shoulder, elbow, wrist; a short one ends before the elbow.
    m["reach"] = np.where(
        short, dice.between(0.21, 0.28), np.where(long, dice.between(0.28, 0.36), 0.0)
    )
    m["slope"] = np.where(short, dice.between(0.55, 1.15), dice.between(0.20, 0.46))
    three_quarter = dice.chance(0.08)
    m["forearm"] = np.where(
        long, np.where(three_quarter, dice.between(0.08, 0.2), dice.between(0.36, 0.52)), 0.0
    )
    m["bend"] = dice.between(0.02, 0.20)
    m["arm_r0"] = np.where(short, dice.between(0.085, 0.115), dice.between(0.075, 0.095))
    m["arm_r1"] = np.where(short, dice.between(0.075, 0.105), dice.between(0.055, 0.075))
    m["arm_r2"] = dice.between(0.036, 0.058)
    m["uneven"] = dice.between(-0.03, 0.03)
    # Neck.
    m["depth"] = np.where(
        m["neck"] == DEEP,
        dice.between(0.15, 0.26),
        np.where(m["neck"] == VEE, dice.between(0.12, 0.24), dice.between(0.035, 0.10)),
    )
    m["depth"] = np.where(m["neck"] == SHIRT, dice.between(0.06, 0.13), m["depth"])
    m["inside"] = dice.between(0.25, 0.75)
    m["collar"] = dice.between(0.82, 1.22)
    m["stand"] = dice.between(0.03, 0.065)
    m["placket"] = (m["neck"] == SHIRT) & dice.chance(0.85)
    m["placket_end"] = np.where(dice.chance(0.25), dice.between(0.3, 0.5), 2.0)
    m["open"] = dice.chance(0.07) & m["placket"]  # a jacket's darker middle
    # Cloth.
    kind = dice.choice((0.42, 0.42, 0.16))
    m["tone"] = np.where(
        kind == 0,
        dice.between(0.88, 1.04),
        np.where(kind == 1, dice.between(0.64, 0.88), dice.between(0.38, 0.64)),
    )
    m["fold"] = dice.between(0.01, 0.10)
    m["fold_rate"] = dice.between(2.5, 7.0)
    m["fold_lean"] = dice.between(-1.6, 1.6)
    m["fold_start"] = dice.between(0.0, 1.0)
    m["crease"] = dice.between(0.0, 0.05)
    m["crease_rate"] = dice.between(2.0, 6.0)
    m["light"] = dice.between(-0.25, 0.25)
    m["rim"] = dice.between(0.02, 0.30)
    m["rib"] = np.where(dice.chance(0.5), dice.between(0.75, 1.12), 1.0)
    m["other_arm"] = np.where(dice.chance(0.08), dice.between(0.45, 1.5), 1.0)
    m["arm_tone"] = m["other_arm"] * dice.between(0.88, 1.04)
    m["seam"] = dice.between(0.35, 0.85)
    # Stripes: none, across, along, both ways; a block of another tone on top.
    stripes = dice.choice((0.83, 0.09, 0.03, 0.05))
    strength = dice.between(0.2, 0.75)
    m["across"] = np.where((stripes == 1) | (stripes == 3), strength, 0.0)
    m["along"] = np.where((stripes == 2) | (stripes == 3), 0.8 * strength, 0.0)
    m["stripe_rate"] = np.where(
        stripes == 3, dice.between(5.0, 9.0), dice.between(3.5, 9.5)
    ) * np.where(dice.chance(0.25), 0.6, 1.0)
    m["stripe_start"] = dice.between(0.0, 1.0)
    m["stripe_share"] = dice.between(-0.5, 0.5)
    m["block"] = np.where(dice.chance(0.05), dice.between(0.35, 1.5), 1.0)
    m["block_y"] = dice.between(0.3, 0.6)
    # Print on the chest, and patches all over.
    m["print"] = np.where(
        dice.chance({"top": 0.34, "pullover": 0.16, "shirt": 0.02}[category]),
        dice.between(0.3, 0.85),
        0.0,
    )
    m["print_w"] = dice.between(0.05, 0.15)
    m["print_h"] = dice.between(0.03, 0.16)
    m["print_y"] = m["top"] + dice.between(0.26, 0.42)
    m["print_round"] = dice.chance(0.5)
    m["patches"] = np.where(
        dice.chance({"top": 0.09, "pullover": 0.06, "shirt": 0.10}[category]),
        dice.between(0.25, 0.8),
        0.0,
    )
    m["lattice"] = dice.raw(LATTICE, LATTICE)
    # The camera's noise, on cloth and around it.
    m["grain"] = dice.between(0.006, 0.026)
    return m


# From measures to pictures ----------------------------------------------------


Point = tuple[np.ndarray, np.ndarray]


def limb(
    ax: np.ndarray, y: np.ndarray, start: Point, end: Point, r0: np.ndarray, r1: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """A tapering piece of sleeve: where along it (0 to 1 inside) and how far from its axis."""
    dx, dy = end[0] - start[0], end[1] - start[1]
    length2 = dx * dx + dy * dy + 1e-12
    px, py = ax - start[0], y - start[1]
    t = (px * dx + py * dy) / length2
    across = np.abs(px * dy - py * dx) / np.sqrt(length2)
    return t, across / (r0 + (r1 - r0) * np.clip(t, 0.0, 1.0))


def draw(m: Measures) -> np.ndarray:
    """The pictures without noise: (n, SIDE, SIDE), greys from 0 to 1."""
    grid = (np.arange(SIDE * SAMPLES) + 0.5) / (SIDE * SAMPLES)
    y = grid[None, :, None]
    x = (grid[None, None, :] - 0.5 - m["middle"] - m["tilt"] * (y - 0.5)) / m["wide"]
    ax = np.abs(x)
    top, drop, armpit, bottom = m["top"], m["drop"], m["armpit"], m["bottom"]

    # The body, and how near its edge a point is.
    waist_y = armpit + 0.45 * (bottom - armpit)
    between = 0.5 * (drop + armpit)
    half = polyline(
        y,
        (top, m["neck_half"]),
        (drop, m["shoulder"]),
        (between, 0.5 * (m["shoulder"] + m["chest"]) - 0.02 - m["armhole"]),
        (armpit, m["chest"]),
        (waist_y, m["waist"]),
        (bottom, m["hem"]),
    )
    body = (ax < half) & (y > top) & (y < bottom - m["tail"] * ax * ax)
    near = ax / half

    # The sleeves hang from a point inside the shoulder.
    slope, bend = m["slope"], m["bend"]
    unit = np.sqrt(1 + slope * slope)
    length = m["reach"] * (1 + m["uneven"] * np.where(x > 0, 1.0, -1.0))
    r0, r1, r2 = m["arm_r0"], m["arm_r1"], m["arm_r2"]
    start = (m["shoulder"] - 0.75 * r0, drop + 0.72 * r0)
    elbow = (start[0] + length * slope / unit, start[1] + length / unit)
    t1, a1 = limb(ax, y, start, elbow, r0, r1)
    is_long = m["sleeve"] == LONG
    unit = np.sqrt(1 + bend * bend)
    wrist = (elbow[0] + m["forearm"] * bend / unit, elbow[1] + m["forearm"] / unit)
    t2, a2 = limb(ax, y, elbow, wrist, r1, r2)
    ex, ey = ax - elbow[0], y - elbow[1]
    upper = (t1 > 0) & (t1 < 1) & (a1 < 1)
    lower = (t2 > 0) & (t2 < 1) & (a2 < 1)
    joint = ex * ex + ey * ey < r1 * r1
    ox, oy = ax - start[0], y - start[1]
    shoulder = ox * ox + oy * oy < r0 * r0
    arm = (m["sleeve"] != NONE) & (upper | shoulder | (is_long & (lower | joint)))
    arm_only = arm & ~(body & (ax < half - 0.012))
    cuff = np.where(is_long, t2 > 0.86, t1 > 0.86) & arm_only
    a = np.where(is_long & (t1 > 1), a2, a1)

    # Cloth: folds run down from the chest, creases across the sleeves, light from one side.
    down = np.clip((y - top) / (bottom - top), 0.0, 1.0)
    lean = x * m["fold_rate"] + m["fold_lean"] * y * down + m["fold_start"]
    cloth = 1 + m["fold"] * wave(lean) * (0.3 + 0.7 * down)
    cloth = cloth + m["crease"] * wave(y * m["crease_rate"] + 2 * ax + m["fold_start"])
    cloth = cloth * (1 + m["light"] * x)
    shade = 1 - m["rim"] * smooth(0.62, 1.05, np.where(arm_only, np.minimum(a, 1.0), near))
    grey = m["tone"] * cloth * shade * np.where(arm_only, m["arm_tone"], 1.0)
    rib = (y > bottom - 0.06) & ~arm_only | cuff
    grey = grey * np.where(rib, m["rib"], 1.0)
    # The seam: cloth is darker where a sleeve meets or hangs beside the body.
    seam = arm & (np.abs(ax - half) < 0.02) & (y > drop + 0.03)
    grey = grey * np.where(seam, m["seam"], 1.0)

    def stripe(t: np.ndarray) -> np.ndarray:
        return np.clip(4 * (wave(t) + m["stripe_share"]), -1.0, 1.0)

    # Stripes of a sleeve follow its slope, a little.
    level = y - np.where(arm_only, 0.25 * (ax - half), 0.0)
    dark = 1 + stripe(level * m["stripe_rate"] + m["stripe_start"])
    grey = grey * (1 - 0.5 * m["across"] * dark)
    grey = grey * (1 - 0.5 * m["along"] * (1 + stripe(x * m["stripe_rate"] + 0.25)))
    grey = grey * np.where(y < m["block_y"], m["block"], 1.0)

    # Patches all over, and the same patches, smaller, as a print on the chest.
    pick = np.arange(len(top))[:, None, None]

    def patch(px: np.ndarray, py: np.ndarray) -> np.ndarray:
        return m["lattice"][pick, py.astype(int) % LATTICE, px.astype(int) % LATTICE]

    spots = patch((x + 1) * LATTICE, y * LATTICE)
    grey = grey * (1 - m["patches"] * smooth(0.35, 0.75, spots))
    u, v = x / m["print_w"], (y - m["print_y"]) / m["print_h"]
    inside = np.where(m["print_round"], u * u + v * v < 1, (np.abs(u) < 1) & (np.abs(v) < 1))
    ink = patch((x + 1) * 1.6 * LATTICE, y * 1.6 * LATTICE)
    grey = grey * (1 - m["print"] * inside * smooth(0.15, 0.75, ink))

    # The neck: an opening with the inside of the back in it, and what a collar adds.
    kind = m["neck"]
    n = ax / m["neck_half"]
    v = (y - top) / m["depth"]
    pointed = (kind == VEE) | (kind == SHIRT)
    opening = np.where(pointed, n + v < 1, n * n + v * v < 1)
    back = 0.022 * (1 - n * n)
    hole = opening & (kind != HIGH) & (y > top)
    band = ~hole & (n < 1.5) & np.where(pointed, n + v < 1.35, n * n + v * v < 1.6)
    grey = grey * np.where(band & body, m["collar"], 1.0)
    grey = np.where(hole, m["tone"] * m["inside"] * (1 - 0.3 * n), grey)
    bare = hole & np.where(kind == DEEP, True, y - top < back)
    rise = (top - y) / m["stand"]
    rolled = (kind == HIGH) & (n < 0.95) & (rise < 1)
    folded = (kind == SHIRT) & (n < 1) & (rise < 0.45 + 0.55 * n)
    stand = (y <= top + 0.02) & (rolled | folded)
    wings = np.where((kind == SHIRT) & (n < 0.6), m["inside"], m["collar"] * (1 - 0.25 * n * n))
    grey = np.where(stand, m["tone"] * wings, grey)

    # The row of buttons.
    front = m["placket"] & body & ~hole & (y > top + m["depth"]) & (y < m["placket_end"])
    line = front & (np.abs(x - 0.018) < 0.011)
    button = front & (ax < 0.012) & (np.abs(wave(4.5 * y)) < 0.35)
    grey = grey * np.where(line, 0.72, 1.0) * np.where(button, 0.5, 1.0)
    grey = grey * np.where(m["open"] & front & (ax < 0.03 + 0.05 * down), 0.35, 1.0)

    covered = (body & ~bare) | (arm & ~hole) | stand
    grey = np.where(covered, np.clip(grey, 0.03, 1.0), 0.0)
    return grey.reshape(-1, SIDE, SAMPLES, SIDE, SAMPLES).mean(axis=(2, 4))


def pictures(split: str) -> np.ndarray:
    """All pictures of a split, category after category: (n, SIDE * SIDE) levels 0 to LEVELS."""
    made = []
    n = SPLITS[split]
    for number, category in enumerate(CATEGORIES):
        dice = Dice((list(SPLITS).index(split), number), n)
        m = measures(category, n, dice)
        parts = [slice(i, i + BATCH) for i in range(0, n, BATCH)]
        grey = np.concatenate([draw({key: v[part] for key, v in m.items()}) for part in parts])
        # A sum of four is nearly normal, deviation 0.58; around the garment it is faint.
        noise = dice.raw(SIDE, SIDE, 4).sum(axis=3) - 2
        around = 0.012 + 0.02 * (m["lattice"][:, :1, :1])
        grey = grey + noise * np.where(grey > 0, 1.7 * m["grain"], around)
        made.append(np.rint(LEVELS * np.clip(grey, 0, 1)).astype(int).reshape(n, -1))
    return np.concatenate(made)


def x_file(levels: np.ndarray) -> bytes:
    """The CSV of pictures: levels 0 to LEVELS become -1 to 1, three significant digits."""
    words = np.array(["%.3g" % (2 * k / LEVELS - 1) for k in range(LEVELS + 1)])
    lines = [",".join(f"pixel{i:03d}" for i in range(levels.shape[1]))]
    lines += [",".join(row) for row in words[levels].tolist()]
    return ("\n".join(lines) + "\n").encode()


def y_file(split: str) -> bytes:
    """The CSV of categories; instead of a file of photographs it names this script."""
    lines = ["category_name,original_file_name,original_file_row_id"]
    n = SPLITS[split]
    for number, category in enumerate(CATEGORIES):
        lines += [f"{category},make_tops.py,{number * n + i}" for i in range(n)]
    return ("\n".join(lines) + "\n").encode()


def compressed(content: bytes) -> bytes:
    """Gzip without a time or a name in it."""
    buffer = io.BytesIO()
    with gzip.GzipFile("", "wb", compresslevel=6, fileobj=buffer, mtime=0) as file:
        file.write(content)
    return buffer.getvalue()


def main(folder: Path) -> None:
    """Write the six files, each under its name only when it is complete."""
    folder.mkdir(parents=True, exist_ok=True)
    for split in SPLITS:
        files = {
            f"{NAME}_x_{split}.csv.gz": compressed(x_file(pictures(split))),
            f"{NAME}_y_{split}.csv": y_file(split),
        }
        for name, content in files.items():
            part = folder / (name + ".part")
            part.write_bytes(content)
            os.replace(part, folder / name)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent)
