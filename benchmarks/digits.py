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
from autograder.model import Assignment, Case, CaseResult

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


Results = dict[tuple[str, str], CaseResult]
"""Results of one case, by kind and name of the candidate."""


def measured(assignment: Assignment) -> dict[str, Results]:
    """For each case, the results of the reference and of all who write its functions anew."""
    room = grade.course_room(ROOT, assignment)
    graded = {
        case.name: {function.rpartition(".")[2] for function in case.functions}
        for case in assignment.cases
    }
    found: dict[str, Results] = {name: {} for name in graded}
    with tempfile.TemporaryDirectory() as temporary:
        tasks, wrote = [], {}
        for c in verify.candidates(assignment, ROOT, Path(temporary)):
            text = c.says.text if c.says else "".join(f.read_text() for f in c.path.glob("*.py"))
            own = {
                case
                for case, functions in graded.items()
                if any(f"def {function}(" in text for function in functions)
            }
            if c.says is not None and c.says.module is not None:
                own &= {q.name for q in assignment.cases if _module(assignment, q) == c.says.module}
            if c.kind in KINDS and own:
                tasks.append(pool.Task(f"{c.kind}/{c.name}", c.path, assignment, room))
                wrote[tasks[-1].name] = (c.kind, c.name), own
        for outcome in pool.outcomes(tasks, 1):
            key, own = wrote[outcome.task.name]
            if outcome.result is None:
                raise SystemExit(f"{outcome.task.name}: {outcome.problem}")
            for result in outcome.result.cases:
                if result.case in own:
                    found[result.case][key] = result
    return found


def _module(assignment: Assignment, case: Case) -> str:
    return assignment.module_of(assignment.question_of(case))


def table(results: Results) -> tuple[str, bool]:
    """The tables of one case, and whether every variant keeps what is asked of it."""
    reference = results["reference", "reference"]
    if reference.score is None:
        raise SystemExit(f"{reference.case}: {reference.staff_note}")
    lines, fair = [f"### `{reference.case}`", ""], True
    for i, sweep in enumerate(reference.curves):
        about = f" ({sweep.axis})" if sweep.axis else ""
        lines += [f"{sweep.title}{about}:", "", "| condition | asked | reference | variants, least "
                  "| misconceptions, most below |", "|---|---|---|---|---|"]  # fmt: skip
        for j, point in enumerate(sweep.points):
            keeps = {
                key: result.curves[i].points[j]
                for key, result in results.items()
                if len(result.curves) > i
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


def shares(results: Results) -> str:
    """Which misconceptions lose part of the case, and how much of it they keep."""
    kept = {
        key[1]: result.score or 0.0
        for key, result in results.items()
        if key[0] == "misconception" and result.score != result.max_score
    }
    most = results["reference", "reference"].max_score
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
        for results in measured(of_it).values():
            text, every = table(results)
            print(text)
            fair &= every
            if chosen.shares:
                print(shares(results))
    print("Every variant keeps what is asked." if fair else "A VARIANT KEEPS LESS THAN IS ASKED.")
    return 0 if fair else 1


if __name__ == "__main__":
    sys.exit(main())
