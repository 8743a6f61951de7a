"""Pairs that share more than chance, as one page: a list, and the first of them side by side.

The page asks for nothing: no script, no font, no request. It formats and decides nothing, and says
first that it is a list to look at and proves nothing. Whatever was handed in is escaped.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from autograder.fingerprints import Hashes, Source, Text
from autograder.report import render
from autograder.similarity import (
    SHARE_ALONE,
    SHARE_FROM,
    SHARE_OF_FEW,
    Pair,
    Similarity,
    shared_lines,
)
from autograder.visible import clean

PAGE = "similarity.html"
SIDE_BY_SIDE = 50
"""Pairs that are shown side by side."""
AROUND = 3
"""Lines that are shown above and below what is shared."""
MAX_LINE = 400
"""Characters of one line that are shown."""
_DEFINITION = re.compile(r"\s*(async\s+def|def|class)\b")


@dataclass(frozen=True)
class _Line:
    number: int
    text: str
    shared: bool


@dataclass(frozen=True)
class _Block:
    """Lines that follow one another: shared with the other side, or around that, or left out."""

    lines: tuple[_Line, ...]
    left_out: int = 0
    match: int = 0
    """The number that what is shared has on both sides; 0: nothing is shared."""
    first: bool = False
    """Whether it is the first with this number, so that links lead here."""


@dataclass(frozen=True)
class _File:
    path: str
    blocks: tuple[_Block, ...]


def html(
    found: Similarity,
    *,
    title: str,
    names: Mapping[str, str] | None = None,
    top: int = SIDE_BY_SIDE,
) -> str:
    """The page. ``names`` says how a submission is called there; left out: by its own name."""
    shown = names or {}
    called = {s.name: shown.get(s.name, s.name) for p in found.pairs for s in (p.a, p.b)}
    sides = [_sides(pair) for pair in found.pairs[:top]]
    return render(
        "similarity.html",
        title=clean(title),
        found=found,
        pairs=[
            {
                "a": clean(called[pair.a.name]),
                "b": clean(called[pair.b.name]),
                "share_a": _percent(pair.share_a),
                "share_b": _percent(pair.share_b),
                "beyond": pair.beyond,
                "lines": (_count(pair.a, pair), _count(pair.b, pair)),
            }
            for pair in found.pairs
        ],
        sides=sides,
        groups=[[clean(called[name]) for name in group] for group in groups(found.pairs)],
        median=_percent(found.median),
        rule=[_percent(s) for s in (SHARE_FROM, SHARE_ALONE, SHARE_OF_FEW)],
        problems=[(clean(shown.get(s.name, s.name)), clean(s.problem)) for s in found.problems],
    )


def groups(pairs: Sequence[Pair]) -> list[list[str]]:
    """Submissions that listed pairs link with one another, three or more; the largest first."""
    leader: dict[str, str] = {}

    def head(name: str) -> str:
        while leader.setdefault(name, name) != name:
            name = leader[name]
        return name

    for pair in pairs:
        leader[head(pair.a.name)] = head(pair.b.name)
    found: dict[str, list[str]] = {}
    for name in leader:
        found.setdefault(head(name), []).append(name)
    several = [sorted(group) for group in found.values() if len(group) > 2]
    return sorted(several, key=lambda group: (-len(group), group))


def _percent(share: float) -> int:
    """Never more than it is: 100 is all of it."""
    return math.floor(100 * share + 1e-9)


def _count(source: Source, pair: Pair) -> int:
    return int(sum(shared_lines(text, pair.common).sum() for text in source.texts))


def _sides(pair: Pair) -> tuple[list[_File], list[_File]]:
    """Both submissions, what they share with the same number on both sides."""
    runs_a, runs_b = _runs(pair.a, pair.common), _runs(pair.b, pair.common)
    # What is shared on the left has a number of its own; on the right, that of what it is most of.
    number_of = {h: number for number, (*_, hashes) in enumerate(runs_a, 1) for h in hashes}
    numbers_b = []
    for *_, hashes in runs_b:
        counts = Counter(number_of[h] for h in hashes if h in number_of)
        numbers_b.append(min(counts, key=lambda n: (-counts[n], n)) if counts else 0)
    numbers_a = [number if number in numbers_b else 0 for number in range(1, len(runs_a) + 1)]
    return _files(pair.a, runs_a, numbers_a), _files(pair.b, runs_b, numbers_b)


_Run = tuple[int, int, int, list[int]]
"""File, first line and the line behind the last, and the fingerprints that begin there."""


def _runs(source: Source, common: Hashes) -> list[_Run]:
    """Shared lines that follow one another, a definition at a time.

    Lines without a word, blank or of comment, do not part them.
    """
    runs: list[_Run] = []
    for number, text in enumerate(source.texts):
        shared = shared_lines(text, common)
        bare = np.ones(len(shared), bool)
        bare[text.lines] = False
        lines = text.text.split("\n")
        own: list[list[int]] = []
        for line in np.flatnonzero(shared).tolist():
            if own and bare[own[-1][1] : line].all() and not _DEFINITION.match(lines[line]):
                own[-1][1] = line + 1
            else:
                own.append([line, line + 1])
        runs += [(number, start, end, _within(text, start, end, common)) for start, end in own]
    return runs


def _within(text: Text, start: int, end: int, common: Hashes) -> list[int]:
    if not len(text.places):
        return []
    at = text.lines[text.places]
    inside = (at >= start) & (at < end) & np.isin(text.hashes, common)
    return [int(h) for h in text.hashes[inside]]


def _files(source: Source, runs: Sequence[_Run], numbers: Sequence[int]) -> list[_File]:
    made, seen = [], set()
    for index, text in enumerate(source.texts):
        own = [(run, n) for run, n in zip(runs, numbers, strict=True) if run[0] == index]
        lines = text.text.split("\n")
        blocks: list[_Block] = []
        done = 0
        for (_, start, end, _), number in own:
            _fill(blocks, lines, done, start, first=done == 0, last=False)
            blocks.append(_Block(_lines(lines, start, end, True), 0, number, number not in seen))
            seen.add(number)
            done = end
        if own:
            _fill(blocks, lines, done, len(lines), first=False, last=True)
            made.append(_File(clean(text.path), tuple(blocks)))
    return made


def _fill(
    blocks: list[_Block], lines: list[str], start: int, end: int, *, first: bool, last: bool
) -> None:
    """What stands between: some lines next to what is shared, and how many are left out."""
    head = start if first else min(start + AROUND, end)
    tail = end if last else max(end - AROUND, head)
    if tail - head <= 2:
        blocks.append(_Block(_lines(lines, start, end, False)))
        return
    blocks.append(_Block(_lines(lines, start, head, False), tail - head))
    blocks.append(_Block(_lines(lines, tail, end, False)))


def _lines(lines: list[str], start: int, end: int, shared: bool) -> tuple[_Line, ...]:
    return tuple(_Line(n + 1, lines[n][:MAX_LINE], shared) for n in range(start, end))
