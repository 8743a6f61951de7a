"""The grader's own exam, taken before any student meets it.

Candidates are graded through the very path that submissions take: the
reference (full marks), the untouched handout (nothing, every case not
implemented), every misconception (loses where it says, keeps the rest), every
variant (full marks), and odd answers that no check may choke on. Each is
graded twice and must come out the same. Beside them stand facts about the
files: config and checks match, the handout is fresh, nothing leaks.
"""

from __future__ import annotations

import ast
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from autograder import grade, handout, leaks, overlay, pool, reach
from autograder.model import Assignment, CaseResult, SubmissionResult, Verdict, Visibility

ODD_ANSWERS = {
    "none": "None",
    "text": "'an answer'",
    "empty_list": "[]",
    "dict": "{'answer': 1}",
    "empty_array": "np.zeros(0)",
    "object_array": "np.array([None, 'x'], dtype=object)",
    "ragged": "[[1.0], [1.0, 2.0]]",
    "masked": "np.ma.masked_array([1.0, 2.0], [0, 1])",
    "complex": "np.array([[1j]])",
    "nan": "np.nan",
    "zero": "0.0",
    "huge_shape": "np.broadcast_to(np.float64(1), (1, 1, 1, 1, 7))",
    "generator": "(i for i in range(3))",
    "three": "(None, 'x', 3)",
    "pair": "(np.zeros(3), (None, None, None))",
    "nested": "(None, (np.zeros((2, 2)), [1], 'x'))",
}
"""Expressions that every graded function returns in turn: wrong answers, never a crash."""


@dataclass(frozen=True)
class Candidate:
    """A submission with known results."""

    kind: str
    name: str
    path: Path
    source: str
    """The file that an author would edit."""
    says: overlay.Overlay | None = None


@dataclass
class Row:
    """What became of one candidate."""

    candidate: Candidate
    score: float | None = None
    lost: tuple[str, ...] = ()
    problems: list[str] = field(default_factory=list)
    seconds: float = 0.0


@dataclass
class Report:
    """The outcome of the exam on one assignment."""

    assignment: Assignment
    rows: list[Row]
    facts: list[str]
    """What is wrong with the files themselves."""

    @property
    def problems(self) -> list[str]:
        """Every sentence about something that had to hold and does not."""
        return self.facts + [p for row in self.rows for p in row.problems]

    @property
    def unproven(self) -> list[str]:
        """Cases with points that no misconception has lost; empty unless all were tried."""
        killed = {name for row in self.rows for name in row.lost if row.candidate.says}
        tried = {row.candidate.kind for row in self.rows} >= {"reference", "handout"}
        cases = self.assignment.cases if tried else ()
        return [case.name for case in cases if case.points and case.name not in killed]


# Candidates ------------------------------------------------------------------


def candidates(assignment: Assignment, root: Path, into: Path) -> Iterator[Candidate]:
    """Lay out every candidate submission below ``into``.

    Raises overlay.OverlayError or SyntaxError for one that cannot be built.
    """
    home = root / "solutions" / assignment.name
    relative = home.relative_to(root)

    def laid(kind: str, name: str) -> Path:
        folder = into / kind / name
        folder.mkdir(parents=True)
        for file in assignment.files:
            shutil.copyfile(home / file, folder / file)
        return folder

    yield Candidate("reference", "reference", laid("reference", "reference"), str(relative))
    stub = into / "handout" / "handout"
    stub.mkdir(parents=True)
    handed_out = root / "assignments" / assignment.name
    for file in (*assignment.files, f"{assignment.name}.ipynb"):
        if (handed_out / file).is_file():
            shutil.copyfile(handed_out / file, stub / file)
    yield Candidate("handout", "handout", stub, f"assignments/{assignment.name}")

    for kind in ("misconception", "variant"):
        for path in sorted((home / f"{kind}s").iterdir()) if (home / f"{kind}s").is_dir() else ():
            source = str(path.relative_to(root))
            if path.suffix == ".py":
                change = overlay.read(path)
                folder = laid(kind, path.stem)
                _lay_over(folder / f"{change.module or assignment.module}.py", change.text)
                yield Candidate(kind, path.stem, folder, source, change)
            elif path.is_dir() and kind == "variant" and path.name != "__pycache__":
                yield Candidate(kind, path.name, path, source)

    for name, expression in ODD_ANSWERS.items():
        folder = laid("odd", name)
        for module, text in _odd(assignment, expression).items():
            _lay_over(folder / f"{module}.py", text)
        yield Candidate("odd", name, folder, "autograder/verify.py")


