"""Digits kept by right and by wrong solutions, condition by condition, as tables in Markdown.

Every variant and every misconception of a function with a ``_digits`` case is graded on that case
alone, by the way that submissions go. For each condition the table says what is asked, what the
reference keeps, the least that a variant keeps, and the most that a misconception keeps among
those that have less than is asked. What is asked has to lie between the last two.

    python benchmarks/digits.py [ASSIGNMENT ...]

Exit status: 0 when every variant keeps what is asked, 1 when one does not.
"""

from __future__ import annotations

import argparse
import dataclasses
import sys
import tempfile
from pathlib import Path

from autograder import config, grade, pool, verify
from autograder.model import Assignment, CaseResult

ROOT = Path(__file__).parent.parent
KINDS = ("reference", "variant", "misconception")


def swept(assignment: Assignment) -> Assignment:
    """The assignment with its sweeping cases only, none of which requires another case."""
    questions = [
        dataclasses.replace(
            question,
            cases=tuple(
                dataclasses.replace(case, requires=None) for case in question.cases if case.digits
            ),
        )
        for question in assignment.questions
    ]
    return dataclasses.replace(assignment, questions=tuple(q for q in questions if q.cases))


def measured(assignment: Assignment) -> dict[tuple[str, str], dict[str, CaseResult]]:
    """Results by case, for every candidate that says something about it, by kind and name."""
    room = grade.course_room(ROOT, assignment)
    names = {function.rpartition(".")[2] for function in assignment.functions}
    with tempfile.TemporaryDirectory() as temporary:
        tasks = {}
        for c in verify.candidates(assignment, ROOT, Path(temporary)):
            text = c.says.text if c.says else "".join(f.read_text() for f in c.path.glob("*.py"))
            if c.kind in KINDS and any(f"def {name}(" in text for name in names):
                task = pool.Task(f"{c.kind}/{c.name}", c.path, assignment, room)
                tasks[task.name] = (c, task)
        found = {}
        for outcome in pool.outcomes([task for _, task in tasks.values()], 1):
            candidate, _ = tasks[outcome.task.name]
            if outcome.result is None:
                raise SystemExit(f"{candidate.name}: {outcome.problem}")
            found[candidate.kind, candidate.name] = {c.case: c for c in outcome.result.cases}
    return found


def table(results: dict[tuple[str, str], dict[str, CaseResult]], case: str) -> tuple[str, bool]:
    """The tables of one case, and whether every variant keeps what is asked of it."""
    reference = results["reference", "reference"][case]
    if reference.score is None:
        raise SystemExit(f"{case}: {reference.staff_note}")
    lines, fair = [f"### `{case}`", ""], True
    for i, sweep in enumerate(reference.curves):
        about = f" ({sweep.axis})" if sweep.axis else ""
        lines += [f"{sweep.title}{about}:", "", "| condition | asked | reference | variants, least "
                  "| misconceptions, most below |", "|---|---|---|---|---|"]  # fmt: skip
        for j, point in enumerate(sweep.points):
            keeps = {
                key: of_case[case].curves[i].points[j]
                for key, of_case in results.items()
                if len(of_case[case].curves) > i and len(of_case[case].curves[i].points) > j
            }
            right = {k[1]: p for k, p in keeps.items() if k[0] == "variant"}
            fair &= all(p.asked is None or p.student >= p.asked for p in right.values())
            name, least = min(right.items(), key=lambda item: item[1].student)
            wrong = {
                k[1]: p.student
                for k, p in keeps.items()
                if k[0] == "misconception" and p.asked is not None and p.student < p.asked
            }
            most = max(wrong.items(), key=lambda item: item[1], default=("", None))
            asked = "–" if point.asked is None else f"{point.asked:g}"
            below = "–" if most[1] is None else f"{most[1]:.1f} {most[0].partition('__')[2]}"
            by = f" {name}" if least.student < 10 else ""
            kept = f"{point.reference:.1f} | {least.student:.1f}{by}"
            lines.append(f"| {point.name} | {asked} | {kept} | {below} |")
        lines.append("")
    return "\n".join(lines), fair


def shares(results: dict[tuple[str, str], dict[str, CaseResult]], case: str) -> str:
    """Which misconceptions lose part of the case, and how much of it they keep."""
    kept = {
        key[1]: of_case[case].score or 0.0
        for key, of_case in results.items()
        if key[0] == "misconception" and of_case[case].score != of_case[case].max_score
    }
    most = results["reference", "reference"][case].max_score
    said = (f"{name} {score / most:.0%}" for name, score in sorted(kept.items()))
    return "Share of the case that misconceptions keep: " + ", ".join(said) + ".\n"


def main() -> int:
    """Measure and print. See the module's docstring."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("assignments", nargs="*", metavar="ASSIGNMENT")
    parser.add_argument("--shares", action="store_true", help="what each misconception keeps")
    chosen = parser.parse_args()
    fair = True
    for assignment in config.load(ROOT / "grading_config.yaml").assignments:
        of_it = swept(assignment)
        if not of_it.cases or (chosen.assignments and assignment.name not in chosen.assignments):
            continue
        print(f"## {assignment.name}\n")
        results = measured(of_it)
        for case in of_it.cases:
            text, every = table(results, case.name)
            print(text)
            fair &= every
            if chosen.shares:
                print(shares(results, case.name))
    print("Every variant keeps what is asked." if fair else "A VARIANT KEEPS LESS THAN IS ASKED.")
    return 0 if fair else 1


if __name__ == "__main__":
    sys.exit(main())
