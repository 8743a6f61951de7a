"""Whether an assignment's files match: config and checks, handout and solution.

Each fact that does not hold is a sentence with the file and what mends it. Files only; nothing is
graded.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from autograder import handout, leaks, reach
from autograder.model import Assignment, Visibility


def facts(assignment: Assignment, root: Path) -> list[str]:
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
