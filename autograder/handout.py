"""One assignment's source to what its students get: a folder and a notebook.

``contents`` says what every file holds; ``build`` writes that and ``fresh`` compares with it.
Made, from ``solutions/<name>/`` unless said otherwise::

    assignments/<name>/
        README.md               the statement
        <file>.py               what is handed in, with stubs for answers; given files as they are
        <name>.ipynb            the notebook, from notebook.py (if there is one)
        checks/public/          as they are
        data/                   from data/, the files that the assignment names
        handout.json            the public part of the configuration
        autograder/             the modules in ENGINE, from autograder/
        conftest.py  pytest.ini  requirements.txt
    notebooks/<name>.ipynb      the same notebook

Runs nothing of an assignment and reads no YAML: the caller has loaded the configuration.
"""

from __future__ import annotations

import ast
import dataclasses
import json
import tempfile
from collections.abc import Collection
from pathlib import Path

from autograder.marks import HandoutError
from autograder.model import Assignment, Visibility, to_plain
from autograder.notebook import to_notebook
from autograder.stubs import strip

__all__ = ["ENGINE", "HandoutError", "build", "contents", "fresh", "strip"]

ENGINE = (
    "__init__",
    "__main__",
    "account",
    "amounts",
    "answers",
    "archives",
    "arguments",
    "asked",
    "attempts",
    "bench",
    "budget",
    "cells",
    "calls",
    "check",
    "compare",
    "confine",
    "describe",
    "diagnose",
    "digits",
    "entries",
    "extraction",
    "follow",
    "grade",
    "growth",
    "isolation",
    "lengths",
    "model",
    "names",
    "once",
    "plugin",
    "prints",
    "proxy",
    "recognise",
    "rehearsal",
    "removal",
    "rules",
    "runner",
    "sandbox",
    "scopes",
    "session",
    "stability",
    "standins",
    "statements",
    "submission",
    "terminal",
    "visible",
    "wire",
    "worker",
    "zygote",
)
"""Modules that the student's check needs; those that exist are copied."""

MINIMUMS = {
    "autograd": "1.7",
    "imageio": "2.31",
    "matplotlib": "3.7",
    "numpy": "1.24",
    "pandas": "2.0",
    "pytest": "7.4",
    "scipy": "1.10",
    "tqdm": "4.65",
}
"""The oldest version that is known to do; any other package comes without one."""

DISTRIBUTIONS = {"PIL": "pillow", "cv2": "opencv-python", "sklearn": "scikit-learn"}
"""Packages that are installed under another name than they are imported by."""

CONFTEST = 'pytest_plugins = ["autograder.check"]\n'

PYTEST_INI = """\
[pytest]
testpaths = checks/public
pythonpath = .
addopts = -q --import-mode=importlib -p no:cacheprovider
"""


def build(assignment: Assignment, root: Path, into: Path) -> None:
    """Write the handout to the folder ``into``, whole or not at all; what was there goes.

    ``root`` is the course's folder (``solutions/``, ``data/``, ``autograder/``). Where ``into``
    is its ``assignments/<name>/``, the copy in ``notebooks/`` is written too. Raises
    HandoutError for a source that is missing or wrong; then nothing has changed.
    """
    files = contents(assignment, root)
    into.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(
        prefix=f".{into.name}-", dir=into.parent, ignore_cleanup_errors=True
    ) as temporary:
        new = Path(temporary) / "new"
        for name, data in files.items():
            (new / name).parent.mkdir(parents=True, exist_ok=True)
            (new / name).write_bytes(data)
        _swap(new, into, Path(temporary) / "old")
        if into.resolve() == _home(assignment, root).resolve():
            _put(files.get(_notebook(assignment)), _copy(assignment, root), Path(temporary))


def fresh(assignment: Assignment, root: Path) -> list[str]:
    """What keeps the generated files under ``root`` from being what ``build`` would write now.

    One sentence for every file that is missing, stray or changed; none: all is fresh.
    """
    home = _home(assignment, root)
    files = contents(assignment, root)
    wanted = {home / name: data for name, data in files.items()}
    if _notebook(assignment) in files:
        wanted[_copy(assignment, root)] = files[_notebook(assignment)]
    faults = []
    for path, data in wanted.items():
        if path.is_symlink() or not path.is_file():
            faults.append(f"{_shown(root, path)} is missing")
        elif path.read_bytes() != data:
            faults.append(f"{_shown(root, path)} is not what its source makes now")
    folders = {parent for path in wanted for parent in path.parents}
    there = [*sorted(home.rglob("*")), *root.glob(f"notebooks/{_notebook(assignment)}")]
    strays = (path for path in there if path not in wanted and path not in folders)
    return faults + [f"{_shown(root, path)} is no part of the handout" for path in strays]


