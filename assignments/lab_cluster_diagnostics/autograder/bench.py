"""What a run of the checks is given: the submission, what surrounds it, and shares of points.

Starts and decides nothing.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from autograder import prints
from autograder.asked import Call, Step
from autograder.model import Assignment, CaseResult
from autograder.rules import Source
from autograder.sandbox import Sandbox
from autograder.session import CallFailed


@dataclass(frozen=True)
class StandIn:
    """A function of the submission that the reference answers for."""

    module: str
    path: str
    """``name`` or ``Class.method``."""
    attributes: tuple[str, ...] = ()
    """What a method reads of its object."""


@dataclass(frozen=True)
class Bench:
    """Everything that a run of the checks needs: the submission and what surrounds it."""

    assignment: Assignment
    sandbox: Sandbox
    submission: Path
    """The staged submission: a clean folder with the given files laid over it."""
    source: Source
    data: Path
    reference: Path | None = None
    """Folder of the reference solution; None in a handout, which has none."""
    failures: Mapping[str, CallFailed] = field(default_factory=dict)
    """Modules of the submission that do not import, and why."""
    assumed: Mapping[str, CaseResult] = field(default_factory=dict)
    """Cases whose result is known without running them."""
    traces: dict[str, frozenset[tuple[str, int]]] | None = None
    """Where to note, for each case, the functions that it ran. For a submission of our own."""
    answers: dict[str, prints.Prints] = field(default_factory=dict)
    """Prints of the answers in each case that came out wrong; filled by the run."""
    standins: Mapping[str, tuple[StandIn, ...]] = field(default_factory=dict)
    """For each case, functions of the submission that the reference answers for."""
    strains: dict[str, float] | None = None
    """Where to note, for each case, the largest share of a tolerance that it used."""
    columns_first: bool = False
    """Whether the submission gets its arrays in Fortran order."""
    spent: float = 0.0
    """Wall seconds that the submission has already taken."""
    steps: dict[str, list[Step]] | None = None
    """Where to note, for each case, everything that it asked of the submission."""


class Parts:
    """Shares of a case's points, for ``with part(0.5, "the means"): ...``."""

    def __init__(self) -> None:
        self.earned = 0.0
        self.failures: list[tuple[str, BaseException]] = []
        self.used = False
        self.last_call: Callable[[], Call | None] = lambda: None
        """What was called last."""
        self.call: Call | None = None
        """What had been called last when the first failure came."""

    @contextlib.contextmanager
    def __call__(self, share: float, what: str) -> Iterator[None]:
        self.used = True
        try:
            yield
        except (AssertionError, CallFailed) as failure:
            self._fail(what, failure)
        else:
            self.earned += share

    def count(self, share: float, what: str, failure: AssertionError | CallFailed | None) -> None:
        """The same for a share that was found out beforehand; ``failure`` took the rest."""
        self.used = True
        self.earned += share
        if failure is not None:
            self._fail(what, failure)

    def _fail(self, what: str, failure: BaseException) -> None:
        if not self.failures:
            self.call = self.last_call()
        self.failures.append((what, failure))
