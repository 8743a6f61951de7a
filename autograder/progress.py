"""What is shown while a class is graded: a bar in a terminal, a line now and then elsewhere.

Counts and formats; reads no clock but the one that it is given, and decides nothing.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, TextIO

from autograder.model import SubmissionResult
from autograder.terminal import cells, to_encoding
from autograder.visible import clean, points

LINE_SECONDS = 10.0
"""Least time between two lines where there is no terminal."""
KINDS = ("full marks", "partial", "zero", "withheld")
_NAME_CELLS = 40


@dataclass(frozen=True)
class Plan:
    """What there is to do."""

    total: int
    kept: int = 0
    """Results of an earlier run that are still right."""
    fresh: int = 0
    """Submissions that have no result yet."""
    again: dict[str, int] = field(default_factory=dict)
    """How many are graded again, for each reason."""

    def sentence(self) -> str:
        """What is done and what is not, on one line; empty where all is to be graded."""
        if self.fresh == self.total:
            return ""
        parts = [f"{self.kept} of {self.total} results are kept"]
        parts += [f"{self.fresh} are new"] if self.fresh else []
        parts += [f"{count} again ({why})" for why, count in self.again.items()]
        return "; ".join(parts)


def kind(result: SubmissionResult) -> str:
    """Which of ``KINDS`` a result is; one with a withheld case is nothing else."""
    if result.withheld:
        return "withheld"
    if result.score <= 0:
        return "zero"
    return "full marks" if result.score >= result.max_score else "partial"


class Progress:
    """Told of every result, it shows how far things are. Use as a context manager."""

    def __init__(
        self, stream: TextIO, *, verbose: bool = False, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.stream = stream
        self.verbose = verbose
        self.clock = clock
        self.counts = dict.fromkeys(KINDS, 0)
        self.plan = Plan(0)
        self.done = 0
        self._bar: Any = None
        self._begun = self._said = 0.0

    def __enter__(self) -> Progress:
        return self

    def __exit__(self, *_: object) -> None:
        if self._bar is not None:
            self._bar.close()

    def begin(self, plan: Plan, kept: Sequence[SubmissionResult]) -> None:
        """Say what is kept, and begin to count."""
        self.plan = plan
        for result in kept:
            self.counts[kind(result)] += 1
        self._begun = self._said = self.clock()
        if plan.sentence():
            self._say(plan.sentence())
        if self.stream.isatty() and plan.total > plan.kept:
            from tqdm import tqdm

            # Its monitor is a thread, and graders are forked.
            tqdm.monitor_interval = 0
            self._bar = tqdm(
                total=plan.total,
                initial=plan.kept,
                desc="grading",
                unit="",
                dynamic_ncols=True,
                leave=False,
                file=self.stream,
                smoothing=0.05,
                postfix=self.tally(),
            )

    def finished(self, result: SubmissionResult) -> None:
        """One more is graded, and on disk."""
        self.done += 1
        self.counts[kind(result)] += 1
        if self.verbose:
            self._say(self._line(result))
        if self._bar is not None:
            self._bar.set_postfix_str(self.tally(), refresh=False)
            self._bar.update()
        elif not self.verbose and self.clock() - self._said >= LINE_SECONDS:
            self._said = self.clock()
            self._say(self.sentence())

    def tally(self) -> str:
        """The running counts, those that are none left out."""
        return ", ".join(f"{count} {name}" for name, count in self.counts.items() if count)

    def sentence(self) -> str:
        """How far it is, how fast it goes, how long it may take, and the running counts."""
        there, total = self.plan.kept + self.done, self.plan.total
        rate = self.done / max(self.clock() - self._begun, 1e-9)
        left = _duration((total - there) / rate) if rate > 0 else "?"
        return (
            f"{there} of {total} graded ({100 * there // max(total, 1)} %), "
            f"{60 * rate:.0f} a minute, about {left} left: {self.tally()}"
        )

    def _line(self, result: SubmissionResult) -> str:
        name = " ".join(clean(result.submission).split())
        name += " " * (_NAME_CELLS - cells(name))
        got = "withheld" if result.withheld else points(result.score)
        return f"{name}  {got} / {points(result.max_score)}  {result.usage.wall_s:.1f} s"

    def _say(self, text: str) -> None:
        text = to_encoding(text, self.stream.encoding or "ascii")
        if self._bar is not None:
            self._bar.write(text, file=self.stream)
        else:
            print(text, file=self.stream, flush=True)


def _duration(seconds: float) -> str:
    """A time as people say it: 40 s, 12 min, 3 h 20 min."""
    if seconds < 60:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"