def contents(assignment: Assignment, root: Path) -> dict[str, bytes]:
    """Every file of the handout: its path in the handout's folder, and its bytes."""
    solution = root / "solutions" / assignment.name
    public = solution / "checks" / "public"
    checks = {
        f"checks/public/{path.relative_to(public).as_posix()}": path.read_bytes()
        for path in sorted(public.rglob("*"))
        if path.is_file() and path.suffix != ".pyc" and "__pycache__" not in path.parts
    }
    handout = {"README.md": _read(root, solution / "README.md")}
    # What is handed in besides Python has no stub: students make it.
    for name in (name for name in assignment.files if name.endswith(".py")):
        source = _text(root, solution / name)
        handout[name] = strip(source, _shown(root, solution / name)).encode()
    whole = (*assignment.given, *assignment.templates)
    handout |= {name: _read(root, solution / name) for name in whole}
    handout |= checks
    handout |= {f"data/{name}": _read(root, root / "data" / name) for name in assignment.data}
    for module in ENGINE:
        path = Path(__file__).with_name(f"{module}.py")
        if path.is_file():
            handout[f"autograder/{module}.py"] = path.read_bytes()
    record = to_plain(public_part(assignment, _case_names(checks)))
    handout["handout.json"] = (json.dumps(record, indent=2, ensure_ascii=False) + "\n").encode()
    handout["conftest.py"] = CONFTEST.encode()
    handout["pytest.ini"] = PYTEST_INI.encode()
    handout["requirements.txt"] = requirements(assignment).encode()
    path = solution / "notebook.py"
    if path.is_file():
        handout[_notebook(assignment)] = to_notebook(_text(root, path), _shown(root, path)).encode()
    return {name: handout[name] for name in sorted(handout)}


def public_part(assignment: Assignment, shipped: Collection[str]) -> Assignment:
    """``assignment`` with only the cases named in ``shipped``; the others are counted.

    Whoever has the check may see its result, whatever the visibility after submitting.
    """
    questions = tuple(
        dataclasses.replace(
            question,
            cases=tuple(
                dataclasses.replace(
                    case, visibility=Visibility.VISIBLE, seed=assignment.seed_of(case)
                )
                for case in question.cases
                if case.name in shipped
            ),
            rubric=(),
        )
        for question in assignment.questions
    )
    board = assignment.leaderboard
    public = dataclasses.replace(
        assignment,
        questions=questions,
        seed=0,
        leaderboard=board if board is not None and board.case in shipped else None,
    )
    hidden = len(assignment.cases) - len(public.cases)
    return dataclasses.replace(public, hidden_cases=assignment.hidden_cases + hidden)


def requirements(assignment: Assignment) -> str:
    """The handout's ``requirements.txt``."""
    packages = {"numpy", "pytest"} | {
        DISTRIBUTIONS.get(name.split(".")[0], name.split(".")[0])
        for name in assignment.allowed_imports
    }
    return "".join(
        f"{name}>={MINIMUMS[name]}\n" if name in MINIMUMS else f"{name}\n"
        for name in sorted(packages)
    )


def _home(assignment: Assignment, root: Path) -> Path:
    return root / "assignments" / assignment.name


def _notebook(assignment: Assignment) -> str:
    return f"{assignment.name}.ipynb"


def _copy(assignment: Assignment, root: Path) -> Path:
    return root / "notebooks" / _notebook(assignment)


def _case_names(checks: dict[str, bytes]) -> set[str]:
    names: set[str] = set()
    for name, data in checks.items():
        if name.endswith(".py"):
            try:
                tree = ast.parse(data, name)
            except (SyntaxError, ValueError) as error:
                line = getattr(error, "lineno", None) or 1
                raise HandoutError(f"{name}:{line}: not valid Python ({error}).") from None
            names |= {
                node.name.removeprefix("test_")
                for node in tree.body
                if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
            }
    return names


def _shown(root: Path, path: Path) -> str:
    return path.relative_to(root).as_posix()


def _read(root: Path, path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        reason = error.strerror or error
        raise HandoutError(f"{_shown(root, path)}:1: cannot be read ({reason}).") from None


def _text(root: Path, path: Path) -> str:
    try:
        return _read(root, path).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise HandoutError(f"{_shown(root, path)}:{line}: not UTF-8; save it as UTF-8.") from None


def _swap(new: Path, place: Path, old: Path) -> None:
    """Put folder ``new`` in ``place``; what was there moves to ``old``, or back on failure."""
    try:
        if place.exists():
            place.rename(old)
        new.rename(place)
    except BaseException:
        if old.exists() and not place.exists():
            old.rename(place)
        raise


def _put(data: bytes | None, place: Path, scratch: Path) -> None:
    """Make ``place`` a file that holds ``data``; None: no such file."""
    if data is None:
        place.unlink(missing_ok=True)
        return
    place.parent.mkdir(parents=True, exist_ok=True)
    (scratch / place.name).write_bytes(data)
    (scratch / place.name).replace(place)
