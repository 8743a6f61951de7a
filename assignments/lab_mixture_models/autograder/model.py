"""The nouns of the kit: frozen records and one ``Verdict`` enum.

Nothing here runs student code, reads files or decides points; the only
behaviour is arithmetic over the records and their plain-data form, which is
how a handout carries its public part without a YAML parser.
"""

from __future__ import annotations

import dataclasses
import enum
import functools
import hashlib
import types
import typing
from dataclasses import dataclass, field
from typing import Any, TypeVar


class Verdict(str, enum.Enum):
    """What became of one case."""

    ACCEPTED = "accepted"
    PARTIALLY_ACCEPTED = "partially_accepted"
    WRONG_ANSWER = "wrong_answer"
    RUN_TIME_ERROR = "run_time_error"
    TIME_LIMIT_EXCEEDED = "time_limit_exceeded"
    MEMORY_LIMIT_EXCEEDED = "memory_limit_exceeded"
    OUTPUT_LIMIT_EXCEEDED = "output_limit_exceeded"
    NOT_IMPLEMENTED = "not_implemented"
    JUDGE_ERROR = "judge_error"


class Visibility(str, enum.Enum):
    """Who may read a case's result; Gradescope's own four words."""

    VISIBLE = "visible"
    HIDDEN = "hidden"
    AFTER_DUE_DATE = "after_due_date"
    AFTER_PUBLISHED = "after_published"


@dataclass(frozen=True)
class Limits:
    """Every limit on a worker, in one table; ``sandbox`` enforces it."""

    call_seconds: float = 10.0
    """Wall time of one call, by our clock."""
    case_seconds: float = 60.0
    """Wall time of one case, by our clock."""
    notebook_seconds: float = 60.0
    """Wall time of a notebook that is run from top to bottom, and its CPU time."""
    submission_seconds: float = 600.0
    """Wall time of all cases of one submission."""
    cpu_seconds: float = 60.0
    """CPU time of one worker, by the kernel's account."""
    memory_mb: int = 1024
    """Memory a worker may take beyond what was loaded before it started."""
    output_kb: int = 1024
    """What one worker may print."""
    answer_mb: int = 256
    """Size of one answer."""
    file_mb: int = 64
    """Size of any one file that a worker writes."""
    disk_mb: int = 256
    """Size of all files together that a worker leaves in its folder."""
    files: int = 1000
    """How many files and folders it may make."""
    standin_calls: int = 20000
    """How often stand-ins may be called in one case."""
    threads: int = 64
    """Threads that a worker may have at once."""
    processes: int = 0
    """Processes that a worker may start; more than 0 gives up the layer that refuses them."""


@dataclass(frozen=True)
class Tolerance:
    """Values pass when ``|got - want| <= atol + rtol * |want|``."""

    rtol: float = 1e-6
    atol: float = 1e-9


@dataclass(frozen=True)
class Digits:
    """Digits that a sweep asks for, by the dtype of the answer or, if less, of the input."""

    float64: float = 6.0
    float32: float = 3.0


@dataclass(frozen=True)
class Case:
    """One check as the config knows it: a pytest function ``test_<name>``."""

    name: str
    points: float
    visibility: Visibility = Visibility.AFTER_PUBLISHED
    functions: tuple[str, ...] = ()
    tolerance: Tolerance = field(default_factory=Tolerance)
    budget: float | None = None
    """CPU time allowed, as a ratio to the reference's; None: not budgeted."""
    memory: float | None = None
    """Memory that a budgeted call may take, as a ratio to the reference's."""
    digits: Digits | None = None
    """What its sweeps ask for; None: it sweeps nothing."""
    time_growth: float | None = None
    """Largest exponent with which CPU time may grow with the size; None: not judged."""
    memory_growth: float | None = None
    """The same for memory."""
    requires: str | None = None
    """An earlier case of the question: without points there, this one has none either."""
    seed: int | None = None
    """In a handout: this case's own seed; the assignment's would give the hidden cases' away."""


@dataclass(frozen=True)
class RubricItem:
    """One line of a written question's rubric: credit above zero, a deduction below."""

    key: str
    points: float
    sentence: str
    """What the student reads where the item applies."""


@dataclass(frozen=True)
class Question:
    """A question has points and cases; a written one waits for staff."""

    key: str
    title: str
    points: float
    functions: tuple[str, ...] = ()
    cases: tuple[Case, ...] = ()
    written: bool = False
    bonus: bool = False
    """Its points come on top: nobody needs them for full marks."""
    module: str | None = None
    """The module of its functions; None: the main module."""
    rubric: tuple[RubricItem, ...] = ()
    """For a written question: what its points are given for. Never in a handout."""
    depends: tuple[str, ...] = ()
    """Graded functions that its checks need, beside those that its own functions call."""


@dataclass(frozen=True)
class LatePolicy:
    """How lateness is charged (kept here; applied by the gradebook)."""

    grace_minutes: float = 0.0
    percent_per_day: float = 0.0
    max_percent: float = 100.0
    late_days: int = 0


