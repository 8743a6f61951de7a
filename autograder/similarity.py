"""Which submissions share more text than chance would have it: a list to look at, never a score.

copydetect compares each submission with each; here an index of all fingerprints does, so that a
thousand take seconds. What the handout holds is no fingerprint at all. The fewer have one, the
more it counts; what half of the class has counts nothing. Known honest texts, which are the
reference solution, our variants and our misconceptions, count towards how common one is.
"""

from __future__ import annotations

import importlib
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from autograder.fingerprints import LENGTH, Given, Hashes, Source, Text, own

RARE, COMMON = 0.05, 0.5
"""What up to RARE of the class have counts in full, what COMMON of it have counts nothing; between
them by the logarithm. RARE_FROM and COMMON_FROM are the same for small classes, as numbers."""
RARE_FROM, COMMON_FROM = 2, 6
LISTED_FROM = 4.0
"""Least distance from the class's median, in robust deviations, of a pair that is listed ..."""
SHARE_FROM = 0.2
"""... and its least share."""
SHARE_ALONE = 0.8
"""A pair of this share is listed whatever the class does ..."""
SHARE_OF_FEW, FEW_PAIRS = 0.5, 45
"""... and one of SHARE_OF_FEW where there are fewer than FEW_PAIRS, too few to speak of chance."""
LEAST_SPREAD = 0.05
MAX_LISTED = 200
_BINS = 4096
_BLOCK = 512
_KEPT = 100 * MAX_LISTED
"""Pairs that are looked at one by one."""
_NONE = np.zeros(0, np.int64)


@dataclass(frozen=True, eq=False)
class Pair:
    """Two submissions that share more than chance."""

    a: Source
    b: Source
    share: float
    """Of the weight of the one that has less of its own, how much the other has too; 0 to 1."""
    share_a: float
    share_b: float
    beyond: float | None
    """Robust deviations above the class's median; None where the class is too small to say."""
    common: Hashes
    """The fingerprints that both have and that count."""


@dataclass(frozen=True)
class Similarity:
    """What was found in a class."""

    pairs: tuple[Pair, ...]
    """Listed pairs, the most alike first."""
    compared: int
    """Submissions with a text of their own."""
    bound: float | None
    """A pair is listed from so many deviations on; None: by its share alone."""
    median: float
    """The median share of all pairs."""
    more: int = 0
    """Pairs beyond MAX_LISTED that are left out."""
    problems: tuple[Source, ...] = ()
    """What could not be compared, or not whole."""


def compare(
    submissions: Sequence[Source], given: Given, honest: Sequence[Source] = ()
) -> Similarity:
    """The pairs of ``submissions`` that share more than chance.

    A pair's share s is put on a scale with even spread, arcsin(sqrt(s)). Chance is what all pairs
    of the class show, and those of a submission with an ``honest`` text of similar size: their
    median, and 1.4826 times the median distance from it. A pair is listed when it lies further
    above the median than the largest of as many independent pairs would be expected to, which is
    sqrt(2 ln pairs) deviations, and never below LISTED_FROM or SHARE_FROM; also from SHARE_ALONE
    on.
    """
    prints = [own(source, given) for source in submissions]
    known = [own(source, given) for source in honest]
    count = len(prints)
    names, having = np.unique(np.concatenate([_NONE, *prints, *known]), return_counts=True)
    weights = _weights(having, count)
    rows = _table([*prints, *known], names, weights)
    mass = np.asarray(rows.multiply(rows).sum(axis=1)).ravel()
    of_class = mass[:count][mass[:count] > 0]
    # Half a submission has to be shared, and not half of the three lines that somebody wrote.
    floor = float(np.median(of_class)) / 2 if len(of_class) else 1.0
    whole = [*range(count), *(n for n in range(count, len(mass)) if mass[n] >= floor)]
    found = _pairs(rows[:count], rows[whole], mass[:count], mass[whole], floor)
    bound, middle, spread = _chance(found.histogram)
    listed: list[Pair] = []
    more = 0
    for share, i, j in found.top:
        beyond = None if bound is None else float((_even(share) - middle) / spread)
        if not _more_than_chance(share, beyond, bound):
            continue
        if len(listed) == MAX_LISTED:
            more += 1
            continue
        both = np.intersect1d(prints[i], prints[j], assume_unique=True)
        both = both[weights[np.searchsorted(names, both)] > 0]
        shared = share * max(min(mass[i], mass[j]), floor)
        mine, yours = (min(float(shared / mass[n]), 1.0) for n in (i, j))
        listed.append(Pair(submissions[i], submissions[j], share, mine, yours, beyond, both))
    return Similarity(
        pairs=tuple(listed),
        compared=len(of_class),
        bound=bound,
        median=math.sin(middle) ** 2,
        more=more,
        problems=tuple(source for source in submissions if source.problem),
    )


