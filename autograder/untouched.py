"""Cases that cannot see what a candidate changes, and so need not be run for it.

The reference is traced once; a case that never runs a function which a candidate changes has the
reference's result for it.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from pathlib import Path

from autograder import grade, pool, reach
from autograder.candidates import Candidate
from autograder.model import Assignment, CaseResult

PLAIN, TRACED = "baseline/plain", "baseline/traced"


def tasks(assignment: Assignment, root: Path, folder: Path) -> list[pool.Task]:
    """What ``results`` needs to know of the reference, laid out in the new ``folder``: its result
    and its trace, in this order.
    """
    room = grade.course_room(root, assignment)
    folder.mkdir()
    for file in assignment.files:
        shutil.copyfile(room.given / file, folder / file)
    return [
        pool.Task(name, folder, assignment, room, trace=trace)
        for name, trace in ((PLAIN, False), (TRACED, True))
    ]


def results(
    candidates: Iterable[Candidate],
    assignment: Assignment,
    root: Path,
    plain: pool.Outcome,
    traced: pool.Outcome,
) -> dict[str, dict[str, CaseResult]]:
    """For each candidate, the results of cases that cannot see what it changes.

    They are the reference's: ``plain`` and ``traced`` are what came of ``tasks``. Where it does
    not have full marks, nothing is known.
    """
    room = grade.course_room(root, assignment)
    sources = {f: (room.given / f).read_text(encoding="utf-8") for f in assignment.files}
    right = plain.result
    if right is None or any(case.score != case.max_score for case in right.cases):
        return {}
    if traced.result is None:
        return {}
    ran = {case: reach.ran(trace, sources) for case, trace in traced.traces.items()}
    checks = [path for folder in room.checks for path in folder.glob("test_*.py")]
    always = reach.readers(checks) | {case.case for case in right.cases if case.case not in ran}
    found = {}
    for candidate in candidates:
        says = candidate.says
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
        key = f"{candidate.kind}/{candidate.name}"
        found[key] = {
            case.case: case
            for case in right.cases
            if case.case not in always and not names & ran[case.case]
        }
    return found
