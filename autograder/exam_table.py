"""The exam's report as text: candidates, cases, feedback and what is wrong."""

from __future__ import annotations

from collections import Counter
from typing import NamedTuple

from autograder.exam import Report, Row, named
from autograder.feedback import DESCRIBED, MISNAMED, NAMED_RIGHTLY, Feedback

KINDS = ("reference", "handout", "misconception", "variant", "odd", "mutant")


def table(report: Report) -> str:
    """A line a candidate, a line a case, notes, what is wrong, and the sum."""
    lines = [f"{report.assignment.name}: {report.assignment.title}", ""]
    lines += [_candidate(row, report) for kind in KINDS for row in report.of(kind)]
    if report.whole:
        lines += ["", *_cases(report), "", *_rates(report)]
    notes = _notes(report)
    lines += ["", *(f"note  {note}" for note in notes)] if notes else []
    lines += ["", *(f"FAIL {problem}" for problem in report.problems)]
    count = {kind: len(report.of(kind)) for kind in KINDS}
    mutants = f"{count['mutant']} mutants, " if count["mutant"] else ""
    lines.append(
        f"{count['misconception']} misconceptions, {mutants}{count['variant']} variants, "
        f"{count['odd']} odd answers; {len(report.assignment.cases)} cases; "
        f"{report.seconds:.0f} s: "
        + (f"{len(report.problems)} problems" if report.problems else "the grader is right")
    )
    return "\n".join(lines)


def _candidate(row: Row, report: Report) -> str:
    most = report.assignment.max_score
    score = "-" if row.score is None else f"{row.score:g}"
    mark = "FAIL" if row.problems else "ok"
    lost = f"{len(row.lost)} cases lost" if row.lost else ""
    says = row.candidate.says
    if says is not None and row.lost and not row.problems:
        lost = f"killed by {named(row.lost, 3)}"
    elif row.candidate.kind == "mutant":
        kind = row.finding.kind if row.finding else "survives"
        lost = kind if kind != "missed" else f"MISSED: {says.sentence if says else ''}"
    name = f"{row.candidate.kind:<14}{row.candidate.name:<44}"
    return f"{mark:<5}{name}{score:>6} / {most:g}  {lost}".rstrip()


class Kills(NamedTuple):
    """How many misconceptions lose a case; those for which it is the first case; the only one."""

    kills: int
    first: int
    alone: int


def tallied(report: Report) -> dict[str, Kills]:
    """For each case with points, how many misconceptions it catches."""
    lost = [row.lost for row in report.of("misconception") if row.lost]
    first = Counter(cases[0] for cases in lost)
    alone = Counter(cases[0] for cases in lost if len(cases) == 1)
    return {case: Kills(len(by), first[case], alone[case]) for case, by in report.kills.items()}


def _cases(report: Report) -> list[str]:
    """For each case, how many misconceptions lose it, and how many nothing else catches."""
    width = max((len(case) for case in report.kills), default=0)
    lines = [f"{'case':<{width}}  kills  first  alone"]
    for case, n in tallied(report).items():
        lines.append(f"{case:<{width}}  {n.kills:>5}  {n.first:>5}  {n.alone:>5}")
    return lines


def _rates(report: Report) -> list[str]:
    lines = []
    for what, found in rated(report).items():
        count = Counter(f.status for f in found)
        n = len(found)
        good = count[NAMED_RIGHTLY] + count[DESCRIBED]
        lines.append(
            f"feedback on {n} {what}: {count[NAMED_RIGHTLY]} named, {count[DESCRIBED]} described "
            f"({100 * good / n:.1f} % together), {count[MISNAMED]} misnamed "
            f"({100 * count[MISNAMED] / n:.1f} %)"
        )
    return lines


def rated(report: Report) -> dict[str, list[Feedback]]:
    """The feedback on each group of mistakes; groups without any are left out."""
    own, mutants = report.of("misconception"), report.of("mutant")
    groups = {
        "misconceptions": [row.feedback for row in own],
        "misconceptions, each as if it were not known": [row.unknown for row in own],
        "mutants": [row.feedback for row in mutants],
    }
    kept = {what: [f for f in found if f is not None] for what, found in groups.items()}
    return {what: found for what, found in kept.items() if found}


def _notes(report: Report) -> list[str]:
    notes = []
    unproven = report.unproven
    if unproven:
        some = "these cases" if len(unproven) > 1 else "this case"
        notes.append(f"no misconception loses {named(unproven, 8)}: nothing proves {some}")
    if report.unnoticed:
        notes.append(
            f"less than half a percent of the points is lost by {named(report.unnoticed, 8)}: too "
            "little to notice"
        )
    missed = [row for row in report.of("mutant") if row.finding and row.finding.kind == "missed"]
    for row in missed:
        if row.finding is not None and row.finding.witness is not None:
            notes.append(f"{row.candidate.name}: {row.finding.witness.sentence}")
    return notes