def _more_than_chance(share: float, beyond: float | None, bound: float | None) -> bool:
    if bound is None or beyond is None:
        return share >= SHARE_OF_FEW
    return beyond >= bound or share >= SHARE_ALONE


def _table(prints: Sequence[Hashes], names: Hashes, weights: NDArray[np.float64]) -> Any:
    """A row a text and a column a fingerprint; the product of two rows is what they share."""
    sparse = importlib.import_module("scipy.sparse")
    columns = [np.searchsorted(names, own_of) for own_of in prints]
    ends = np.cumsum([0, *map(len, columns)])
    index = np.concatenate([np.zeros(0, np.int64), *columns])
    shape = (len(prints), len(names))
    return sparse.csr_matrix((np.sqrt(weights[index]), index, ends), shape=shape)


def _weights(having: NDArray[Any], count: int) -> NDArray[np.float64]:
    """What a fingerprint counts that so many have, of a class of ``count``: from 0 to 1."""
    rare, common = max(RARE * count, RARE_FROM), max(COMMON * count, COMMON_FROM)
    weights: NDArray[np.float64] = np.log(common / having) / math.log(common / rare)
    return np.clip(weights, 0.0, 1.0)


@dataclass(frozen=True)
class _Found:
    histogram: NDArray[np.int64]
    """How many pairs lie in each of _BINS equal parts of the even scale."""
    top: list[tuple[float, int, int]]
    """Share and members of the most alike, in order."""


def _pairs(rows: Any, others: Any, mass: Any, masses: Any, floor: float) -> _Found:
    """All pairs, some hundred rows at a time, so that memory grows with the class and no faster.

    The first of ``others`` are the rows themselves; the rest are honest texts.
    """
    count = rows.shape[0]
    histogram = np.zeros(_BINS, np.int64)
    top: list[tuple[float, int, int]] = []
    turned = others.T.tocsc()
    for start in range(0, count, _BLOCK):
        block = slice(start, min(start + _BLOCK, count))
        shared = (rows[block] @ turned).toarray()
        shares = shared / np.maximum(np.minimum(mass[block, None], masses[None]), floor)
        shares = np.clip(shares, 0.0, 1.0)
        one = np.arange(block.start, block.stop)[:, None]
        other = np.arange(shared.shape[1])[None]
        counted = (other > one) & (mass[block, None] > 0) & (masses[None] > 0)
        bins = np.minimum((_even(shares[counted]) / (math.pi / 2) * _BINS).astype(int), _BINS - 1)
        histogram += np.bincount(bins, minlength=_BINS)
        here = counted & (other < count) & (shares >= SHARE_FROM)
        likely = np.argwhere(here)
        likely = likely[np.argsort(-shares[here], kind="stable")[:_KEPT]]
        top += [(float(shares[i, j]), start + int(i), int(j)) for i, j in likely]
        top = sorted(top, key=lambda t: (-t[0], t[1:]))[:_KEPT]
    return _Found(histogram, top)


def _even(share: Any) -> Any:
    """A share on a scale where chance spreads it as evenly near 0 as elsewhere."""
    return np.arcsin(np.sqrt(share))


def _chance(histogram: NDArray[np.int64]) -> tuple[float | None, float, float]:
    """From how many deviations on a pair is listed, and median and deviation of all pairs."""
    pairs = int(histogram.sum())
    middles = (np.arange(_BINS) + 0.5) / _BINS * (math.pi / 2)
    if not pairs:
        return None, 0.0, 1.0
    middle = _median(middles, histogram)
    if pairs < FEW_PAIRS:
        return None, middle, 1.0
    far = np.abs(middles - middle)
    order = np.argsort(far, kind="stable")
    # Where most pairs share nothing at all, the next one would be any number of deviations away.
    spread = max(1.4826 * _median(far[order], histogram[order]), LEAST_SPREAD)
    return max(math.sqrt(2 * math.log(pairs)), LISTED_FROM), middle, spread


def _median(values: NDArray[np.float64], counts: NDArray[np.int64]) -> float:
    return float(values[np.searchsorted(np.cumsum(counts), (counts.sum() + 1) // 2)])


def shared_lines(text: Text, common: Hashes) -> NDArray[np.bool_]:
    """Which lines of ``text`` are shared: half of what counts in a line lies in ``common``."""
    covered = np.zeros(len(text.lines) + 1, np.int64)
    places = text.places[np.isin(text.hashes, common)]
    np.add.at(covered, places, 1)
    np.add.at(covered, np.minimum(places + LENGTH, len(text.lines)), -1)
    inside = np.cumsum(covered[:-1]) > 0
    number = text.text.count("\n") + 1
    all_of = np.bincount(text.lines, minlength=number)[:number]
    part_of = np.bincount(text.lines[inside], minlength=number)[:number]
    found: NDArray[np.bool_] = (all_of > 0) & (2 * part_of >= all_of)
    return found