def _lay_over(file: Path, change: str) -> None:
    file.write_text(overlay.apply(file.read_text(encoding="utf-8"), change), encoding="utf-8")


def _odd(assignment: Assignment, expression: str) -> dict[str, str]:
    """For each module, an overlay in which every graded function returns ``expression``."""
    texts: dict[str, str] = {}
    for qualified in assignment.qualified:
        module, _, function = qualified.partition(":")
        owner, _, method = function.rpartition(".")
        body = f"def {method}(*args, **kwargs):\n    return {expression}\n"
        if owner:
            body = f"class {owner}:\n" + "".join(f"    {line}\n" for line in body.splitlines())
        texts[module] = texts.get(module, '"""Odd."""\nimport numpy as np\n') + body
    return texts


# Judging ---------------------------------------------------------------------


def _tell(row: Row, sentence: str) -> None:
    row.problems.append(f"{row.candidate.source}: {sentence}")


def _judge(row: Row, result: SubmissionResult, assignment: Assignment) -> None:
    """Compare one candidate's result with what it must be."""
    row.score = result.score
    row.lost = tuple(c.case for c in result.cases if c.score is not None and c.score < c.max_score)
    for case in result.withheld:
        last = case.staff_note.strip().splitlines()[-1:] or ["no reason given"]
        _tell(row, f"case {case.case} ended in judge_error ({last[0]}); mend the check")
    kind, says = row.candidate.kind, row.candidate.says
    if kind in ("reference", "variant") and row.lost:
        _tell(row, f"must have full marks but loses {_named(row.lost)}; "
                   f"see: autograder grade {assignment.name} {row.candidate.source}")  # fmt: skip
    if kind == "handout":
        wrong = [c.case for c in result.cases if c.verdict is not Verdict.NOT_IMPLEMENTED]
        if wrong or result.score:
            _tell(row, f"must score 0 with every case not_implemented, but {_named(wrong)} "
                       "came out otherwise; the check must call the function")  # fmt: skip
    if kind == "odd":
        kept = [c.case for c in result.cases if c.score]
        if kept:
            _tell(row, f"functions that return {ODD_ANSWERS[row.candidate.name]} keep points in "
                       f"{_named(kept)}; judge the answer there")  # fmt: skip
    if kind == "misconception" and says is not None:
        known = {case.name for case in assignment.cases}
        for name in (*says.loses, *says.may_lose):
            if name not in known:
                _tell(row, f"names a case {name} that the config does not have; correct the name")
        if not says.loses:
            _tell(row, "names no case that it loses; add `loses: [case]` to its docstring")
        survived = [name for name in says.loses if name in known and name not in row.lost]
        if survived:
            _tell(row, f"survives {_named(survived)}, which it must lose")
        extra = [n for n in row.lost if n not in says.loses and n not in says.may_lose]
        if extra:
            _tell(row, f"also loses {_named(extra)}; make those checks independent of it, "
                       "or name them in may_lose")  # fmt: skip


def _named(cases: Sequence[str], most: int = 4) -> str:
    more = f" and {len(cases) - most} more" if len(cases) > most else ""
    return ", ".join(cases[:most]) + more


