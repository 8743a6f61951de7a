"""The submissions with known results that the grader is examined with.

The reference, the untouched handout, every misconception, every variant, mutants of the reference,
and odd answers that no check may choke on. Lays out their files and runs nothing.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from autograder import overlay
from autograder.model import Assignment
from autograder.mutants import Mutant

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
    function: str = ""
    """Of a mutant: where its change is."""


def candidates(
    assignment: Assignment, root: Path, into: Path, mutants: Iterable[Mutant] = ()
) -> Iterator[Candidate]:
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
        yield Candidate("odd", name, folder, f"the odd answer {expression}")

    for mutant in mutants:
        folder = laid("mutant", mutant.name)
        file = f"{mutant.module or assignment.module}.py"
        _lay_over(folder / file, mutant.text)
        says = overlay.Overlay(home / file, mutant.sentence, mutant.module, (), (), mutant.text)
        yield Candidate("mutant", mutant.name, folder, f"{relative}/{file}", says, mutant.function)


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
