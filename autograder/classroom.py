"""Many submissions: find them, grade them in parallel, write what staff read.

Map of the folder it makes::

    DIR/<submission>/results.json   Gradescope's format
    DIR/<submission>/report.html    for staff: nothing is left out
    DIR/gradebook.csv               a row a submission
    DIR/report.html                 the class

Each submission's files are whole on disk before the next outcome is taken up.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from autograder import class_report, grade, gradebook, pool, report, roll
from autograder.model import Assignment, LatePolicy, SubmissionResult


class ClassError(ValueError):
    """A folder of submissions that cannot be used."""


def submissions(folder: Path, out: Path) -> dict[str, Path]:
    """The submissions in ``folder``, by name: sub-folders, zips, ``.py`` and ``.ipynb`` files.

    ``out``, should it lie there too, is none. Raises ClassError when there is no submission, or
    when two cannot be told apart by name.
    """
    if not folder.is_dir():
        raise ClassError(f"{folder}: no such folder; name the one that holds the submissions")
    paths = sorted(
        path
        for path in folder.iterdir()
        if not path.name.startswith((".", "__"))
        and path.resolve() != out.resolve()
        and (path.is_dir() or path.suffix.lower() in (".zip", ".py", ".ipynb"))
    )
    if not paths:
        raise ClassError(
            f"{folder}: no submissions here; expected folders, .zip, .py or .ipynb files"
        )
    stems = [(path.stem if path.is_file() else path.name) for path in paths]
    folded = [stem.casefold() for stem in stems]
    names = [
        stem if folded.count(stem.casefold()) == 1 else path.name
        for stem, path in zip(stems, paths, strict=True)
    ]
    # Some file systems do not tell names apart by their letters' case.
    taken = {"report.html", "gradebook.csv"}
    for name, path in zip(names, paths, strict=True):
        if name.casefold() in taken:
            raise ClassError(f"{path}: another submission or file has this name; rename this one")
        taken.add(name.casefold())
    return dict(zip(names, paths, strict=True))


def grade_all(
    assignment: Assignment,
    room: grade.Room,
    folder: Path,
    out: Path,
    *,
    jobs: int,
    require: str = "open",
    on_result: Callable[[SubmissionResult], None] = lambda _: None,
) -> list[SubmissionResult]:
    """Grade every submission in ``folder`` and write results, gradebook and report to ``out``.

    ``require`` is the weakest isolation that will do. Returns the results in the order of their
    names, without pictures.
    """
    found = submissions(folder, out)
    out.mkdir(parents=True, exist_ok=True)
    tasks = [
        pool.Task(name, path, assignment, room, require, explain=True)
        for name, path in found.items()
    ]
    results: dict[str, SubmissionResult] = {}
    for outcome in pool.outcomes(tasks, jobs):
        name = outcome.task.name
        result = outcome.result or grade.not_run(
            assignment, name, outcome.problem, ours=outcome.ours
        )
        home = out / name
        home.mkdir(exist_ok=True)
        report.write_json(result, home / "results.json")
        report.write_text(home / "report.html", report.html(result, audience="staff"))
        # A class of a thousand does not fit in memory with its pictures.
        results[name] = replace(
            result, cases=tuple(replace(case, pictures=()) for case in result.cases)
        )
        on_result(results[name])
    ordered = [results[name] for name in found]
    handed = [roll.Handed(name, (), (roll.Student(name),)) for name in found]
    rows = roll.rows(handed, results, policy=LatePolicy(), due=None)
    report.write_text(out / "gradebook.csv", gradebook.gradebook_csv(rows, assignment))
    links = {name: f"{name}/report.html" for name in found}
    report.write_text(out / "report.html", class_report.class_html(rows, assignment, links))
    return ordered