def _facts(assignment: Assignment, root: Path) -> list[str]:
    """Sentences about files that do not match; empty when all is well."""
    found = []
    home = root / "solutions" / assignment.name / "checks"
    where = {}
    for folder in ("public", "hidden"):
        for file in sorted((home / folder).glob("test_*.py")):
            for name in _tests(file):
                if name in where:
                    found.append(f"{file.relative_to(root)}: test_{name} stands in two files")
                where[name] = (folder, file.relative_to(root))
    for case in assignment.cases:
        if case.name not in where:
            found.append(f"grading_config.yaml: case {case.name} has no check test_{case.name}; "
                         f"write it below {home.relative_to(root)}")  # fmt: skip
            continue
        folder, path = where[case.name]
        if (folder == "public") != (case.visibility is Visibility.VISIBLE):
            found.append(
                f"{path}: test_{case.name} is {folder} but its visibility is "
                f"{case.visibility.value}; public checks are `visible`, and only they"
            )
    found += _unknown_functions(assignment, root)
    cases = {case.name for case in assignment.cases}
    found += [
        f"{path}: test_{name} has no entry in grading_config.yaml; add it with its points"
        for name, (_, path) in where.items()
        if name not in cases
    ]
    try:
        fresh = handout.fresh(assignment, root)
    except handout.HandoutError as error:
        return [*found, str(error)]
    found += [f"{fact}; run: autograder handout {assignment.name}" for fact in fresh]
    if not fresh:
        found += leaks.leaks(assignment, root, root / "assignments" / assignment.name)
    return found


def _unknown_functions(assignment: Assignment, root: Path) -> Iterator[str]:
    for qualified in assignment.qualified:
        module, _, function = qualified.partition(":")
        path = root / "solutions" / assignment.name / f"{module}.py"
        if path.is_file() and function not in reach.defined(path.read_text(encoding="utf-8")):
            yield (
                f"grading_config.yaml: {assignment.name} names a function {function} that "
                f"{path.relative_to(root)} does not define; correct `functions:`"
            )


def _tests(file: Path) -> list[str]:
    tree = ast.parse(file.read_text(encoding="utf-8"))
    functions = [node.name for node in tree.body if isinstance(node, ast.FunctionDef)]
    return [name.removeprefix("test_") for name in functions if name.startswith("test_")]


def verify(
    assignment: Assignment,
    root: Path,
    *,
    jobs: int,
    rounds: int = 2,
    only: Callable[[Candidate], bool] = lambda _: True,
    whole: bool = False,
    progress: Callable[[list[pool.Task]], Callable[[], None]] | None = None,
) -> Report:
    """Examine the grader of ``assignment``. See the module's docstring.

    ``whole``: run every case of every candidate, also those that cannot see its change.
    ``progress`` is given all tasks and returns what is called after each one.
    """
    facts = _facts(assignment, root)
    room = grade.course_room(root, assignment)
    with tempfile.TemporaryDirectory(prefix="autograder-verify-") as temporary:
        rows = {
            f"{c.kind}/{c.name}": Row(c)
            for c in candidates(assignment, root, Path(temporary))
            if only(c)
        }
        baseline = Path(temporary) / "baseline"
        known = {} if whole else _known(rows.values(), assignment, root, baseline, jobs)
        tasks = [
            pool.Task(key, row.candidate.path, assignment, room, assumed=known.get(key, {}))
            for _ in range(rounds)
            for key, row in rows.items()
        ]
        step = progress(tasks) if progress else lambda: None
        first: dict[str, SubmissionResult] = {}
        for outcome in pool.outcomes(tasks, jobs):
            step()
            row = rows[outcome.task.name]
            if outcome.result is None:
                _tell(row, f"could not be graded: {outcome.problem.strip()}")
                continue
            row.seconds += outcome.result.usage.wall_s
            before = first.setdefault(outcome.task.name, outcome.result)
            if before is outcome.result:
                _judge(row, outcome.result, assignment)
            else:
                _compare(row, before, outcome.result)
    return Report(assignment, list(rows.values()), facts)


