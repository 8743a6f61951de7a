"""How wide each tolerance is beside what honest and wrong answers differ by.

The reference and every variant are graded in all the surroundings at hand: thread counts, the
kernels of OpenBLAS, other interpreters with other versions of NumPy, and arguments that lie in
memory column by column. What float32 costs is judged by cases of their own. The largest share of
a case's tolerance that any of them uses is the widest honest deviation; the smallest that a
misconception which loses the case uses is the narrowest wrong one.
Between the two lies the tolerance, and the smaller of the two factors is its margin.
"""

from __future__ import annotations

import dataclasses
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from autograder import grade, pool, untouched
from autograder.candidates import Candidate, candidates
from autograder.model import Assignment, CaseResult
from autograder.pool import Condition
from autograder.session import SandboxError

MARGIN = 10.0
"""A case whose margin is smaller is reported."""
KERNELS = ("Prescott", "Nehalem", "Sandybridge", "Haswell", "SkylakeX", "Zen")
_TRY = "import numpy as np; x = np.ones((64, 64)) @ np.ones((64, 64)); assert x[0, 0] == 64"
_KERNEL = (
    "import ctypes, glob, os, numpy as np\n"
    "folder = os.path.join(os.path.dirname(np.__file__), '..', 'numpy.libs')\n"
    "for path in glob.glob(os.path.join(folder, '*blas*')):\n"
    "    library = ctypes.CDLL(path)\n"
    "    for name in ('scipy_openblas_get_corename64_', 'openblas_get_corename64_'):\n"
    "        if hasattr(library, name):\n"
    "            function = getattr(library, name)\n"
    "            function.restype = ctypes.c_char_p\n"
    "            print(function().decode())\n"
)


@dataclass
class Gauge:
    """One case's tolerance between the widest honest and the narrowest wrong deviation."""

    case: str
    honest: float | None = None
    """Share of the tolerance that the widest honest answer uses; None: nothing is compared."""
    widest: str = ""
    wrong: float | None = None
    """The same of the narrowest wrong one; None: no misconception fails by a number."""
    narrowest: str = ""
    lost: str = ""
    """An honest candidate that loses the case, and where."""

    @property
    def margin(self) -> float | None:
        """The smaller of the factors to either side; None where nothing is compared."""
        if self.honest is None:
            return None
        below = float("inf") if self.honest == 0 else 1 / self.honest
        return min(below, self.wrong if self.wrong is not None else float("inf"))


def conditions(pythons: Sequence[str] = ()) -> Iterator[Condition]:
    """The surroundings that can be had on this machine, the usual ones first."""
    yield Condition("usual")
    yield Condition("2 threads", (("OPENBLAS_NUM_THREADS", "2"), ("OMP_NUM_THREADS", "2")))
    yield Condition("columns first", columns_first=True)
    for kernel in KERNELS:
        setting = (("OPENBLAS_CORETYPE", kernel),)
        if _kernel(kernel).lower() == kernel.lower():
            yield Condition(f"kernel {kernel}", setting)
    for python in pythons:
        yield Condition(f"NumPy {_version(python)}", python=python)