@dataclass(frozen=True)
class Ranking:
    """A figure that a leaderboard shows, and which end of it is the better one."""

    key: str
    """What the check calls it."""
    title: str
    order: str = "desc"
    """``desc``: the largest first; ``asc``: the smallest first. Gradescope's own words."""


@dataclass(frozen=True)
class Leaderboard:
    """Figures that one case reports, by which submissions are ranked: the first one decides."""

    case: str
    figures: tuple[Ranking, ...]


@dataclass(frozen=True)
class Assignment:
    """One assignment as ``grading_config.yaml`` describes it."""

    name: str
    title: str
    files: tuple[str, ...]
    """What a student hands in; the first one's module is the main module."""
    questions: tuple[Question, ...]
    given: tuple[str, ...] = ()
    """Files supplied by the grader over whatever was handed in."""
    templates: tuple[str, ...] = ()
    """Files that students get to fill in and the grader does not read."""
    data: tuple[str, ...] = ()
    """Files of ``data/`` that checks and students use."""
    allowed_imports: tuple[str, ...] = ("numpy",)
    """Third-party packages a solution may use; the standard library always."""
    preload: tuple[str, ...] = ("numpy",)
    """Modules loaded before workers are forked."""
    seed: int = 0
    limits: Limits = field(default_factory=Limits)
    due: str | None = None
    late: LatePolicy = field(default_factory=LatePolicy)
    follow_through: float = 1.0
    """Share of the points that a case keeps which fails only because of another function."""
    mutants_missed: float = 0.0
    """Share of automatic mutants of the reference that the checks may miss."""
    leaderboard: Leaderboard | None = None
    hidden_cases: int = 0
    """In a handout: how many cases run only after submitting."""

    @property
    def module(self) -> str:
        """Name of the main module, from the first submitted file."""
        return self.files[0].removesuffix(".py")

    @property
    def cases(self) -> tuple[Case, ...]:
        """Every case, in the config's order."""
        return tuple(case for question in self.questions for case in question.cases)

    @property
    def modules(self) -> tuple[str, ...]:
        """Names of the modules that are handed in."""
        return tuple(f.removesuffix(".py") for f in self.files if f.endswith(".py"))

    @property
    def functions(self) -> tuple[str, ...]:
        """Every graded function, once, in order (``KMeans._get_loss`` for methods)."""
        return tuple(dict.fromkeys(f for q in self.questions for f in q.functions))

    @property
    def qualified(self) -> tuple[str, ...]:
        """Every graded function with its module, as in ``clustering:KMeans._get_loss``."""
        names = (f"{self.module_of(q)}:{f}" for q in self.questions for f in q.functions)
        return tuple(dict.fromkeys(names))

    @property
    def max_score(self) -> float:
        """Points that the grader gives: neither written questions nor a bonus are among them."""
        return sum(q.points for q in self.questions if not q.written and not q.bonus)

    def module_of(self, question: Question) -> str:
        """The module of a question's functions."""
        return question.module or self.module

    def seed_of(self, case: Case) -> int:
        """The seed of one case: the same on every machine and in every order."""
        if case.seed is not None:
            return case.seed
        digest = hashlib.sha256(f"{self.seed}/{case.name}".encode()).digest()
        return int.from_bytes(digest[:4], "big")

    def question_of(self, case: Case) -> Question:
        """The question that holds ``case``."""
        return next(q for q in self.questions if case in q.cases)


@dataclass(frozen=True)
class Course:
    """All assignments of one ``grading_config.yaml``."""

    title: str
    assignments: tuple[Assignment, ...]


@dataclass(frozen=True)
class Usage:
    """What a worker took: wall by our clock, the rest by the kernel's account.

    None where this platform keeps no such account.
    """

    wall_s: float = 0.0
    cpu_s: float | None = None
    peak_mb: float | None = None


@dataclass(frozen=True)
class Panel:
    """One 8-bit RGB image: ``rgb`` holds height * width * 3 bytes."""

    label: str
    width: int
    height: int
    rgb: bytes


@dataclass(frozen=True)
class Picture:
    """Images side by side under one caption."""

    caption: str
    panels: tuple[Panel, ...]


@dataclass(frozen=True)
class CurvePoint:
    """Digits kept under one condition of a sweep."""

    name: str
    """The condition as people read it; it holds no value of an input's."""
    at: float | None
    """Its place on a logarithmic axis; None: it has a name and no place."""
    student: float
    reference: float | None
    asked: float | None
    """None: it is shown, and nothing is asked of it."""


@dataclass(frozen=True)
class Curve:
    """Digits kept along one sweep, the submission's beside the reference's."""

    title: str
    axis: str
    points: tuple[CurvePoint, ...]


@dataclass(frozen=True)
class Differs:
    """Where a wrong array differs from what is wanted, and by how many tolerances, coarsely."""

    shape: tuple[int, ...]
    grid: tuple[str, ...]
    """At most 32 lines of at most 32 characters, each for a block of entries: ``.`` where all are
    within the tolerance, else 1 + log10 of the largest error in tolerances, cut off, 9 at most
    and wherever an entry is not finite. No value of an answer can be had from it."""
    wrong: int
    """How many entries are wrong."""