def _known(
    rows: Iterable[Row], assignment: Assignment, root: Path, baseline: Path, jobs: int
) -> dict[str, dict[str, CaseResult]]:
    """For each candidate, the results of cases that cannot see what it changes.

    They are the reference's. It is graded once more for that, and traced; where it does not have
    full marks, nothing is known.
    """
    room = grade.course_room(root, assignment)
    sources = {}
    baseline.mkdir()
    for file in assignment.files:
        sources[file] = (room.given / file).read_text(encoding="utf-8")
        shutil.copyfile(room.given / file, baseline / file)
    tasks = [pool.Task("", baseline, assignment, room, trace=trace) for trace in (False, True)]
    outcomes = {outcome.task.trace: outcome for outcome in pool.outcomes(tasks, min(jobs, 2))}
    right = outcomes[False].result
    if right is None or any(case.score != case.max_score for case in right.cases):
        return {}
    if outcomes[True].result is None:
        return {}
    ran = {case: reach.ran(trace, sources) for case, trace in outcomes[True].traces.items()}
    checks = [path for folder in room.checks for path in folder.glob("test_*.py")]
    always = reach.readers(checks) | {case.case for case in right.cases if case.case not in ran}
    found = {}
    for row in rows:
        says = row.candidate.says
        if says is None:
            continue
        file = f"{says.module or assignment.module}.py"
        changed = reach.touched(sources[file], says.text, assignment.allowed_imports)
        if changed is None:
            continue
        names = {f"{file}:{name}" for name in changed}
        # What no trace has seen may have been missed.
        if not names <= set().union(*ran.values()):
            continue
        key = f"{row.candidate.kind}/{row.candidate.name}"
        found[key] = {
            case.case: case
            for case in right.cases
            if case.case not in always and not names & ran[case.case]
        }
    return found


def _compare(row: Row, first: SubmissionResult, second: SubmissionResult) -> None:
    """The same submission, graded again, must come out the same."""
    changed = [
        a.case
        for a, b in zip(first.cases, second.cases, strict=True)
        if (a.verdict, a.score) != (b.verdict, b.score)
    ]
    if changed:
        _tell(row, f"came out differently the second time in {_named(changed)}")


# The table -------------------------------------------------------------------

KINDS = ("reference", "handout", "misconception", "variant", "odd")


def table(report: Report) -> str:
    """The exam as text: a line a candidate, the facts, and the sum."""
    most = report.assignment.max_score
    lines = [f"{report.assignment.name}: {report.assignment.title}", ""]
    for row in sorted(report.rows, key=lambda r: (KINDS.index(r.candidate.kind), r.candidate.name)):
        score = "-" if row.score is None else f"{row.score:g}"
        mark = "FAIL" if row.problems else "ok"
        lost = f"{len(row.lost)} cases lost" if row.lost else ""
        if row.candidate.says is not None and row.candidate.says.loses and not row.problems:
            lost = f"killed by {_named(row.lost, 3)}"
        name = f"{row.candidate.kind:<14}{row.candidate.name:<44}"
        lines.append(f"{mark:<5}{name}{score:>6} / {most:g}  {lost}".rstrip())
    unproven = report.unproven
    if unproven:
        lines += ["", f"note  no misconception loses {_named(unproven, 8)}: nothing proves "
                  f"{'these cases' if len(unproven) > 1 else 'this case'}"]  # fmt: skip
    lines += ["", *(f"FAIL {problem}" for problem in report.problems)]
    count = {kind: sum(r.candidate.kind == kind for r in report.rows) for kind in KINDS}
    lines.append(
        f"{count['misconception']} misconceptions, {count['variant']} variants, "
        f"{count['odd']} odd answers; {len(report.assignment.cases)} cases: "
        + (f"{len(report.problems)} problems" if report.problems else "the grader is right")
    )
    return "\n".join(lines)