def _kernel(name: str) -> str:
    """The kernel that OpenBLAS runs when asked for ``name``; empty where that does not work."""
    done = subprocess.run(
        [sys.executable, "-c", f"{_TRY}\n{_KERNEL}"],
        env={"OPENBLAS_CORETYPE": name},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout.strip().partition("\n")[0] if done.returncode == 0 else ""


def _version(python: str) -> str:
    """The version of NumPy that ``python`` has. Raises SandboxError if it has none."""
    try:
        done = subprocess.run(
            [python, "-c", "import numpy, platform; print(numpy.__version__, 'on Python', "
             "platform.python_version())"],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
    except OSError as error:
        raise SandboxError(f"{python} cannot be run ({error.strerror})") from None
    if done.returncode:
        raise SandboxError(f"{python} has no NumPy; give an interpreter that has")
    return done.stdout.strip()


def calibrate(
    assignment: Assignment,
    root: Path,
    *,
    jobs: int,
    among: Sequence[Condition],
    progress: Callable[[int], Callable[[], None]] | None = None,
) -> list[Gauge]:
    """The gauge of every case, in the config's order. ``among`` are the surroundings to try."""
    room = grade.course_room(root, assignment)
    found = {case.name: Gauge(case.name) for case in assignment.cases}
    # With stand-ins a deviation would be another function's.
    alone = dataclasses.replace(assignment, follow_through=0.0)
    usual, *others = among
    with tempfile.TemporaryDirectory(prefix="autograder-") as temporary:
        place = Path(temporary)
        tried = {
            f"{candidate.kind}/{candidate.name}": candidate
            for candidate in candidates(assignment, root, place)
            if candidate.kind in ("reference", "variant", "misconception")
        }
        honest = [name for name, one in tried.items() if one.kind != "misconception"]
        step = progress(len(tried) + len(others) * len(honest)) if progress else lambda: None
        baseline = untouched.tasks(alone, root, place / "baseline")
        outcomes = {outcome.task.name: outcome for outcome in pool.outcomes(baseline, jobs)}
        known = untouched.results(
            tried.values(), alone, root, outcomes[untouched.PLAIN], outcomes[untouched.TRACED]
        )
        tasks = [
            pool.Task(
                name,
                candidate.path,
                alone,
                room,
                assumed=known.get(name, {}) if candidate.kind == "misconception" else {},
                condition=usual,
            )
            for name, candidate in tried.items()
        ]
        plain: dict[str, dict[str, CaseResult]] = {}
        for outcome in pool.outcomes(tasks, jobs):
            step()
            _take(found, outcome, tried[outcome.task.name])
            if outcome.result is not None and outcome.task.name in honest:
                plain[outcome.task.name] = {
                    case.case: case
                    for case in outcome.result.cases
                    if case.case not in outcome.strains
                }
        # One surrounding after the other, for each needs a zygote of its own; and only what
        # compares numbers, for nothing else depends on them.
        tasks = [
            pool.Task(
                name,
                tried[name].path,
                alone,
                room,
                assumed=plain.get(name, {}),
                condition=condition,
            )
            for condition in others
            for name in honest
        ]
        for outcome in pool.outcomes(tasks, jobs):
            step()
            _take(found, outcome, tried[outcome.task.name])
    return list(found.values())


def _take(found: dict[str, Gauge], outcome: pool.Outcome, candidate: Candidate) -> None:
    name, where = candidate.name, outcome.task.condition.label
    if outcome.result is None:
        if candidate.kind != "misconception":
            for gauge in found.values():
                gauge.lost = gauge.lost or f"{name} ({where}): {outcome.problem.strip()}"
        return
    # What it may lose or not is no mistake that the case has to tell.
    told = candidate.says.loses if candidate.says is not None else ()
    for case in outcome.result.cases:
        gauge, strain = found[case.case], outcome.strains.get(case.case)
        lost = case.score is not None and case.score < case.max_score
        if candidate.kind == "misconception":
            # A value that is off by less than its tolerance has not failed by it.
            if lost and case.case in told and 1 < (strain or 0.0) < (gauge.wrong or float("inf")):
                gauge.wrong, gauge.narrowest = strain, name
            continue
        if lost or case.score is None:
            gauge.lost = gauge.lost or f"{name} ({where})"
        if strain is not None and (gauge.honest is None or strain > gauge.honest):
            gauge.honest, gauge.widest = strain, f"{name} ({where})"


def table(assignment: Assignment, gauges: Sequence[Gauge], among: Sequence[Condition]) -> str:
    """The gauges as text, and what is too narrow."""
    width = max((len(gauge.case) for gauge in gauges), default=0)
    lines = [
        f"{assignment.name}: tolerances, tried with {', '.join(c.label for c in among)}",
        "",
        f"{'case':<{width}}  {'honest':>8}  {'wrong':>8}  {'margin':>8}  widest honest / narrowest "
        "wrong",
    ]
    bad = []
    for gauge in gauges:
        if gauge.lost:
            bad.append(f"FAIL {gauge.case}: {gauge.lost} loses it")
        if gauge.honest is None or gauge.margin is None:
            continue
        wrong = "-" if gauge.wrong is None else f"{gauge.wrong:.2g}"
        lines.append(
            f"{gauge.case:<{width}}  {gauge.honest:>8.2g}  {wrong:>8}  {gauge.margin:>8.2g}  "
            f"{gauge.widest} / {gauge.narrowest or '-'}"
        )
        if gauge.margin < MARGIN:
            side = "honest" if gauge.honest * MARGIN > 1 else "wrong"
            bad.append(
                f"FAIL {gauge.case}: its margin is {gauge.margin:.2g}, less than {MARGIN:g}, to "
                f"the {side} side; {'widen' if side == 'honest' else 'narrow'} its tolerance, or "
                "choose inputs that tell the two apart"
            )
    compared = sum(gauge.honest is not None for gauge in gauges)
    lines += ["", *bad, f"{compared} of {len(gauges)} cases compare numbers: " + (
        f"{len(bad)} to look at" if bad else f"every margin is {MARGIN:g} or more"
    )]  # fmt: skip
    return "\n".join(lines)


def faults(gauges: Sequence[Gauge]) -> int:
    """How many cases are too narrow, or lost by an honest candidate."""
    return sum(
        bool(gauge.lost) or (gauge.margin is not None and gauge.margin < MARGIN) for gauge in gauges
    )