@dataclass(frozen=True)
class Figure:
    """A number that a check worked out from a submission's answers, for the leaderboard."""

    key: str
    value: float


@dataclass(frozen=True)
class CaseResult:
    """What became of one case of one submission.

    ``message`` and ``hint`` never hold values or student text and may always
    be shown with the case; ``detail`` may, and is for visible cases and
    staff; ``staff_note`` is for staff alone. ``report`` decides who reads
    what, from ``visibility``.
    """

    case: str
    question: str
    title: str
    """The sentence that states the rule: the check's docstring."""
    function: str
    verdict: Verdict
    score: float | None
    """None: withheld, because the fault is ours."""
    max_score: float
    visibility: Visibility = Visibility.AFTER_PUBLISHED
    message: str = ""
    detail: str = ""
    hint: str = ""
    staff_note: str = ""
    seed: int | None = None
    usage: Usage = field(default_factory=Usage)
    pictures: tuple[Picture, ...] = ()
    curves: tuple[Curve, ...] = ()
    """Digits and names of conditions: no values, so they may be shown wherever ``message`` is."""
    bonus: bool = False
    stood_in: tuple[str, ...] = ()
    """Functions that the grader answered for, so that their mistakes are charged once."""
    diagnosis: str = ""
    """In one word what is wrong, where that is known: a verdict's cause, not a rule's name."""
    mistake: str = ""
    """The known mistake whose answers these are."""
    differs: Differs | None = None
    """Of a wrong array; for whoever may read ``detail``."""
    figures: tuple[Figure, ...] = ()
    """For the leaderboard; they count only where the case passed."""


@dataclass(frozen=True)
class Waiting:
    """A written question that staff have still to grade."""

    question: str
    title: str
    points: float


@dataclass(frozen=True)
class Marked:
    """A written question that people have graded."""

    question: str
    title: str
    score: float
    max_score: float
    items: tuple[RubricItem, ...] = ()
    adjusted: float = 0.0
    """Points given beyond what the items come to; below zero: less."""
    comment: str = ""
    bonus: bool = False


@dataclass(frozen=True)
class SubmissionResult:
    """Everything the grader found out about one submission."""

    assignment: str
    title: str
    submission: str
    cases: tuple[CaseResult, ...]
    questions: tuple[Question, ...] = ()
    notices: tuple[str, ...] = ()
    """Told once at the top: an import that failed, a file that is missing."""
    waiting: tuple[Waiting, ...] = ()
    layers: tuple[str, ...] = ()
    """The means of confinement that held when they were tried."""
    promise: str = ""
    """What they add up to: sealed, partial or open."""
    seed: int = 0
    usage: Usage = field(default_factory=Usage)
    hidden_cases: int = 0
    """In a student's own check: how many cases run only after submitting."""
    leaderboard: Leaderboard | None = None
    """What submissions are ranked by, if they are."""

    @property
    def score(self) -> float:
        """Points given, withheld cases not counted."""
        return round(sum(c.score for c in self.cases if c.score is not None), 6)

    @property
    def max_score(self) -> float:
        """Points that could be had, withheld cases included and a bonus not."""
        return round(sum(c.max_score for c in self.cases if not c.bonus), 6)

    @property
    def withheld(self) -> tuple[CaseResult, ...]:
        """Cases whose score is withheld because the fault is ours."""
        return tuple(c for c in self.cases if c.score is None)


T = TypeVar("T")


def to_plain(record: Any) -> Any:
    """A record as dicts, lists, strings and numbers; ready for JSON if it has no pictures."""
    if dataclasses.is_dataclass(record) and not isinstance(record, type):
        return {f.name: to_plain(getattr(record, f.name)) for f in dataclasses.fields(record)}
    if isinstance(record, enum.Enum):
        return record.value
    if isinstance(record, (tuple, list)):
        return [to_plain(item) for item in record]
    return record


def from_plain(cls: type[T], plain: Any) -> T:
    """The record that ``to_plain`` flattened. Raises TypeError or ValueError otherwise."""
    return typing.cast(T, _rebuild(cls, plain))


@functools.cache
def _hints(kind: type) -> dict[str, Any]:
    return typing.get_type_hints(kind)


def _rebuild(kind: Any, plain: Any) -> Any:
    origin = typing.get_origin(kind)
    if origin in (types.UnionType, typing.Union):
        if plain is None:
            return None
        (kind,) = (arg for arg in typing.get_args(kind) if arg is not type(None))
        return _rebuild(kind, plain)
    if origin is tuple:
        if not isinstance(plain, (list, tuple)):
            raise TypeError(f"a list was wanted, not {plain!r:.80}")
        return tuple(_rebuild(typing.get_args(kind)[0], item) for item in plain)
    if isinstance(kind, type) and dataclasses.is_dataclass(kind):
        hints = _hints(kind)
        if not isinstance(plain, dict) or not plain.keys() <= hints.keys():
            raise TypeError(f"the fields of {kind.__name__} were wanted, not {plain!r:.80}")
        return kind(**{name: _rebuild(hints[name], value) for name, value in plain.items()})
    if isinstance(kind, type) and issubclass(kind, enum.Enum):
        return kind(plain)
    return plain
