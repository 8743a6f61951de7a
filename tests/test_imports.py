"""The import rule: modules of the engine import one way only."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import pytest

from autograder.handout import ENGINE as ENGINE_PARTS

ENGINE = Path(__file__).parent.parent / "autograder"

LAYERS = [
    {"__init__", "arguments", "attempts", "calls"},
    {"model", "wire", "prints", "diagnose", "digits", "marks", "overlay", "datasets"}
    | {"account", "removal", "entries", "reach", "scopes", "sections", "standins", "confine"}
    | {"asked", "mutations", "perturb", "once", "whole", "lock", "safenames", "items"},
    {"describe", "amounts"},
    {"config", "archives", "cells", "curves", "visible", "answers", "stubs", "worker", "session"}
    | {"tops", "formulas", "mutants"},
    {"statements", "heatmap", "leaderboard"},
    {"extraction"},
    {"zygote", "proxy", "sandbox", "names", "terminal", "notebook", "compare", "fetch"}
    | {"submission", "lateness", "prose", "sheet"},
    {"budget", "stability", "isolation", "lengths", "handout", "leaks", "report", "scaffold"}
    | {"written", "solved", "roll", "progress"},
    {"flags"},
    {"rules", "written_page", "merge", "rehearsal", "growth", "findings", "platforms"}
    | {"gradebook", "fingerprints", "parcel"},
    {"bench"},
    {"plugin", "follow", "recognise", "class_report", "downloads", "roster", "exports"}
    | {"similarity"},
    {"runner"},
    {"grade", "intake", "similarity_page"},
    {"check", "replay", "digests"},
    {"journal"},
    {"pool", "gradescope", "equivalence", "changes"},
    {"finish"},
    {"station"},
    {"cluster", "class_files"},
    {"classroom", "bundle", "candidates", "facts", "feedback"},
    {"exam", "untouched"},
    {"verify", "calibrate", "exam_table"},
    {"exam_page"},
    {"__main__"},
]
"""A module imports only from layers above its own in this list."""

IN_HANDOUT = set(ENGINE_PARTS)


def imports(module: str, *, lazily: bool) -> set[str]:
    """Modules of the engine (bare names) and others that a module imports."""
    tree = ast.parse((ENGINE / f"{module}.py").read_text(encoding="utf-8"))
    nodes = ast.walk(tree) if lazily else iter(tree.body)
    found: set[str] = set()
    for node in nodes:
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            if node.module == "autograder":
                found |= {f"autograder.{alias.name}" for alias in node.names}
            else:
                found.add(node.module or "")
    return found


def ours(module: str) -> set[str]:
    names = {
        n.removeprefix("autograder.") for n in imports(module, lazily=True) if "autograder." in n
    }
    return names - {"__version__"}


MODULES = sorted(path.stem for path in ENGINE.glob("*.py"))


def test_every_module_has_a_layer() -> None:
    """A new module is placed in the list on purpose."""
    placed = [name for layer in LAYERS for name in layer]
    assert sorted(placed) == MODULES


@pytest.mark.parametrize("module", MODULES)
def test_imports_point_one_way(module: str) -> None:
    """No module imports from its own layer or a later one."""
    earlier: set[str] = set()
    for layer in LAYERS:
        if module in layer:
            break
        earlier |= layer
    assert ours(module) <= earlier


def test_the_worker_imports_the_wire_and_nothing_else_of_ours() -> None:
    """What shares a process with student code knows nothing."""
    assert ours("worker") == {"wire"}
    assert ours("zygote") == {"calls", "confine", "worker"}
    assert ours("confine") == {"calls"}
    assert ours("calls") == set()


@pytest.mark.parametrize("module", sorted(IN_HANDOUT - {"__main__"}))
def test_a_handout_needs_only_numpy_and_pytest(module: str) -> None:
    """What ships to students imports numpy, pytest, the standard library, and its like."""
    outside = {name.partition(".")[0] for name in imports(module, lazily=True)}
    allowed = sys.stdlib_module_names | {"numpy", "pytest", "autograder"}
    assert outside <= allowed
    assert ours(module) <= IN_HANDOUT
